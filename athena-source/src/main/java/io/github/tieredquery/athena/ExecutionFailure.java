package io.github.tieredquery.athena;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.ThrottledException;
import io.github.tieredquery.error.TieredQueryException;
import java.util.Locale;
import java.util.Set;
import software.amazon.awssdk.services.athena.model.AthenaError;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;

/** Says why an execution failed, as an error that a caller can act on. */
final class ExecutionFailure {

    private static final Set<String> TABLE_DIFFERS = Set.of(
            "TABLE_NOT_FOUND",
            "SCHEMA_NOT_FOUND",
            "CATALOG_NOT_FOUND",
            "COLUMN_NOT_FOUND",
            "TYPE_MISMATCH",
            "SYNTAX_ERROR",
            "FUNCTION_NOT_FOUND",
            "HIVE_METASTORE_ERROR",
            "HIVE_PARTITION_SCHEMA_MISMATCH",
            "HIVE_INVALID_METADATA");
    private static final Set<String> DATA_DIFFERS =
            Set.of("HIVE_BAD_DATA", "INVALID_CAST_ARGUMENT", "HIVE_CURSOR_ERROR");
    private static final int FIRST_THROTTLED = 1400;
    private static final int LAST_THROTTLED = 1406;
    private static final Set<Integer> DENIED = Set.of(1500, 1501);

    private ExecutionFailure() {}

    static boolean isRetryable(QueryExecution ended) {
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
    static TieredQueryException of(String source, QueryExecution ended, int attempts) {
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
        int type = type(ended);
        String code = code(text);
        if (type >= FIRST_THROTTLED && type <= LAST_THROTTLED) {
            return new ThrottledException(message + ". Try again later");
        }
        if (DENIED.contains(type) || text.contains("AccessDenied") || code.equals("PERMISSION_DENIED")) {
            return new ConfigurationException(message + ". Allow it in the policy of the caller or of the role");
        }
        if (TABLE_DIFFERS.contains(code)) {
            return new ConfigurationException(
                    message + ". The table in Athena isn't the one that the source describes");
        }
        if (DATA_DIFFERS.contains(code)) {
            return new SourceUnavailableException(
                    message + ". A file of the table holds what its column's encoding can't read");
        }
        if (code.equals("INVALID_FUNCTION_ARGUMENT")) {
            return new SourceUnavailableException(message
                    + ". A function was given what it doesn't take: by a file that holds what its column's encoding"
                    + " can't mean, or by a statement that this version of Athena can't run. Look at the values that the"
                    + " reason names; if they are sound, report the statement of the execution");
        }
        if (code.equals("NUMERIC_VALUE_OUT_OF_RANGE")) {
            return new BadQueryException(
                    message + ". A sum has more than 38 digits there; aggregate fewer rows at a time");
        }
        return new SourceUnavailableException(message);
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
