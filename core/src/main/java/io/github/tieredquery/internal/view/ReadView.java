package io.github.tieredquery.internal.view;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanCount;
import io.github.tieredquery.spi.ScanGroups;
import io.github.tieredquery.store.ArchiveSize;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.store.PartitionManifest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What both tiers look like to one read: which tier answers for which part of a range, what lies over the archived
 * rows, and the hot rows of the same moment. {@link QueryCall#open} makes it; everything that reads, counts,
 * aggregates, plans or exports asks it, and decides nothing of this by itself.
 *
 * <p>For one thread, but that {@link #close} and {@link #isYoung} may be called from any. Closed by whoever opened it.
 */
public sealed interface ReadView extends AutoCloseable permits JournalView, BoundaryView {

    /** The segments of a range, oldest first: disjoint, none of them empty, their union is the range. */
    List<Segment> segments(TimeRange range);

    /** When the view was taken, or a little earlier. */
    Instant takenAt();

    /** Whether what it knows may still decide what a cold query reads. */
    boolean isYoung();

    /**
     * This view if it is open and young; otherwise it is closed, and another one comes in its place. The boundary
     * between the tiers only rises: what was archived in the old view is so in the new one.
     */
    ReadView fresh();

    /** What the journal says; null without a journal. Known after closing, too. */
    @Nullable
    JournalState journal();

    /** The manifests of the archive for windows that touch a range, and maybe others; none without a journal. */
    List<PartitionManifest> manifests(TimeRange range);

    /** How much the archive holds in all. */
    ArchiveSize archiveSize();

    /** A cheap look whether hot rows may lie over the cold ones of a segment that isn't hot. */
    boolean hasLateRows(Segment segment);

    /** How many tombstones a segment that isn't hot has. */
    long tombstones(Segment segment);

    /** What lies over the cold rows of a segment that isn't hot. */
    default Overlay overlay(Segment segment) {
        return new Overlay(hasLateRows(segment), tombstones(segment));
    }

    /**
     * What lies over a segment, once it is sure that the cold tier's catalog has all partitions that the query needs
     * there. Where nothing lies over it, the view has said all that it can and is closed before the cold tier is asked:
     * while that makes up its mind, no transaction of the hot database is to wait idly.
     *
     * @throws io.github.tieredquery.error.MissingPartitionException naming the partitions
     */
    Overlay settle(Segment segment, BoundQuery query);

    /**
     * Fails if the cold tier's catalog lacks a partition that the query needs.
     *
     * @param shown what {@link #manifests} gave for the range
     * @throws io.github.tieredquery.error.MissingPartitionException naming the partitions
     */
    void checkPartitions(List<PartitionManifest> shown, TimeRange range, BoundQuery query);

    /**
     * How many cold rows of a segment can be needed for so many rows, {@link Long#MAX_VALUE} for all.
     *
     * @param overlay what lies over the segment
     */
    long coldLimit(Segment segment, Overlay overlay, BoundQuery query, long limit);

    /** Starts reading hot rows, late ones too; they end with the view. */
    RowCursor openHot(Scan scan);

    /** Counts hot rows. */
    ScanCount countHot(Scan scan);

    /** Aggregates hot rows. */
    ScanGroups aggregateHot(GroupedScan grouped);

    /** Starts reading the keys of erased rows; they end with the view. */
    RowCursor openTombstones(Segment segment, Order order);

    @Override
    void close();
}
