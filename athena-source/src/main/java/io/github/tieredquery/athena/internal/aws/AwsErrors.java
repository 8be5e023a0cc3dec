package io.github.tieredquery.athena.internal.aws;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Tells AWS's errors apart by their codes; not all of them are modelled as types. */
public final class AwsErrors {

    private static final Set<String> EXPIRED =
            Set.of("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired");
    private static final Set<String> RATE = Set.of(
            "ThrottlingException",
            "Throttling",
            "ThrottledException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "SlowDown");

    private AwsErrors() {}

    /** Expired credentials are a 400, and the answer to a HEAD has no body that could say more. */
    public static boolean isExpired(AwsServiceException error) {
        return EXPIRED.contains(code(error))
                || (error.statusCode() == 400 && code(error).isEmpty());
    }

    /** Too many calls a second. */
    public static boolean isRate(AwsServiceException error) {
        return RATE.contains(code(error)) || error.statusCode() == 429;
    }

    /** Too many queries at once. */
    public static boolean isConcurrency(AwsServiceException error) {
        return code(error).equals("TooManyRequestsException");
    }

    public static boolean isInternal(AwsServiceException error) {
        return error.statusCode() >= 500;
    }

    public static String code(AwsServiceException error) {
        @Nullable
        String code =
                error.awsErrorDetails() == null ? null : error.awsErrorDetails().errorCode();
        return code == null ? "" : code;
    }

    public static String message(AwsServiceException error) {
        String text =
                error.awsErrorDetails() == null ? null : error.awsErrorDetails().errorMessage();
        return text == null ? String.valueOf(error.getMessage()) : text;
    }
}
