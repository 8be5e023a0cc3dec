package io.github.tieredquery.internal.export;

import io.github.tieredquery.export.ExportSource;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What an export needs of a {@code TieredQuery}, which implements it; an {@link DefaultExporter} gets it from
 * {@code TieredQuery.exporter(…)}. Thread-safe.
 */
public interface ExportBackend {

    /**
     * The table.
     *
     * @return the table
     */
    Table table();

    /**
     * The cold source; null if there is none, or one that can't write files.
     *
     * @return the source
     */
    @Nullable
    ExportSource source();

    /**
     * Checks a query against the table and against what it may cost.
     *
     * @param query the query
     * @param transfer how cold rows get to the object
     * @throws io.github.tieredquery.error.ConfigurationException if they can't get there so
     * @throws io.github.tieredquery.error.BadQueryException if it doesn't fit the table
     * @throws io.github.tieredquery.error.RefusedByPolicyException if it costs too much
     */
    void check(Query query, ExportTransfer transfer);

    /**
     * The columns that a query asks for.
     *
     * @param query the query
     * @return its columns, or all
     */
    RowType columns(Query query);

    /**
     * Tells queries apart, mandatory conditions included.
     *
     * @param query the query
     * @return some bytes, equal for equal queries only
     */
    byte[] fingerprint(Query query);

    /**
     * Signs something with the keys of the service.
     *
     * @param body what to sign
     * @return the body and the signature
     */
    byte[] sign(byte[] body);

    /**
     * Checks a signature.
     *
     * @param signed what {@link #sign} gave, or anything else
     * @return the body; null if the service's keys haven't made the signature
     */
    byte @Nullable [] verified(byte[] signed);

    /**
     * The clock.
     *
     * @return the clock
     */
    InstantSource clock();

    /**
     * How old a view may be when a cold query is started with what it knows.
     *
     * @return positive
     */
    Duration longestAge();

    /**
     * Takes a view of a part of a query's range.
     *
     * @param query the query
     * @param transfer how cold rows get to the object; if through the client, no row of the view is cold
     * @param part a part of its range
     * @param after what {@link ExportView#place} told of the last row that has been read; null for all rows
     * @param control tells when to stop
     * @return the view; the caller closes it
     */
    ExportView view(Query query, ExportTransfer transfer, TimeRange part, byte @Nullable [] after, ScanControl control);
}
