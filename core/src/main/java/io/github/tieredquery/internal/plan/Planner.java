package io.github.tieredquery.internal.plan;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.fold.ManifestCount;
import io.github.tieredquery.internal.view.QueryCall;
import io.github.tieredquery.internal.view.ReadView;
import io.github.tieredquery.internal.view.ScanSteps;
import io.github.tieredquery.internal.view.Segment;
import io.github.tieredquery.internal.view.SegmentReader;
import io.github.tieredquery.internal.view.TierSet;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.plan.QueryPlan;
import io.github.tieredquery.plan.Tier;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanPlan;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.store.ArchiveSize;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.PartitionManifest;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Makes the plans of queries and counts. Asks the journal, and the sources only for their plans. */
public final class Planner {

    private final QueryCall call;
    private final TierSet tiers;
    private final BoundQuery request;
    private final SegmentReader reader;

    /** What becomes of the rows. */
    private enum Use {
        READ,
        COUNT
    }

    public Planner(QueryCall call, BoundQuery request) {
        this.call = call;
        this.tiers = call.tiers();
        this.request = request;
        this.reader = new SegmentReader(call, request);
    }

    public QueryPlan plan() {
        return plan(Use.READ, true);
    }

    /** The plan of a count. Late rows are looked through, since they decide which partitions count as they are. */
    public QueryPlan planCount() {
        return plan(Use.COUNT, true);
    }

    /** Refuses what the policy doesn't allow. Where there is none, nothing is asked. */
    public void enforce() {
        enforce(Use.READ);
    }

    /** {@link #enforce} for a count. */
    public void enforceCount() {
        enforce(Use.COUNT);
    }

    private void enforce(Use use) {
        if (tiers.policy().isUnlimited()) {
            return;
        }
        List<QueryPlan.Objection> ofRange = policyCheck().ofRange();
        if (!ofRange.isEmpty()) {
            PolicyCheck.enforce(new QueryPlan(describe(), request.order(), List.of(), ofRange));
        } else if (!plan(use, false).objections().isEmpty()) {
            PolicyCheck.enforce(plan(use, true));
        }
    }

    /**
     * Makes a plan.
     *
     * @param inAll whether it is to be shown, and says how much of the whole archive is read; if not, it says what is
     *     read of what is read
     */
    private QueryPlan plan(Use use, boolean inAll) {
        List<QueryPlan.Slice> slices = new ArrayList<>();
        if (!request.isEmpty()) {
            try (ReadView view = call.open()) {
                for (Segment segment : view.segments(request.range())) {
                    plan(view, segment, slices, use, inAll);
                }
            }
        }
        if (request.order() == Order.NEWEST_FIRST) {
            Collections.reverse(slices);
        }
        return new QueryPlan(describe(), request.order(), slices, policyCheck().of(slices));
    }

    private PolicyCheck policyCheck() {
        return new PolicyCheck(tiers.policy(), request, tiers.coldStore());
    }

    private String describe() {
        return request.table().name() + " " + request.range()
                + request.provenance().text()
                + (request.order() == Order.NEWEST_FIRST ? " newest first" : " oldest first")
                + (request.isLimited() ? " limit " + request.limit() : "");
    }

    private void plan(ReadView view, Segment segment, List<QueryPlan.Slice> slices, Use use, boolean inAll) {
        if (segment.isHot()) {
            slices.add(slice(Tier.HOT, tiers.hot(), request.scan(segment.range(), request.limit()), null));
        } else {
            new OfCold(view, segment, slices, inAll).plan(use);
        }
    }

    /** The slices of a segment that the cold tier has rows of. */
    private final class OfCold {

        private final ReadView view;
        private final Segment segment;
        private final List<QueryPlan.Slice> slices;
        /** Null if no manifest tells of the cold tier. */
        private final @Nullable ColdStore store;

        private final @Nullable HivePartitionPlanner planner;
        private final @Nullable ArchiveSize inAll;

        OfCold(ReadView view, Segment segment, List<QueryPlan.Slice> slices, boolean inAll) {
            this.view = view;
            this.segment = segment;
            this.slices = slices;
            this.store = view.journal() == null ? null : tiers.coldStore();
            this.planner = store == null ? null : HivePartitionPlanner.of(request.table(), store.layout());
            this.inAll = inAll && store != null ? view.archiveSize() : null;
        }

        void plan(Use use) {
            TimeRange range = segment.range();
            if (use == Use.READ || store == null || planner == null || !planner.isExact(request.condition())) {
                plan(use == Use.READ ? enough(range) : range);
                return;
            }
            ManifestCount known = ManifestCount.of(view, segment, request, planner);
            slices.add(new QueryPlan.Slice(
                    Tier.COLD,
                    store.name(),
                    range,
                    AccessPath.MANIFEST,
                    "the manifests of whole partitions",
                    Filter.all(),
                    "",
                    archive(known.partitions(), known.partitionRows(), 0, BigDecimal.ZERO),
                    null));
            known.asked().forEach(this::plan);
        }

        /** The first steps of a query with a limit, if they certainly have as many rows. */
        private TimeRange enough(TimeRange below) {
            if (!request.isLimited() || planner == null) {
                return below;
            }
            BoundQuery.Provenance asked = request.provenance();
            if (!planner.isExact(asked.own()) || !planner.isExact(asked.mandatory())) {
                return below;
            }
            TimeRange steps = new ScanSteps(tiers, request).enough(view, below, request.limit());
            return steps.equals(below) || view.overlay(segment.range(steps)).isNothing() ? steps : below;
        }

        private void plan(TimeRange range) {
            QueryPlan.Archive archive = archive(range);
            if (view.overlay(segment.range(range)).isNothing()) {
                Scan cold = reader.coldScan(view, range, request.limit());
                slices.add(slice(Tier.COLD, tiers.cold(), cold, archive));
            } else {
                long limit = segment.kind() == Segment.Kind.OVERLAP ? Long.MAX_VALUE : request.limit();
                addMerged(
                        slice(Tier.LATE, tiers.hot(), reader.lateScan(range), null),
                        slice(Tier.COLD, tiers.cold(), reader.mergedColdScan(view, range, limit), archive));
            }
        }

        /**
         * Late rows are read before the cold rows that they may hide, in both orders; newest first turns the list
         * round.
         */
        private void addMerged(QueryPlan.Slice late, QueryPlan.Slice cold) {
            slices.addAll(request.order() == Order.OLDEST_FIRST ? List.of(late, cold) : List.of(cold, late));
        }

        private QueryPlan.@Nullable Archive archive(TimeRange range) {
            if (store == null || planner == null) {
                return null;
            }
            Predicate<HivePartition> matcher = planner.matcher(range, request.condition());
            int partitions = 0;
            long rows = 0;
            long bytes = 0;
            for (PartitionManifest manifest : view.manifests(range)) {
                if (manifest.rows() > 0 && matcher.test(manifest.partition())) {
                    partitions++;
                    rows += manifest.rows();
                    bytes += manifest.bytes();
                }
            }
            return archive(partitions, rows, bytes, store.costOf(bytes));
        }

        private QueryPlan.Archive archive(int partitions, long rows, long bytes, BigDecimal cost) {
            return new QueryPlan.Archive(
                    partitions,
                    inAll == null ? partitions : inAll.partitions(),
                    rows,
                    bytes,
                    inAll == null ? bytes : inAll.bytes(),
                    cost);
        }
    }

    private QueryPlan.Slice slice(Tier tier, @Nullable Source source, Scan scan, QueryPlan.@Nullable Archive archive) {
        Source asked = Objects.requireNonNull(source);
        ScanPlan plan = asked.explain(scan);
        return new QueryPlan.Slice(
                tier,
                asked.name(),
                scan.range(),
                plan.accessPath(),
                plan.statement(),
                plan.residual(),
                request.provenance().text(plan.residual()),
                archive,
                capacity(asked, plan));
    }

    private static QueryPlan.@Nullable Capacity capacity(Source source, ScanPlan plan) {
        double units = plan.capacityUnitsAtMost();
        return units < 0 ? null : new QueryPlan.Capacity(units, source.costOf(new ScanStats(null, -1, units)));
    }
}
