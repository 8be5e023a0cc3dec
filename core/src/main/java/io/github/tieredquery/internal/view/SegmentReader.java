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
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Opens single stretches: of one tier, or of hot rows merged over cold ones. */
public final class SegmentReader {

    private final TierSet tiers;
    private final BoundQuery request;
    private final ScanControl control;

    public SegmentReader(TierSet tiers, BoundQuery request, ScanControl control) {
        this.tiers = tiers;
        this.request = request;
        this.control = control;
    }

    /** The rows of a stretch that one tier answers for. */
    public RowCursor plain(Tier tier, Source source, Scan scan, Function<Scan, RowCursor> open) {
        long start = System.nanoTime();
        return new ReportingCursor(open.apply(scan), tier, source, scan.range(), start, tiers.listener());
    }

    /** The rows of a stretch of the cold tier, opened now or, with a chance to start early, in the background. */
    public RowCursor cold(
            Source cold,
            TimeRange stretch,
            long limit,
            @Nullable VisibleVersions versions,
            @Nullable EarlyStart early) {
        return openCold(cold, coldScan(stretch, limit, versions), early);
    }

    /**
     * The rows of a stretch in which both tiers have a say.
     *
     * @param late the hot rows of the stretch, unfiltered, with the columns of the merge; opened before the cold tier
     *     is asked
     * @param limit how many cold rows can be needed: the wanted ones and one for each late row that may hide one
     */
    public RowCursor merged(
            RowCursor late,
            Source cold,
            TimeRange stretch,
            long limit,
            @Nullable VisibleVersions versions,
            @Nullable EarlyStart early) {
        return merged(late, null, cold, stretch, limit, versions, early);
    }

    /**
     * The rows of an archived stretch that a snapshot has something to say over: late rows, and keys of erased rows,
     * both opened before the cold tier is asked. They end with the snapshot.
     *
     * @param above not nothing
     * @param limit how many rows are wanted
     */
    public RowCursor archived(
            HotSnapshot snapshot,
            Source hot,
            Overlay above,
            Source cold,
            TimeRange stretch,
            long limit,
            @Nullable EarlyStart early) {
        long coldLimit = above.coldLimit(snapshot, request, stretch, limit);
        RowCursor late = plain(Tier.LATE, hot, lateScan(stretch), snapshot::open);
        RowCursor erased = above.tombstones() == 0 ? null : snapshot.openTombstones(stretch, request.order());
        return merged(late, erased, cold, stretch, coldLimit, snapshot.journal().versions(), early);
    }

    private RowCursor merged(
            RowCursor late,
            @Nullable RowCursor erased,
            Source cold,
            TimeRange stretch,
            long limit,
            @Nullable VisibleVersions versions,
            @Nullable EarlyStart early) {
        try {
            Scan scan = mergedColdScan(stretch, limit, versions);
            RowCursor rows = openCold(cold, scan, early);
            if (limit != Long.MAX_VALUE) {
                rows = new RefilledCursor(rows, limit, last -> openCold(cold, behind(last, scan), null));
            }
            RowCursor left = erased == null ? rows : new TombstoneFilter(rows, hiddenKeys(erased));
            RowCursor merge = new MergeCursor(late, left, request.condition(), request.mergeOrder());
            return ProjectingCursor.of(merge, request.mergeType(), request.rowType());
        } catch (RuntimeException | Error e) {
            try (late;
                    erased) {
                throw e;
            }
        }
    }

    /** The same scan, but of what follows a row. */
    private Scan behind(Row last, Scan scan) {
        RowPosition position = RowPosition.of(request.table(), last);
        return scan.range(position.rest(scan.range(), request.order())).startAfter(position);
    }

    private TombstoneMatcher hiddenKeys(RowCursor erased) {
        Table table = request.table();
        return new TombstoneMatcher(table, erased, table.keyType(), request.mergeType(), request.order());
    }

    /**
     * What late rows are read with: by range only, since one that doesn't match must still hide its cold twin. What is
     * asked of time and key alone is kept: both twins have the same, and some sources can't answer without it.
     */
    public Scan lateScan(TimeRange stretch) {
        Scan scan = Scan.of(request.table(), stretch)
                .filter(request.keyFilter())
                .rowType(request.mergeType())
                .order(request.order());
        RowPosition position = request.startAfter();
        return position == null ? scan : scan.startAfter(position);
    }

    /** What the cold tier is asked for a stretch that it alone answers for. */
    public Scan coldScan(TimeRange stretch, long limit, @Nullable VisibleVersions versions) {
        Scan scan = request.scan(stretch, limit);
        return versions == null ? scan : scan.versions(versions);
    }

    /** What the cold tier is asked for a stretch in which late rows may hide its own: the merge's columns too. */
    public Scan mergedColdScan(TimeRange stretch, long limit, @Nullable VisibleVersions versions) {
        return coldScan(stretch, limit, versions).rowType(request.mergeType());
    }

    private RowCursor openCold(Source cold, Scan scan, @Nullable EarlyStart early) {
        long start = System.nanoTime();
        RowCursor rows = early == null
                ? ReportingCursor.charged(
                        () -> cold.open(scan, control), Tier.COLD, cold, scan.range(), start, tiers.listener())
                : early.open(() -> cold.open(scan, control));
        return new ReportingCursor(rows, Tier.COLD, cold, scan.range(), start, tiers.listener());
    }

    /** The sum, or {@link Long#MAX_VALUE}, which is no limit, if it is more. */
    static long plus(long limit, long late) {
        return limit > Long.MAX_VALUE - late ? Long.MAX_VALUE : limit + late;
    }
}
