package io.github.tieredquery.athenalocal.fault;

/**
 * Something that goes wrong, to be injected with {@link Faults#on}. Immutable.
 *
 * <p>The factories name the faults that clients of Athena, S3 and STS meet in practice; {@link #error} makes any other.
 */
public final class Fault {
    /** How the fault acts. */
    public enum Kind {
        ERROR,
        LOST_RESPONSE,
        FAILED_QUERY,
        BACK_TO_QUEUED
    }

    private final Kind kind;
    private final int httpStatus;
    private final String code;
    private final String message;
    private final boolean retryable;

    private Fault(Kind kind, int httpStatus, String code, String message, boolean retryable) {
        this.kind = kind;
        this.httpStatus = httpStatus;
        this.code = code;
        this.message = message;
        this.retryable = retryable;
    }

    /** {@code ThrottlingException: Rate exceeded}, as Athena answers too many calls a second. */
    public static Fault throttling() {
        return error(400, "ThrottlingException", "Rate exceeded");
    }

    /** {@code TooManyRequestsException}, as Athena answers too many concurrent queries. */
    public static Fault tooManyRequests() {
        return error(
                400,
                "TooManyRequestsException",
                "You have exceeded the limit for the number of queries you can run concurrently."
                        + " Reduce the number of concurrent queries submitted by this account.");
    }

    /** {@code InternalServerException} with HTTP status 500 from Athena, {@code InternalError} from S3. */
    public static Fault internalError() {
        return error(500, "InternalServerException", "We encountered an internal error. Please try again.");
    }

    /** {@code ExpiredTokenException} from Athena and STS, {@code ExpiredToken} from S3. */
    public static Fault expiredCredentials() {
        return error(400, "ExpiredTokenException", "The security token included in the request is expired");
    }

    /** {@code AccessDeniedException} from Athena, {@code AccessDenied} with HTTP status 403 from S3 and STS. */
    public static Fault accessDenied() {
        return error(403, "AccessDenied", "Access Denied");
    }

    /** {@code SlowDown} with HTTP status 503, as S3 answers too many requests a second. */
    public static Fault slowDown() {
        return error(503, "SlowDown", "Please reduce your request rate.");
    }

    /**
     * Any other error response.
     *
     * @param httpStatus its HTTP status, 400 to 599
     * @param code its error code, e.g. {@code InvalidRequestException}
     */
    public static Fault error(int httpStatus, String code, String message) {
        if (httpStatus < 400 || httpStatus > 599) {
            throw new IllegalArgumentException("httpStatus must be 400 to 599, but is " + httpStatus);
        }
        return new Fault(Kind.ERROR, httpStatus, code, message, false);
    }

    /** The request is carried out, and the connection is cut before the answer. */
    public static Fault lostResponse() {
        return new Fault(Kind.LOST_RESPONSE, 0, "", "", false);
    }

    /** The query fails for a reason that Athena calls retryable. For {@link Faults#EXECUTION}. */
    public static Fault retryableFailure(String reason) {
        return new Fault(Kind.FAILED_QUERY, 0, "", reason, true);
    }

    /** The query fails for a reason that Athena doesn't call retryable. For {@link Faults#EXECUTION}. */
    public static Fault failure(String reason) {
        return new Fault(Kind.FAILED_QUERY, 0, "", reason, false);
    }

    /**
     * The query is seen running, then queued again, then running, each by one GetQueryExecution or
     * BatchGetQueryExecution, before its true state is told. For {@link Faults#EXECUTION}.
     */
    public static Fault backToQueued() {
        return new Fault(Kind.BACK_TO_QUEUED, 0, "", "", false);
    }

    /** How it acts. */
    public Kind kind() {
        return kind;
    }

    /** The status of the answer, 0 where no answer of its own is sent. */
    public int httpStatus() {
        return httpStatus;
    }

    /** The service's error code, empty where there is none. */
    public String code() {
        return code;
    }

    /** The text of the answer, or why the query fails. */
    public String message() {
        return message;
    }

    /** Whether the service says that the query may be tried again. */
    public boolean retryable() {
        return retryable;
    }

    @Override
    public String toString() {
        return kind + (code.isEmpty() ? "" : " " + code) + (message.isEmpty() ? "" : ": " + message);
    }
}
