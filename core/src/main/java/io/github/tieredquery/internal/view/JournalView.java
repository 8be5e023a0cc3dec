package io.github.tieredquery.internal.view;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanCount;
import io.github.tieredquery.spi.ScanGroups;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.store.ArchiveSize;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.store.PartitionManifest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A view by a journal: a snapshot of the hot database, which holds the watermark, the visible versions, the late rows
 * and the hot rows of one moment. What lies below the watermark is archived. The archiver removes superseded files some
 * time after the last snapshot could have known them, so an old snapshot must not decide what a cold query reads.
 */
public final class JournalView implements ReadView {

    private final QueryCall call;
    private final HotStore hot;
    private final HotSnapshot snapshot;
    private final Instant takenAt;
    private final JournalState journal;
    private volatile boolean closed;

    private JournalView(QueryCall call, HotStore hot, HotSnapshot snapshot, Instant takenAt) {
        this.call = call;
        this.hot = hot;
        this.snapshot = snapshot;
        this.takenAt = takenAt;
        this.journal = snapshot.journal();
    }

    /** Takes a snapshot, whose archive is the one that this process is configured for. */
    static JournalView open(QueryCall call, HotStore hot) {
        Instant takenAt = call.tiers().clock().instant();
        HotSnapshot snapshot = hot.snapshot(call.control());
        try {
            JournalView view = new JournalView(call, hot, snapshot, takenAt);
            call.checkIdentity(view.journal);
            return view;
        } catch (RuntimeException | Error e) {
            snapshot.close();
            throw e;
        }
    }

    @Override
    public List<Segment> segments(TimeRange range) {
        Instant watermark = journal.watermark();
        Instant coldBelow = watermark == null ? Instant.MIN : watermark;
        List<Segment> segments = new ArrayList<>();
        if (!range.before(coldBelow).isEmpty()) {
            segments.add(new Segment(range.before(coldBelow), Segment.Kind.ARCHIVED));
        }
        if (!range.since(coldBelow).isEmpty()) {
            segments.add(new Segment(range.since(coldBelow), Segment.Kind.HOT));
        }
        return segments;
    }

    /** Not after the snapshot's own moment. */
    @Override
    public Instant takenAt() {
        return takenAt;
    }

    @Override
    public boolean isYoung() {
        Duration age = Duration.between(takenAt, call.tiers().clock().instant());
        return age.compareTo(call.tiers().maxSnapshotAge()) <= 0;
    }

    @Override
    public ReadView fresh() {
        if (!closed && isYoung()) {
            return this;
        }
        close();
        return open(call, hot);
    }

    @Override
    public JournalState journal() {
        return journal;
    }

    @Override
    public List<PartitionManifest> manifests(TimeRange range) {
        return call.manifests(snapshot, range);
    }

    @Override
    public ArchiveSize archiveSize() {
        return snapshot.archiveSize();
    }

    @Override
    public boolean hasLateRows(Segment segment) {
        return snapshot.hasRows(segment.range());
    }

    @Override
    public long tombstones(Segment segment) {
        return snapshot.tombstones(segment.range());
    }

    @Override
    public Overlay settle(Segment segment, BoundQuery query) {
        List<PartitionManifest> shown = manifests(segment.range());
        Overlay overlay = overlay(segment);
        if (overlay.isNothing()) {
            close();
        }
        checkPartitions(shown, segment.range(), query);
        return overlay;
    }

    @Override
    public void checkPartitions(List<PartitionManifest> shown, TimeRange range, BoundQuery query) {
        call.checkPartitions(shown, range, query);
    }

    /** The late rows are counted in the snapshot that they are read from, so no further one can hide a cold row. */
    @Override
    public long coldLimit(Segment segment, Overlay overlay, BoundQuery query, long limit) {
        if (limit == Long.MAX_VALUE) {
            return limit;
        }
        long late = overlay.hotRows() ? snapshot.count(Scan.of(query.table(), segment.range())) : 0;
        return plus(plus(limit, late), overlay.tombstones());
    }

    /** The sum, or {@link Long#MAX_VALUE}, which is no limit, if it is more. */
    private static long plus(long limit, long more) {
        return limit > Long.MAX_VALUE - more ? Long.MAX_VALUE : limit + more;
    }

    @Override
    public RowCursor openHot(Scan scan) {
        return snapshot.open(scan);
    }

    @Override
    public ScanCount countHot(Scan scan) {
        return new ScanCount(snapshot.count(scan), ScanStats.UNKNOWN);
    }

    @Override
    public ScanGroups aggregateHot(GroupedScan grouped) {
        return new ScanGroups(snapshot.aggregate(grouped), ScanStats.UNKNOWN);
    }

    @Override
    public RowCursor openTombstones(Segment segment, Order order) {
        return snapshot.openTombstones(segment.range(), order);
    }

    @Override
    public void close() {
        closed = true;
        snapshot.close();
    }
}
