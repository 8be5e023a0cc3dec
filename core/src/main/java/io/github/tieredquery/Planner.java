package io.github.tieredquery;

import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanPlan;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.PartitionManifest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the plan of a query. Asks the journal, and the sources only for their plans. */
final class Planner {

    private static final TimeRange ALL_TIMES =
            new TimeRange(Instant.parse("0001-01-01T00:00:00Z"), Instant.parse("+10000-01-01T00:00:00Z"));

    private final Tiers tiers;
    private final Request request;
    private final ScanControl control;
    private final RegistrationCheck registration;

    Planner(Tiers tiers, Request request, ScanControl control, RegistrationCheck registration) {
        this.tiers = tiers;
        this.request = request;
        this.control = control;
        this.registration = registration;
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
                    slices.add(slice(Tier.COLD, tiers.cold(), request.scan(range, request.limit()), null));
                    slices.add(slice(Tier.LATE, tiers.hot(), Scan.of(request.table(), range), null));
                }
            }
        }
    }

    private void planByJournal(HotStore hot, List<QueryPlan.Slice> slices) {
        try (HotSnapshot snapshot = hot.snapshot(control)) {
            registration.checkIdentity(snapshot.journal());
            Instant watermark = JournalStages.watermark(snapshot);
            TimeRange below = request.range().before(watermark);
            TimeRange above = request.range().since(watermark);
            if (!below.isEmpty()) {
                Scan scan = request.scan(below, request.limit())
                        .versions(snapshot.journal().versions());
                slices.add(slice(Tier.COLD, tiers.cold(), scan, archive(snapshot, below)));
                if (snapshot.hasRows(below)) {
                    slices.add(slice(Tier.LATE, hot, Scan.of(request.table(), below), null));
                }
            }
            if (!above.isEmpty()) {
                slices.add(slice(Tier.HOT, hot, request.scan(above, request.limit()), null));
            }
        }
    }

    private static QueryPlan.Slice slice(
            Tier tier, @Nullable Source source, Scan scan, QueryPlan.@Nullable Archive archive) {
        Source asked = Objects.requireNonNull(source);
        ScanPlan plan = asked.explain(scan);
        return new QueryPlan.Slice(
                tier, asked.name(), scan.range(), plan.accessPath(), plan.statement(), plan.residual(), archive);
    }

    private QueryPlan.@Nullable Archive archive(HotSnapshot snapshot, TimeRange range) {
        ColdStore cold = tiers.coldStore();
        if (cold == null) {
            return null;
        }
        HivePartitionPlanner planner = HivePartitionPlanner.of(request.table(), cold.layout());
        List<PartitionManifest> all = snapshot.manifests(ALL_TIMES, cold.layout());
        List<PartitionManifest> selected = all.stream()
                .filter(manifest -> planner.mayContain(manifest.partition(), range, request.filter()))
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
