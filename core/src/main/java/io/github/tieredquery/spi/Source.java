package io.github.tieredquery.spi;

import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * A backend that can answer a {@link Scan} of one table. Implementations are thread-safe; scans run side by side.
 *
 * <p>Whoever builds a source closes it; closing a {@code TieredQuery} doesn't. A source closes what it made itself, not
 * what it was given.
 *
 * <p>Errors are {@link io.github.tieredquery.error.TieredQueryException}s that name the source and its own identifier
 * of what failed.
 */
public interface Source extends AutoCloseable {

    /**
     * What messages and reports call this source.
     *
     * @return for example {@code postgresql:flights} or {@code athena:lake.flights}
     */
    String name();

    /**
     * The table that the source holds rows of.
     *
     * @return the table
     */
    Table table();

    /**
     * Starts reading. Blocks until the first row can be read or it is clear that there is none.
     *
     * @param scan what to read
     * @param control tells when to stop; a source registers with it whatever must be stopped in the backend
     * @return the rows, in the scan's order; the caller closes the cursor
     */
    RowCursor open(Scan scan, ScanControl control);

    /**
     * Counts rows in the backend.
     *
     * @param scan what to count; its columns and order don't matter, its limit bounds the count
     * @param control tells when to stop
     * @return how many rows
     */
    ScanCount count(Scan scan, ScanControl control);

    /**
     * Groups rows and measures the groups in the backend. By default the rows are read and aggregated here, which is
     * exact and costs what reading them costs.
     *
     * @param grouped what to aggregate
     * @param control tells when to stop
     * @return the groups. Of no rows there is none, or one whose counts are 0
     * @throws io.github.tieredquery.error.BadQueryException if there are more groups than are allowed, unless the one
     *     too many is among the groups
     */
    default ScanGroups aggregate(GroupedScan grouped, ScanControl control) {
        try (RowCursor rows = open(grouped.scan(), control)) {
            Groups groups = new Groups(grouped);
            for (Row row = rows.next(); row != null; row = rows.next()) {
                groups.add(row);
            }
            return new ScanGroups(groups.rows(), rows.stats());
        }
    }

    /**
     * Says how a scan would be answered. Runs no query.
     *
     * @param scan the scan
     * @return the plan
     */
    ScanPlan explain(Scan scan);

    /**
     * What a scan of so many bytes costs.
     *
     * @param bytesScanned how many bytes the backend reads, 0 or more
     * @return US dollars; zero, the default, for a backend that doesn't charge by bytes
     */
    default BigDecimal costOf(long bytesScanned) {
        return BigDecimal.ZERO;
    }

    /**
     * What a scan costs.
     *
     * @param stats what it has read or would read
     * @return US dollars; by default that of the bytes, zero if they aren't known
     */
    default BigDecimal costOf(ScanStats stats) {
        return stats.bytesScanned() < 0 ? BigDecimal.ZERO : costOf(stats.bytesScanned());
    }

    /**
     * The unit in which the source keeps the times of a column. Two rows of two tiers are the same row if their times
     * and keys are equal, so where both tiers answer for a stretch the cold one mustn't keep less than the hot one.
     *
     * @param column a TIMESTAMP column of the table
     * @return one microsecond, the default, or longer
     */
    default Duration timeUnit(Column column) {
        return Duration.of(1, ChronoUnit.MICROS);
    }

    /** Closes what the source made itself. Open cursors fail afterwards. Calling it again does nothing. */
    @Override
    void close();
}
