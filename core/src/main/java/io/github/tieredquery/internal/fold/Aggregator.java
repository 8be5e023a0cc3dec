package io.github.tieredquery.internal.fold;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.cursor.ReportingCursor;
import io.github.tieredquery.internal.view.DatedSnapshot;
import io.github.tieredquery.internal.view.Overlay;
import io.github.tieredquery.internal.view.QueryCall;
import io.github.tieredquery.internal.view.RangeSplitter;
import io.github.tieredquery.internal.view.SegmentReader;
import io.github.tieredquery.internal.view.TierSet;
import io.github.tieredquery.plan.Tier;
import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.Groups;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanGroups;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.table.Row;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets each tier aggregate its stretch, and puts the groups together. Where hot rows may hide cold ones, the cold tier
 * is asked to leave their keys out; where they are too many for a statement, the rows are merged and aggregated here.
 */
public final class Aggregator {

    private final QueryCall call;
    private final TierSet tiers;
    private final BoundQuery request;
    private final ScanControl control;
    private final SegmentReader reader;
    private final GroupedScan grouped;
    private final Groups groups;

    /**
     * An aggregation of the rows of a request.
     *
     * @param request with the columns that the aggregation reads, and without a limit
     */
    public Aggregator(QueryCall call, BoundQuery request, Aggregation aggregation) {
        this.call = call;
        this.tiers = call.tiers();
        this.request = request;
        this.control = call.control();
        this.reader = new SegmentReader(tiers, request, control);
        this.grouped = GroupedScan.of(request.scan(request.range(), Long.MAX_VALUE), aggregation);
        this.groups = new Groups(grouped);
    }

    public List<Row> groups() {
        HotStore journaled = tiers.journaled();
        if (!request.isEmpty() && journaled == null) {
            aggregateByBoundary();
        } else if (!request.isEmpty() && journaled != null) {
            aggregateByJournal(journaled);
        }
        return groups.rows();
    }

    private void aggregateByBoundary() {
        for (RangeSplitter.Stretch stretch : tiers.stretches(request.range())) {
            TimeRange range = stretch.range();
            switch (stretch.answer()) {
                case HOT -> pushDown(Tier.HOT, Objects.requireNonNull(tiers.hot()), scan(range, null));
                case COLD -> pushDown(Tier.COLD, cold(), scan(range, null));
                case BOTH -> aggregateOverlap(Objects.requireNonNull(tiers.hot()), range);
            }
        }
    }

    private void aggregateByJournal(HotStore hot) {
        DatedSnapshot taken = call.snapshot(hot);
        try {
            TimeRange above = taken.above(request.range());
            if (!above.isEmpty()) {
                aggregateHot(hot, taken.snapshot(), above);
            }
            TimeRange below = taken.below(request.range());
            if (below.isEmpty()) {
                return;
            }
            if (!taken.isYoung()) {
                // The watermark only rises: what lay below it in the old snapshot does in the new one.
                taken.snapshot().close();
                taken = call.snapshot(hot);
            }
            aggregateArchived(hot, taken.snapshot(), below);
        } finally {
            taken.snapshot().close();
        }
    }

    private void aggregateHot(HotStore hot, HotSnapshot snapshot, TimeRange above) {
        long start = System.nanoTime();
        List<Row> rows = snapshot.aggregate(grouped.scan(scan(above, null)));
        ReportingCursor.report(Tier.HOT, hot, above, rows.size(), ScanStats.UNKNOWN, start, tiers.listener());
        rows.forEach(groups::addGroup);
    }

    private void aggregateArchived(HotStore hot, HotSnapshot snapshot, TimeRange below) {
        VisibleVersions versions = snapshot.journal().versions();
        Overlay above = call.look(snapshot, below, request);
        if (!above.isNothing()) {
            aggregateUnder(snapshot, hot, above, below);
        } else {
            pushDown(Tier.COLD, cold(), scan(below, versions));
        }
    }

    /** An archived stretch that late rows and tombstones lie over. They are read before the cold tier is asked. */
    private void aggregateUnder(HotSnapshot snapshot, HotStore hot, Overlay above, TimeRange range) {
        RowCursor late = reader.plain(Tier.LATE, hot, reader.lateScan(range), snapshot::open);
        ShadowedKeys hidden = ShadowedKeys.by(late, snapshot, above, range, request);
        if (hidden.areFew()) {
            VisibleVersions versions = snapshot.journal().versions();
            // What the cold tier shows is fixed by the versions: the snapshot isn't held while it aggregates.
            snapshot.close();
            aggregateAround(hidden, range, versions);
        } else {
            addAll(reader.archived(snapshot, hot, above, cold(), range, Long.MAX_VALUE, null));
        }
    }

    /** A stretch that both tiers have. The hot rows win, and are read first. */
    private void aggregateOverlap(Source hot, TimeRange range) {
        Function<Scan, RowCursor> openHot = scan -> hot.open(scan, control);
        ShadowedKeys hidden = ShadowedKeys.by(reader.plain(Tier.HOT, hot, reader.lateScan(range), openHot), request);
        if (hidden.areFew()) {
            aggregateAround(hidden, range, null);
        } else {
            RowCursor again = reader.plain(Tier.HOT, hot, reader.lateScan(range), openHot);
            addAll(reader.merged(again, cold(), range, Long.MAX_VALUE, null, null));
        }
    }

    private void aggregateAround(ShadowedKeys hidden, TimeRange range, @Nullable VisibleVersions versions) {
        hidden.matching().forEach(groups::add);
        pushDown(Tier.COLD, cold(), hidden.leftOutOf(scan(range, versions)));
    }

    private void addAll(RowCursor merged) {
        try (RowCursor rows = merged) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                groups.add(row);
            }
        }
    }

    private void pushDown(Tier tier, Source source, Scan scan) {
        long start = System.nanoTime();
        ScanGroups answer = ReportingCursor.charged(
                () -> source.aggregate(grouped.scan(scan), control),
                tier,
                source,
                scan.range(),
                start,
                tiers.listener());
        ReportingCursor.report(
                tier, source, scan.range(), answer.rows().size(), answer.stats(), start, tiers.listener());
        answer.rows().forEach(groups::addGroup);
    }

    private Scan scan(TimeRange range, @Nullable VisibleVersions versions) {
        Scan scan = request.scan(range, Long.MAX_VALUE);
        return versions == null ? scan : scan.versions(versions);
    }

    private Source cold() {
        return Objects.requireNonNull(tiers.cold());
    }
}
