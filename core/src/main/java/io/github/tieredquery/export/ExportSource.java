package io.github.tieredquery.export;

import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.Source;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A cold source that writes the rows of a scan to a file by itself, in the text form of {@link CsvOptions}: one header
 * with the names of the columns, every value quoted, NULL nothing, UTF-8, lines that end with {@code \n}. Thread-safe.
 */
public interface ExportSource extends Source {

    /**
     * How an execution is getting on.
     *
     * @param state how far it is
     * @param problem why it has failed, null if it hasn't
     * @param result the file, or for Parquet files a list of them, one address a line; null unless it has succeeded,
     *     and also then if the backend keeps results to itself
     * @param bytesScanned how many bytes it has read, -1 if the backend doesn't say
     */
    record Progress(
            State state, @Nullable String problem, @Nullable StoredObject result, long bytesScanned) {}

    /** How far an execution is. */
    enum State {
        /** It waits or runs. */
        RUNNING,
        /** The file is written. */
        SUCCEEDED,
        /** It has failed and may succeed when it is started again. */
        FAILED_RETRYABLE,
        /** It has failed for good, or was stopped. */
        FAILED
    }

    /**
     * The statement that writes a scan's rows.
     *
     * @param scan which rows
     * @return the statement; empty if there is certainly no row
     * @throws io.github.tieredquery.error.ConfigurationException if a column stands in the source in a form that can't
     *     be brought into the text form there
     */
    Optional<String> exportStatement(ExportScan scan);

    /**
     * How long a statement may be.
     *
     * @return the most bytes of UTF-8
     */
    int longestStatementBytes();

    /**
     * Starts a statement. Doesn't wait for it.
     *
     * @param statement what {@link #exportStatement} gave
     * @param token the same token gives the same execution, for an hour at least
     * @param control tells when to stop
     * @return the execution's identifier
     */
    String startExport(String statement, String token, ScanControl control);

    /**
     * Looks at an execution once.
     *
     * @param executionId what {@link #startExport} gave
     * @param control tells when to stop
     * @return how it is getting on
     */
    Progress lookAt(String executionId, ScanControl control);

    /**
     * Stops an execution; one that has ended stays as it is.
     *
     * @param executionId what {@link #startExport} gave
     * @param control tells when to stop
     */
    void stopExport(String executionId, ScanControl control);
}
