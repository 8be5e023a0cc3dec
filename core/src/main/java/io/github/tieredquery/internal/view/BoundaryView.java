package io.github.tieredquery.internal.view;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanCount;
import io.github.tieredquery.spi.ScanGroups;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.store.ArchiveSize;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.store.PartitionManifest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A view without a journal: a boundary by the clock as it stood when the view was taken, or one tier for all times.
 * Nothing is known of the archive but what the cold tier answers, and nothing is held open: the view is always young,
 * and closing it does nothing.
 */
public final class BoundaryView implements ReadView {

    private final QueryCall call;
    private final Instant takenAt;
    /** The cold tier answers before it. */
    private final Instant coldBelow;
    /** The hot tier answers from it on. */
    private final Instant hotFrom;

    BoundaryView(QueryCall call) {
        TierSet tiers = call.tiers();
        this.call = call;
        this.takenAt = tiers.clock().instant();
        if (tiers.cold() == null || tiers.hot() == null) {
            this.coldBelow = tiers.cold() == null ? Instant.MIN : Instant.MAX;
            this.hotFrom = coldBelow;
        } else {
            Boundary.Split split = Objects.requireNonNull(tiers.boundary()).resolve(takenAt);
            this.coldBelow = split.coldBelow();
            this.hotFrom = split.hotFrom();
        }
    }

    @Override
    public List<Segment> segments(TimeRange range) {
        return split(range, hotFrom, coldBelow);
    }

    static List<Segment> split(TimeRange range, Instant hotFrom, Instant coldBelow) {
        if (hotFrom.isAfter(coldBelow)) {
            throw new IllegalArgumentException("nobody answers for the times from " + coldBelow + " to " + hotFrom
                    + ": hot starts after cold ends");
        }
        List<Segment> segments = new ArrayList<>();
        add(segments, range.before(hotFrom), Segment.Kind.ARCHIVED);
        add(segments, range.since(hotFrom).before(coldBelow), Segment.Kind.OVERLAP);
        add(segments, range.since(coldBelow), Segment.Kind.HOT);
        return segments;
    }

    private static void add(List<Segment> segments, TimeRange part, Segment.Kind kind) {
        if (!part.isEmpty()) {
            segments.add(new Segment(part, kind));
        }
    }

    @Override
    public Instant takenAt() {
        return takenAt;
    }

    @Override
    public boolean isYoung() {
        return true;
    }

    @Override
    public ReadView fresh() {
        return this;
    }

    @Override
    public @Nullable JournalState journal() {
        return null;
    }

    @Override
    public List<PartitionManifest> manifests(TimeRange range) {
        return List.of();
    }

    @Override
    public ArchiveSize archiveSize() {
        return new ArchiveSize(0, 0);
    }

    /** Where both tiers hold the same rows, nothing tells before reading whether the hot tier has any. */
    @Override
    public boolean hasLateRows(Segment segment) {
        return segment.kind() == Segment.Kind.OVERLAP;
    }

    @Override
    public long tombstones(Segment segment) {
        return 0;
    }

    @Override
    public Overlay settle(Segment segment, BoundQuery query) {
        return overlay(segment);
    }

    @Override
    public void checkPartitions(List<PartitionManifest> shown, TimeRange range, BoundQuery query) {
        // Without manifests nothing tells which partitions there have to be.
    }

    /**
     * No limit where hot rows may hide cold ones: how many they hide could only be counted at another moment than they
     * are read at, and a limit that turns out too small would cut the segment short.
     */
    @Override
    public long coldLimit(Segment segment, Overlay overlay, BoundQuery query, long limit) {
        return overlay.isNothing() ? limit : Long.MAX_VALUE;
    }

    @Override
    public RowCursor openHot(Scan scan) {
        return hot().open(scan, call.control());
    }

    @Override
    public ScanCount countHot(Scan scan) {
        return hot().count(scan, call.control());
    }

    @Override
    public ScanGroups aggregateHot(GroupedScan grouped) {
        return hot().aggregate(grouped, call.control());
    }

    @Override
    public RowCursor openTombstones(Segment segment, Order order) {
        throw new IllegalStateException("there are no tombstones without a journal");
    }

    private Source hot() {
        return Objects.requireNonNull(call.tiers().hot());
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}
