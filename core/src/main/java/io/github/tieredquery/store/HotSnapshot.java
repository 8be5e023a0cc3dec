package io.github.tieredquery.store;

import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.Groups;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.table.Row;
import java.util.List;

/**
 * One moment of a hot store. Used by one thread at a time, but that {@link #close} may be called from any. Several
 * cursors of one snapshot can be open and are read in turn.
 */
public interface HotSnapshot extends AutoCloseable {

    /**
     * What the journal said at the snapshot's moment.
     *
     * @return the state
     */
    JournalState journal();

    /**
     * The manifests of the versions that the snapshot shows, for windows that touch a range.
     *
     * @param range from inclusive, to exclusive
     * @param layout the layout that the archive is written with; the journal keeps partitions as paths of it
     * @return the manifests, in no particular order
     */
    List<PartitionManifest> manifests(TimeRange range, HivePartitionLayout layout);

    /**
     * How much the archive holds, by all manifests of the versions that the snapshot shows. They are added up where
     * they are, since there may be hundreds of thousands.
     *
     * @return the sums, zero before the first run of the archiver
     */
    ArchiveSize archiveSize();

    /**
     * A cheap look whether the hot store has any row in a range. Below the watermark those are late rows.
     *
     * @param range from inclusive, to exclusive
     * @return whether there is at least one row
     */
    boolean hasRows(TimeRange range);

    /**
     * How many tombstones a range has. Below the watermark they stand for archived rows that were erased and that a
     * sweep hasn't removed yet.
     *
     * @param range from inclusive, to exclusive
     * @return how many at most; a key that was erased twice may count twice
     */
    long tombstones(TimeRange range);

    /**
     * Starts reading the tombstones of a range. A hot row that is found beside one was inserted after the erasure,
     * which has deleted what there was: it counts. Only archived rows are hidden.
     *
     * @param range from inclusive, to exclusive
     * @param order by (time, key)
     * @return rows with the columns of {@link io.github.tieredquery.table.Table#keyType}, a key possibly more than
     *     once; closing the snapshot closes them too
     */
    RowCursor openTombstones(TimeRange range, Order order);

    /**
     * Starts reading rows of the snapshot's moment.
     *
     * @param scan what to read
     * @return the rows; closing the snapshot closes them too
     */
    RowCursor open(Scan scan);

    /**
     * Counts rows of the snapshot's moment.
     *
     * @param scan what to count; its limit bounds the count
     * @return how many rows
     */
    long count(Scan scan);

    /**
     * Groups rows of the snapshot's moment and measures the groups. By default the rows are read and aggregated here.
     *
     * @param grouped what to aggregate
     * @return the groups, as {@link io.github.tieredquery.spi.Source#aggregate} gives them
     */
    default List<Row> aggregate(GroupedScan grouped) {
        try (RowCursor rows = open(grouped.scan())) {
            Groups groups = new Groups(grouped);
            for (Row row = rows.next(); row != null; row = rows.next()) {
                groups.add(row);
            }
            return groups.rows();
        }
    }

    /** Ends the snapshot and releases its connection. Calling it again does nothing. */
    @Override
    void close();
}
