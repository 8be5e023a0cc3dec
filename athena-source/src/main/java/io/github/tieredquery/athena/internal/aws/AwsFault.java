package io.github.tieredquery.athena.internal.aws;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The table of what calls of AWS fail with for good: an error of the set-up, which no second call mends. What fits no
 * row is an outage, once the retries are used up. The guide of this module has the same table.
 */
@SuppressWarnings("ImmutableEnumChecker") // nobody writes to the sets
public enum AwsFault {
    NO_BUCKET(
            "there is no such bucket",
            Set.of("NoSuchBucket", "InvalidBucketName"),
            Set.of(),
            List.of("Unable to verify/create output bucket"),
            ". Create the bucket, or correct the location that names it"),
    OTHER_REGION(
            "the bucket is in another region",
            Set.of("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"),
            Set.of(301),
            List.of(),
            ". The bucket is in another region: give its own to AwsAccess"),
    NOT_THERE(
            "a database, table or workgroup isn't there",
            Set.of("MetadataException", "EntityNotFoundException"),
            Set.of(),
            List.of("WorkGroup is not found"),
            ". Create it, or correct the name that the source has"),
    /** Before {@link #DENIED}, whose status it has. */
    WRONG_CLOCK(
            "the caller's clock is wrong by more than 15 minutes",
            Set.of("RequestTimeTooSkewed", "RequestExpired"),
            Set.of(),
            List.of("Signature expired", "Signature not yet current"),
            ". Set this machine's clock"),
    DENIED(
            "a right is missing, or nobody knows the credentials",
            Set.of(
                    "AccessDenied",
                    "AccessDeniedException",
                    "UnauthorizedOperation",
                    "InvalidAccessKeyId",
                    "InvalidClientTokenId",
                    "UnrecognizedClientException",
                    "SignatureDoesNotMatch"),
            Set.of(403),
            List.of(),
            ". Allow it in the policy of the caller or of the role"),
    NO_CREDENTIALS(
            "no credentials are found",
            Set.of(),
            Set.of(),
            List.of("Unable to load credentials"),
            ". Give credentials to AwsAccess, or set up the SDK's default chain");

    private final String meaning;
    private final Set<String> codes;
    private final Set<Integer> statuses;
    private final List<String> words;
    private final String advice;

    AwsFault(String meaning, Set<String> codes, Set<Integer> statuses, List<String> words, String advice) {
        this.meaning = meaning;
        this.codes = codes;
        this.statuses = statuses;
        this.words = words;
        this.advice = advice;
    }

    /** The row that fits; null for an outage. */
    public static @Nullable AwsFault of(SdkException error) {
        boolean isAnswer = error instanceof AwsServiceException;
        String code = isAnswer ? AwsErrors.code((AwsServiceException) error) : "";
        int status = isAnswer ? ((AwsServiceException) error).statusCode() : -1;
        String message = isAnswer ? AwsErrors.message((AwsServiceException) error) : String.valueOf(error.getMessage());
        for (AwsFault fault : values()) {
            if (fault.codes.contains(code)
                    || fault.statuses.contains(status)
                    || fault.words.stream().anyMatch(message::startsWith)) {
                return fault;
            }
        }
        return null;
    }

    /**
     * The error for a call that isn't made again.
     *
     * @param message what failed, and what AWS says
     */
    public static TieredQueryException error(String message, SdkException cause) {
        AwsFault fault = of(cause);
        return fault == null
                ? new SourceUnavailableException(message, cause)
                : fault.configurationError(message, cause);
    }

    /** What failed, what AWS says, and what to do. */
    public ConfigurationException configurationError(String message, SdkException cause) {
        String said = message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
        return new ConfigurationException(said + advice, cause);
    }

    /** The row of the guide's table. */
    public String documented() {
        List<String> said =
                new TreeSet<>(codes).stream().map(code -> "`" + code + "`").collect(Collectors.toList());
        new TreeSet<>(statuses).forEach(status -> said.add("status " + status));
        words.forEach(beginning -> said.add("`" + beginning + "`…"));
        return "| " + meaning + " | " + String.join(", ", said) + " | `ConfigurationException` |";
    }
}
