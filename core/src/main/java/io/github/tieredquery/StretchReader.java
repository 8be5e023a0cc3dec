package io.github.tieredquery;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.spi.VisibleVersions;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Opens single stretches: of one tier, or of hot rows merged over cold ones. */
final class StretchReader {

    private final Tiers tiers;
    private final Request request;
    private final ScanControl control;

    StretchReader(Tiers tiers, Request request, ScanControl control) {
        this.tiers = tiers;
        this.request = request;
        this.control = control;
    }

    /** The rows of a stretch that one tier answers for. */
    RowCursor plain(Tier tier, Source source, Scan scan, Function<Scan, RowCursor> open) {
        long start = System.nanoTime();
        return new ReportingCursor(open.apply(scan), tier, source, scan.range(), start, tiers.listener());
    }

    /** The rows of a stretch of the cold tier, opened now or, with an executor, in the background. */
    RowCursor cold(
            Source cold,
            TimeRange stretch,
            long limit,
            @Nullable VisibleVersions versions,
            @Nullable Executor executor) {
        return openCold(cold, withVersions(request.scan(stretch, limit), versions), executor);
    }

    /**
     * The rows of a stretch in which both tiers have a say.
     *
     * @param late the hot rows of the stretch, unfiltered, with the columns of the merge; opened before the cold tier
     *     is asked
     * @param limit how many cold rows can be needed: the wanted ones and one for each late row that may hide one
     */
    RowCursor merged(
            RowCursor late,
            Source cold,
            TimeRange stretch,
            long limit,
            @Nullable VisibleVersions versions,
            @Nullable Executor executor) {
        try {
            Scan scan = withVersions(request.scan(stretch, limit), versions).rowType(request.mergeType());
            RowCursor merge =
                    new MergeCursor(late, openCold(cold, scan, executor), request.filter(), request.mergeOrder());
            return ProjectingCursor.of(merge, request.mergeType(), request.rowType());
        } catch (RuntimeException e) {
            late.close();
            throw e;
        }
    }

    /** What late rows are read with: by range only, since one that doesn't match must still hide its cold twin. */
    Scan lateScan(TimeRange stretch) {
        return Scan.of(request.table(), stretch).rowType(request.mergeType()).order(request.order());
    }

    private RowCursor openCold(Source cold, Scan scan, @Nullable Executor executor) {
        long start = System.nanoTime();
        RowCursor rows =
                executor == null ? cold.open(scan, control) : new AsyncCursor(() -> cold.open(scan, control), executor);
        return new ReportingCursor(rows, Tier.COLD, cold, scan.range(), start, tiers.listener());
    }

    private static Scan withVersions(Scan scan, @Nullable VisibleVersions versions) {
        return versions == null ? scan : scan.versions(versions);
    }

    static long plus(long limit, long late) {
        return limit == Long.MAX_VALUE ? limit : limit + late;
    }
}
