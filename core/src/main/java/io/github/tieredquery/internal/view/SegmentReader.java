package io.github.tieredquery.internal.view;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.cursor.EarlyStart;
import io.github.tieredquery.internal.cursor.MergeCursor;
import io.github.tieredquery.internal.cursor.ProjectingCursor;
import io.github.tieredquery.internal.cursor.RefilledCursor;
import io.github.tieredquery.internal.cursor.ReportingCursor;
import io.github.tieredquery.internal.cursor.TombstoneFilter;
import io.github.tieredquery.internal.cursor.TombstoneMatcher;
import io.github.tieredquery.plan.Tier;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.RowPosition;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens the rows of single segments: of one tier, or of hot rows merged over cold ones. Each is reported once. */
public final class SegmentReader {

    private final QueryCall call;
    private final BoundQuery query;

    public SegmentReader(QueryCall call, BoundQuery query) {
        this.call = call;
        this.query = query;
    }

    /** Hot rows of a view. */
    public RowCursor hot(ReadView view, Scan scan) {
        return hot(Tier.HOT, view, scan);
    }

    /** The hot rows over a segment that isn't hot, unfiltered, with the columns of the merge. */
    public RowCursor late(ReadView view, Segment segment) {
        Tier tier = segment.kind() == Segment.Kind.OVERLAP ? Tier.HOT : Tier.LATE;
        return hot(tier, view, lateScan(segment.range()));
    }

    private RowCursor hot(Tier tier, ReadView view, Scan scan) {
        long start = System.nanoTime();
        return reported(view.openHot(scan), tier, hot(), scan.range(), start);
    }

    /** Rows of the cold tier that were opened in another way than by a scan of this object. */
    public RowCursor cold(TimeRange range, long startNanos, RowCursor rows) {
        return reported(rows, Tier.COLD, cold(), range, startNanos);
    }

    private RowCursor reported(RowCursor rows, Tier tier, Source source, TimeRange range, long startNanos) {
        return new ReportingCursor(
                rows, tier, source, range, startNanos, call.tiers().listener());
    }

    /**
     * The rows of a segment that the cold tier alone answers for, opened now or, with a chance to start early, in the
     * background.
     */
    public RowCursor cold(ReadView view, TimeRange range, long limit, @Nullable EarlyStart early) {
        return openCold(coldScan(view, range, limit), early);
    }

    /**
     * The rows of a segment that something lies over: late rows, and keys of erased rows, both opened before the cold
     * tier is asked. A row that moves meanwhile is then seen twice, not missed, and the merge drops one. The rows end
     * with the view.
     *
     * @param overlay not nothing
     * @param limit how many rows are wanted
     */
    public RowCursor merged(ReadView view, Segment segment, Overlay overlay, long limit, @Nullable EarlyStart early) {
        long coldLimit = view.coldLimit(segment, overlay, query, limit);
        RowCursor late = late(view, segment);
        RowCursor erased = overlay.tombstones() == 0 ? null : view.openTombstones(segment, query.order());
        try {
            Scan scan = mergedColdScan(view, segment.range(), coldLimit);
            RowCursor rows = openCold(scan, early);
            if (coldLimit != Long.MAX_VALUE) {
                rows = new RefilledCursor(rows, coldLimit, last -> openCold(behind(last, scan), null));
            }
            RowCursor left = erased == null ? rows : new TombstoneFilter(rows, matcher(erased));
            RowCursor merge = new MergeCursor(late, left, query.condition(), query.mergeOrder());
            return ProjectingCursor.of(merge, query.mergeType(), query.rowType());
        } catch (RuntimeException | Error e) {
            try (late;
                    erased) {
                throw e;
            }
        }
    }

    /** The same scan, but of what follows a row. */
    private Scan behind(Row last, Scan scan) {
        RowPosition position = RowPosition.of(query.table(), last);
        return scan.range(position.rest(scan.range(), query.order())).startAfter(position);
    }

    private TombstoneMatcher matcher(RowCursor erased) {
        Table table = query.table();
        return new TombstoneMatcher(table, erased, table.keyType(), query.mergeType(), query.order());
    }

    /**
     * What late rows are read with: by range only, since one that doesn't match must still hide the archived row that
     * it replaces. What is asked of time and key alone is kept: both rows have the same, and some sources can't answer
     * without it.
     */
    public Scan lateScan(TimeRange range) {
        Scan scan = Scan.of(query.table(), range)
                .filter(query.keyFilter())
                .rowType(query.mergeType())
                .order(query.order());
        RowPosition position = query.startAfter();
        return position == null ? scan : scan.startAfter(position);
    }

    /** What the cold tier is asked for a segment that it alone answers for. */
    public Scan coldScan(ReadView view, TimeRange range, long limit) {
        Scan scan = query.scan(range, limit);
        JournalState journal = view.journal();
        return journal == null ? scan : scan.versions(journal.versions());
    }

    /** What the cold tier is asked for a segment in which hot rows may hide its own: the merge's columns too. */
    public Scan mergedColdScan(ReadView view, TimeRange range, long limit) {
        return coldScan(view, range, limit).rowType(query.mergeType());
    }

    private RowCursor openCold(Scan scan, @Nullable EarlyStart early) {
        long start = System.nanoTime();
        Source cold = cold();
        Supplier<RowCursor> open = () -> cold.open(scan, call.control());
        RowCursor rows = early == null
                ? ReportingCursor.charged(
                        open, Tier.COLD, cold, scan.range(), start, call.tiers().listener())
                : early.open(open);
        return reported(rows, Tier.COLD, cold, scan.range(), start);
    }

    private Source hot() {
        return Objects.requireNonNull(call.tiers().hot());
    }

    private Source cold() {
        return Objects.requireNonNull(call.tiers().cold());
    }
}
