package io.github.tieredquery.athena.internal.s3;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.aws.AwsErrors;
import io.github.tieredquery.athena.internal.aws.AwsFault;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.spi.ScanControl;
import java.time.Duration;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Calls S3, and again what may succeed by itself: the SDK has tried a few times already, within seconds. Answers that
 * mean something to the caller, such as 404 and 412, are the caller's to catch. Thread-safe.
 */
public final class S3Calls {

    private static final int ATTEMPTS = 5;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

    private final AwsAccess aws;

    public S3Calls(AwsAccess aws) {
        this.aws = aws;
    }

    public <T> T call(String what, ScanControl control, Supplier<T> call) {
        for (int attempt = 1; ; attempt++) {
            control.check(what);
            try {
                return call.get();
            } catch (QueryTimedOutException | QueryCancelledException e) {
                // The caller's own words say more.
                control.check(what);
                throw e;
            } catch (S3Exception e) {
                if (AwsErrors.isExpired(e)) {
                    aws.renewCredentials();
                } else if (!AwsErrors.isInternal(e) && !AwsErrors.isRate(e) && e.statusCode() != 409) {
                    throw translated(what, e);
                }
                if (attempt == ATTEMPTS) {
                    throw new SourceUnavailableException(
                            what + ": failed " + ATTEMPTS + " times: " + AwsErrors.code(e) + ": "
                                    + AwsErrors.message(e),
                            e);
                }
            } catch (SdkClientException e) {
                control.check(what);
                if (AwsFault.of(e) != null) {
                    throw AwsFault.error(what + ": " + e.getMessage(), e);
                }
                if (attempt == ATTEMPTS) {
                    throw new SourceUnavailableException(
                            what + ": failed " + ATTEMPTS + " times: " + e.getMessage(), e);
                }
            }
            control.pause(FIRST_PAUSE.multipliedBy(1L << (attempt - 1)), what);
        }
    }

    private static RuntimeException translated(String what, S3Exception e) {
        String message = what + ": " + AwsErrors.code(e) + ": " + AwsErrors.message(e);
        return AwsFault.error(message, e);
    }
}
