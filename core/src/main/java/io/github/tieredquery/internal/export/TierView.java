package io.github.tieredquery.internal.export;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.view.QueryCall;
import io.github.tieredquery.internal.view.ReadView;
import io.github.tieredquery.internal.view.Segment;
import io.github.tieredquery.internal.view.SegmentReader;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.store.PartitionManifest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A view of both tiers, whose cold rows the cold source writes by itself. */
final class TierView extends QueryView {

    private final ReadView view;
    private final SegmentReader reader;
    /** Oldest first; one at most is hot, and comes last. */
    private final List<Segment> segments;

    TierView(QueryCall call, BoundQuery query) {
        super(query);
        this.view = call.open();
        this.reader = new SegmentReader(call, query);
        this.segments = query.isEmpty() ? List.of() : view.segments(query.range());
    }

    @Override
    public Instant takenAt() {
        return view.takenAt();
    }

    /** What the cold source has rows of, empty if none. */
    private TimeRange coldRange() {
        TimeRange range = query.range();
        return segments.isEmpty() ? range.before(range.from()) : range.before(hot().from());
    }

    @Override
    public @Nullable Scan cold() {
        TimeRange range = coldRange();
        return range.isEmpty() ? null : reader.coldScan(view, range, Long.MAX_VALUE);
    }

    /** The segment whose cold rows others may lie over: next to the hot one, if there is any. */
    private Optional<Segment> newestCold() {
        return segments.stream().filter(segment -> !segment.isHot()).reduce((older, newer) -> newer);
    }

    @Override
    public RowCursor late() {
        return newestCold()
                .filter(view::hasLateRows)
                .map(segment -> reader.late(view, segment))
                .orElse(RowCursor.empty());
    }

    @Override
    public RowCursor erased() {
        return newestCold()
                .filter(segment -> view.tombstones(segment) > 0)
                .map(segment -> view.openTombstones(segment, query.order()))
                .orElse(RowCursor.empty());
    }

    @Override
    public TimeRange hot() {
        TimeRange range = query.range();
        return segments.stream()
                .filter(Segment::isHot)
                .findFirst()
                .map(Segment::range)
                .orElse(segments.isEmpty() ? range.before(range.from()) : range.since(range.to()));
    }

    /** The hot rows, with time and key behind the columns of the export. */
    @Override
    public RowCursor openHot() {
        return reader.hot(view, query.withOrderColumns().scan(hot(), Long.MAX_VALUE));
    }

    /** The view has said all that it can then: it isn't held open while the catalog is asked. */
    @Override
    public void checkPartitions() {
        TimeRange range = coldRange();
        List<PartitionManifest> shown = view.manifests(range);
        view.close();
        view.checkPartitions(shown, range, query);
    }

    @Override
    public void close() {
        view.close();
    }
}
