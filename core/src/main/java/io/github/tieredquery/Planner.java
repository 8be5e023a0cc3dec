package io.github.tieredquery;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.AccessPath;
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
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes the plans of queries and counts. Asks the journal, and the sources only for their plans. */
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
        return plan(false);
    }

    /** The plan of a count. Late rows are looked through, since they decide which partitions count as they are. */
    QueryPlan planCount() {
        return plan(true);
    }

    private QueryPlan plan(boolean count) {
        List<QueryPlan.Slice> slices = new ArrayList<>();
        if (!request.isEmpty()) {
            HotStore journaled = tiers.journaled();
            if (journaled == null) {
                planByBoundary(slices);
            } else {
                planByJournal(journaled, slices, count);
            }
        }
        if (request.order() == Order.NEWEST_FIRST) {
            Collections.reverse(slices);
        }
        return new QueryPlan(describe(), request.order(), slices, policyCheck().of(slices));
    }

    /** Refuses what the policy doesn't allow. Where there is none, nothing is asked. */
    void enforce(Supplier<QueryPlan> plan) {
        if (tiers.policy().isUnlimited()) {
            return;
        }
        List<QueryPlan.Objection> ofRange = policyCheck().ofRange();
        PolicyCheck.enforce(
                ofRange.isEmpty() ? plan.get() : new QueryPlan(describe(), request.order(), List.of(), ofRange));
    }

    private PolicyCheck policyCheck() {
        return new PolicyCheck(tiers.policy(), request, tiers.coldStore());
    }

    private String describe() {
        return request.table().name() + " " + request.range()
                + request.asked().text()
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

    private void planByJournal(HotStore hot, List<QueryPlan.Slice> slices, boolean count) {
        DatedSnapshot taken = DatedSnapshot.take(hot, tiers, registration, control);
        try (HotSnapshot snapshot = taken.snapshot()) {
            TimeRange below = taken.below(request.range());
            TimeRange above = taken.above(request.range());
            ColdStore store = tiers.coldStore();
            List<PartitionManifest> all =
                    store == null || below.isEmpty() ? List.of() : snapshot.manifests(ALL_TIMES, store.layout());
            HivePartitionPlanner planner =
                    store == null ? null : HivePartitionPlanner.of(request.table(), store.layout());
            if (count && planner != null && planner.isExact(request.filter()) && !below.isEmpty()) {
                ManifestCount known = ManifestCount.of(snapshot, below, request, planner);
                slices.add(counted(Objects.requireNonNull(store), below, all, known));
                for (TimeRange asked : known.asked()) {
                    planArchived(hot, snapshot, asked, all, slices);
                }
            } else if (!below.isEmpty()) {
                planArchived(hot, snapshot, below, all, slices);
            }
            if (!above.isEmpty()) {
                slices.add(slice(Tier.HOT, hot, request.scan(above, request.limit()), null));
            }
        }
    }

    private void planArchived(
            HotStore hot,
            HotSnapshot snapshot,
            TimeRange range,
            List<PartitionManifest> all,
            List<QueryPlan.Slice> slices) {
        VisibleVersions versions = snapshot.journal().versions();
        QueryPlan.Archive archive = archive(range, all);
        if (!Above.look(snapshot, range).isNothing()) {
            Scan cold = reader.mergedColdScan(range, request.limit(), versions);
            addMerged(
                    slices,
                    slice(Tier.LATE, hot, reader.lateScan(range), null),
                    slice(Tier.COLD, tiers.cold(), cold, archive));
        } else {
            Scan cold = reader.coldScan(range, request.limit(), versions);
            slices.add(slice(Tier.COLD, tiers.cold(), cold, archive));
        }
    }

    /** What costs nothing, since it stands in the manifests. */
    private static QueryPlan.Slice counted(
            ColdStore store, TimeRange below, List<PartitionManifest> all, ManifestCount known) {
        return new QueryPlan.Slice(
                Tier.COLD,
                store.name(),
                below,
                AccessPath.MANIFEST,
                "the manifests of whole partitions",
                Filter.all(),
                new QueryPlan.Archive(
                        known.partitions(),
                        all.size(),
                        known.partitionRows(),
                        0,
                        all.stream().mapToLong(PartitionManifest::bytes).sum(),
                        BigDecimal.ZERO),
                null);
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

    private QueryPlan.@Nullable Archive archive(TimeRange range, List<PartitionManifest> all) {
        ColdStore cold = tiers.coldStore();
        if (cold == null) {
            return null;
        }
        Predicate<HivePartition> matcher =
                HivePartitionPlanner.of(request.table(), cold.layout()).matcher(range, request.filter());
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
