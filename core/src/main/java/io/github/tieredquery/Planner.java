package io.github.tieredquery;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanPlan;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.PartitionManifest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Makes the plan of a query. Asks the journal, and the sources only for their plans. */
final class Planner {

    private static final TimeRange ALL_TIMES =
            new TimeRange(Instant.parse("0001-01-01T00:00:00Z"), Instant.parse("+10000-01-01T00:00:00Z"));

    private final Tiers tiers;
    private final Request request;
    private final ScanControl control;
    private final RegistrationCheck registration;
    private final StretchReader reader;

    Planner(Tiers tiers, Request request, ScanControl control, RegistrationCheck registration) {
        this.tiers = tiers;
        this.request = request;
        this.control = control;
        this.registration = registration;
        this.reader = new StretchReader(tiers, request, control);
    }

    QueryPlan plan() {
        List<QueryPlan.Slice> slices = new ArrayList<>();
        if (!request.isEmpty()) {
            HotStore journaled = tiers.journaled();
            if (journaled == null) {
                planByBoundary(slices);
            } else {
                planByJournal(journaled, slices);
            }
        }
        if (request.order() == Order.NEWEST_FIRST) {
            Collections.reverse(slices);
        }
        return new QueryPlan(describe(), request.order(), slices);
    }

    private String describe() {
        return request.table().name() + " " + request.range()
                + (request.filter() instanceof Filter.All ? "" : " where " + request.filter())
                + (request.order() == Order.NEWEST_FIRST ? " newest first" : " oldest first")
                + (request.isLimited() ? " limit " + request.limit() : "");
    }

    private void planByBoundary(List<QueryPlan.Slice> slices) {
        for (RangeSplitter.Stretch stretch : BoundaryStages.stretches(tiers, request.range())) {
            TimeRange range = stretch.range();
            switch (stretch.answer()) {
                case COLD -> slices.add(slice(Tier.COLD, tiers.cold(), request.scan(range, request.limit()), null));
                case HOT -> slices.add(slice(Tier.HOT, tiers.hot(), request.scan(range, request.limit()), null));
                case BOTH -> {
                    Scan cold = reader.mergedColdScan(range, Long.MAX_VALUE, null);
                    addMerged(
                            slices,
                            slice(Tier.LATE, tiers.hot(), reader.lateScan(range), null),
                            slice(Tier.COLD, tiers.cold(), cold, null));
                }
            }
        }
    }

    private void planByJournal(HotStore hot, List<QueryPlan.Slice> slices) {
        DatedSnapshot taken = DatedSnapshot.take(hot, tiers, registration, control);
        try (HotSnapshot snapshot = taken.snapshot()) {
            TimeRange below = taken.below(request.range());
            TimeRange above = taken.above(request.range());
            VisibleVersions versions = snapshot.journal().versions();
            if (!below.isEmpty() && snapshot.hasRows(below)) {
                Scan cold = reader.mergedColdScan(below, request.limit(), versions);
                addMerged(
                        slices,
                        slice(Tier.LATE, hot, reader.lateScan(below), null),
                        slice(Tier.COLD, tiers.cold(), cold, archive(snapshot, below)));
            } else if (!below.isEmpty()) {
                Scan cold = reader.coldScan(below, request.limit(), versions);
                slices.add(slice(Tier.COLD, tiers.cold(), cold, archive(snapshot, below)));
            }
            if (!above.isEmpty()) {
                slices.add(slice(Tier.HOT, hot, request.scan(above, request.limit()), null));
            }
        }
    }

    /**
     * Late rows are read before the cold rows that they may hide, in both orders; newest first turns the list round.
     */
    private void addMerged(List<QueryPlan.Slice> slices, QueryPlan.Slice late, QueryPlan.Slice cold) {
        slices.addAll(request.order() == Order.OLDEST_FIRST ? List.of(late, cold) : List.of(cold, late));
    }

    private static QueryPlan.Slice slice(
            Tier tier, @Nullable Source source, Scan scan, QueryPlan.@Nullable Archive archive) {
        Source asked = Objects.requireNonNull(source);
        ScanPlan plan = asked.explain(scan);
        return new QueryPlan.Slice(
                tier,
                asked.name(),
                scan.range(),
                plan.accessPath(),
                plan.statement(),
                plan.residual(),
                archive,
                capacity(asked, plan));
    }

    private static QueryPlan.@Nullable Capacity capacity(Source source, ScanPlan plan) {
        double units = plan.capacityUnitsAtMost();
        return units < 0 ? null : new QueryPlan.Capacity(units, source.costOf(new ScanStats(null, -1, units)));
    }

    private QueryPlan.@Nullable Archive archive(HotSnapshot snapshot, TimeRange range) {
        ColdStore cold = tiers.coldStore();
        if (cold == null) {
            return null;
        }
        Predicate<HivePartition> matcher =
                HivePartitionPlanner.of(request.table(), cold.layout()).matcher(range, request.filter());
        List<PartitionManifest> all = snapshot.manifests(ALL_TIMES, cold.layout());
        List<PartitionManifest> selected = all.stream()
                .filter(manifest -> matcher.test(manifest.partition()))
                .toList();
        long bytes = selected.stream().mapToLong(PartitionManifest::bytes).sum();
        return new QueryPlan.Archive(
                selected.size(),
                all.size(),
                selected.stream().mapToLong(PartitionManifest::rows).sum(),
                bytes,
                all.stream().mapToLong(PartitionManifest::bytes).sum(),
                cold.costOf(bytes));
    }
}
