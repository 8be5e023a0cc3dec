package io.github.tieredquery.athena.internal.execution;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import java.util.Locale;
import software.amazon.awssdk.services.athena.model.AthenaError;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;

/** Says why an execution failed, as an error that a caller can act on. */
public final class ExecutionFailure {

    private ExecutionFailure() {}

    public static boolean isRetryable(QueryExecution ended) {
        AthenaError error = ended.status().athenaError();
        return ended.status().state() == QueryExecutionState.FAILED
                && error != null
                && Boolean.TRUE.equals(error.retryable());
    }

    /**
     * The error.
     *
     * @param attempts how often the statement was run
     */
    public static TieredQueryException of(String source, QueryExecution ended, int attempts) {
        String reason = ended.status().stateChangeReason();
        String text = reason == null ? "no reason given" : reason;
        String subject = source + ": execution " + ended.queryExecutionId();
        if (ended.status().state() == QueryExecutionState.CANCELLED) {
            return text.toLowerCase(Locale.ROOT).contains("bytes scanned limit")
                    ? new BadQueryException(subject + " was stopped by the workgroup's limit: " + text
                            + ". Ask for a shorter range or filter on partition columns")
                    : new SourceUnavailableException(subject + " was stopped by somebody else: " + text);
        }
        String message = subject + " failed" + (attempts > 1 ? " in attempt " + attempts : "") + ": " + text;
        AthenaFault fault = AthenaFault.of(type(ended), code(text), text);
        return fault == null ? new SourceUnavailableException(message) : fault.error(message);
    }

    private static int type(QueryExecution ended) {
        AthenaError error = ended.status().athenaError();
        return error == null || error.errorType() == null ? -1 : error.errorType();
    }

    /** The code at the start of a reason such as {@code TABLE_NOT_FOUND: line 1:15: …}. */
    private static String code(String reason) {
        int colon = reason.indexOf(':');
        return colon < 0 ? "" : reason.substring(0, colon).trim();
    }
}
