package io.github.tieredquery.internal.fold;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.cursor.ReportingCursor;
import io.github.tieredquery.internal.view.DatedSnapshot;
import io.github.tieredquery.internal.view.Overlay;
import io.github.tieredquery.internal.view.QueryCall;
import io.github.tieredquery.internal.view.RangeSplitter;
import io.github.tieredquery.internal.view.SegmentReader;
import io.github.tieredquery.internal.view.TierSet;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.plan.Tier;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanCount;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.PartitionManifest;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Counts each stretch where its rows are. Of an archive with manifests, whole partitions that the filter selects or
 * leaves out as a whole are counted by these. Where hot rows or tombstones may hide cold ones, the cold tier is asked
 * to leave their keys out; where they are too many for a statement, the keys are merged and counted here.
 */
public final class Counter {

    private final QueryCall call;
    private final TierSet tiers;
    private final BoundQuery request;
    private final ScanControl control;
    private final SegmentReader reader;

    public Counter(QueryCall call, BoundQuery request) {
        this.call = call;
        this.tiers = call.tiers();
        this.request = request;
        this.control = call.control();
        this.reader = new SegmentReader(tiers, request, control);
    }

    public long count() {
        HotStore journaled = tiers.journaled();
        return journaled == null ? countByBoundary() : countByJournal(journaled);
    }

    private long countByBoundary() {
        long total = 0;
        for (RangeSplitter.Stretch stretch : tiers.stretches(request.range())) {
            long wanted = rest(total);
            if (wanted == 0) {
                break;
            }
            TimeRange range = stretch.range();
            total += switch (stretch.answer()) {
                case HOT -> pushDown(Tier.HOT, Objects.requireNonNull(tiers.hot()), request.scan(range, wanted));
                case COLD -> pushDown(Tier.COLD, cold(), request.scan(range, wanted));
                case BOTH -> countOverlap(Objects.requireNonNull(tiers.hot()), range, wanted);
            };
        }
        return total;
    }

    private long countByJournal(HotStore hot) {
        DatedSnapshot taken = call.snapshot(hot);
        try {
            TimeRange above = taken.above(request.range());
            long total = above.isEmpty() ? 0 : countHot(hot, taken.snapshot(), above);
            TimeRange below = taken.below(request.range());
            if (below.isEmpty() || rest(total) == 0) {
                return total;
            }
            taken = young(hot, taken);
            ManifestCount known = byManifest(taken.snapshot(), below);
            total += Math.min(known.rows(), rest(total));
            List<TimeRange> asked = known.asked();
            while (!asked.isEmpty() && rest(total) > 0) {
                taken = young(hot, taken);
                List<Stretch> stretches = look(hot, taken.snapshot(), asked);
                int done = 0;
                while (done < stretches.size() && rest(total) > 0 && (done == 0 || taken.isYoung())) {
                    total += countArchived(hot, taken.snapshot(), stretches.get(done++), rest(total));
                }
                // The watermark only rises: what lay below it in the old snapshot does in a new one.
                asked = stretches.subList(done, stretches.size()).stream()
                        .map(Stretch::range)
                        .toList();
            }
            return total;
        } finally {
            taken.snapshot().close();
        }
    }

    private long countHot(HotStore hot, HotSnapshot snapshot, TimeRange above) {
        long start = System.nanoTime();
        long rows = snapshot.count(request.scan(above, request.limit()));
        ReportingCursor.report(Tier.HOT, hot, above, rows, ScanStats.UNKNOWN, start, tiers.listener());
        return rows;
    }

    /** The snapshot, or a new one for it if it has grown too old to decide what a cold query reads. */
    private DatedSnapshot young(HotStore hot, DatedSnapshot taken) {
        if (taken.isYoung()) {
            return taken;
        }
        taken.snapshot().close();
        return call.snapshot(hot);
    }

    /** What the manifests answer; where they can't, everything is left to be asked. */
    private ManifestCount byManifest(HotSnapshot snapshot, TimeRange below) {
        ColdStore store = tiers.coldStore();
        if (store == null) {
            return new ManifestCount(0, 0, 0, List.of(below));
        }
        HivePartitionPlanner planner = HivePartitionPlanner.of(request.table(), store.layout());
        if (!planner.isExact(request.filter())) {
            return new ManifestCount(0, 0, 0, List.of(below));
        }
        long start = System.nanoTime();
        ManifestCount known = ManifestCount.of(call, snapshot, below, request, planner);
        if (known.partitionRows() > 0) {
            ReportingCursor.report(
                    Tier.COLD, store, below, known.partitionRows(), new ScanStats(null, 0), start, tiers.listener());
        }
        return known;
    }

    /**
     * Looks at all stretches in one snapshot, before the cold tier is asked for the first. Those whose keys have to be
     * merged come first: once they are done, the snapshot isn't needed any more.
     */
    private List<Stretch> look(HotStore hot, HotSnapshot snapshot, List<TimeRange> ranges) {
        return ranges.stream()
                .map(range -> look(hot, snapshot, range))
                .sorted(Comparator.comparing(stretch -> !stretch.isMerged()))
                .toList();
    }

    private Stretch look(HotStore hot, HotSnapshot snapshot, TimeRange range) {
        List<PartitionManifest> manifests = call.manifests(snapshot, range);
        Overlay above = Overlay.look(snapshot, range);
        ShadowedKeys hidden = null;
        if (!above.isNothing()) {
            RowCursor late = reader.plain(Tier.LATE, hot, reader.lateScan(range), snapshot::open);
            hidden = ShadowedKeys.by(late, snapshot, above, range, request);
        }
        return new Stretch(range, manifests, above, hidden);
    }

    private long countArchived(HotStore hot, HotSnapshot snapshot, Stretch stretch, long wanted) {
        TimeRange below = stretch.range();
        if (stretch.isMerged()) {
            call.check(stretch.manifests(), below, request);
            return countRows(
                    reader.archived(snapshot, hot, stretch.above(), cold(), below, Long.MAX_VALUE, null), wanted);
        }
        // What the cold tier shows is fixed by the versions: the snapshot isn't kept idle while it counts.
        VisibleVersions versions = snapshot.journal().versions();
        snapshot.close();
        call.check(stretch.manifests(), below, request);
        return stretch.hidden() == null
                ? pushDown(Tier.COLD, cold(), request.scan(below, wanted).versions(versions))
                : countAround(stretch.hidden(), below, wanted, versions);
    }

    /** A stretch that both tiers have. The hot rows win, and are read first. */
    private long countOverlap(Source hot, TimeRange range, long wanted) {
        Function<Scan, RowCursor> openHot = scan -> hot.open(scan, control);
        ShadowedKeys hidden = ShadowedKeys.by(reader.plain(Tier.HOT, hot, reader.lateScan(range), openHot), request);
        if (hidden.areFew()) {
            return countAround(hidden, range, wanted, null);
        }
        RowCursor again = reader.plain(Tier.HOT, hot, reader.lateScan(range), openHot);
        return countRows(reader.merged(again, cold(), range, Long.MAX_VALUE, null, null), wanted);
    }

    /** The rows that hide others are known; the cold tier leaves out what they hide. */
    private long countAround(ShadowedKeys hidden, TimeRange range, long wanted, @Nullable VisibleVersions versions) {
        long late = Math.min(wanted, hidden.matching().size());
        if (late == wanted) {
            return late;
        }
        Scan scan = request.scan(range, wanted == Long.MAX_VALUE ? wanted : wanted - late);
        return late + pushDown(Tier.COLD, cold(), hidden.leftOutOf(versions == null ? scan : scan.versions(versions)));
    }

    private long pushDown(Tier tier, Source source, Scan scan) {
        long start = System.nanoTime();
        ScanCount count = ReportingCursor.charged(
                () -> source.count(scan, control), tier, source, scan.range(), start, tiers.listener());
        ReportingCursor.report(tier, source, scan.range(), count.rows(), count.stats(), start, tiers.listener());
        return count.rows();
    }

    private static long countRows(RowCursor merged, long wanted) {
        try (RowCursor rows = merged) {
            long count = 0;
            while (count < wanted && rows.next() != null) {
                count++;
            }
            return count;
        }
    }

    private long rest(long total) {
        return request.isLimited() ? request.limit() - total : Long.MAX_VALUE;
    }

    private Source cold() {
        return Objects.requireNonNull(tiers.cold());
    }

    /**
     * A part of the archive that the cold tier is asked for, and what one snapshot shows of it.
     *
     * @param hidden the rows that don't count there, null if there is nothing over it
     */
    private record Stretch(
            TimeRange range,
            List<PartitionManifest> manifests,
            Overlay above,
            @Nullable ShadowedKeys hidden) {

        /** Whether too many rows don't count for the cold tier to be told of them. */
        boolean isMerged() {
            return hidden != null && !hidden.areFew();
        }
    }
}
