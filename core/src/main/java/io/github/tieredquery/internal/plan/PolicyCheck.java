package io.github.tieredquery.internal.plan;

import io.github.tieredquery.error.RefusedByPolicyException;
import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.bound.QueryLog;
import io.github.tieredquery.plan.QueryPlan;
import io.github.tieredquery.plan.QueryPlan.Objection;
import io.github.tieredquery.plan.QueryPlan.Verdict;
import io.github.tieredquery.plan.QueryPolicy;
import io.github.tieredquery.plan.Tier;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.store.ColdStore;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Judges a plan by a policy, and says what would help. */
final class PolicyCheck {

    private static final Logger LOG = QueryLog.LOG;

    private final QueryPolicy policy;
    private final BoundQuery request;
    private final @Nullable ColdStore cold;

    PolicyCheck(QueryPolicy policy, BoundQuery request, @Nullable ColdStore cold) {
        this.policy = policy;
        this.request = request;
        this.cold = cold;
    }

    /**
     * Fails if the plan is refused; logs what is warned of.
     *
     * @throws RefusedByPolicyException with all reasons
     */
    static void enforce(QueryPlan plan) {
        List<String> refused = new ArrayList<>();
        for (Objection objection : plan.objections()) {
            if (objection.verdict() == Verdict.REFUSED) {
                refused.add(objection.reason());
            } else {
                LOG.warn("{}: {}", plan.query(), objection.reason());
            }
        }
        if (!refused.isEmpty()) {
            throw new RefusedByPolicyException(plan.query() + ": " + String.join(" ", refused));
        }
    }

    /** What can be said before anybody is asked for a plan. */
    List<Objection> ofRange() {
        List<Objection> objections = new ArrayList<>();
        policy.range()
                .filter(longest -> request.range().length().compareTo(longest) > 0)
                .ifPresent(longest -> objections.add(refused("its range is "
                        + request.range().length() + " long and the policy allows " + longest
                        + ". Ask for a shorter range.")));
        return objections;
    }

    List<Objection> of(List<QueryPlan.Slice> slices) {
        List<Objection> objections = new ArrayList<>(ofRange());
        QueryPlan plan = new QueryPlan("", request.order(), slices, List.of());
        long bytes = plan.bytes();
        policy.scanBytes().ifPresent(most -> {
            if (bytes > most) {
                objections.add(refused("it would scan " + bytes + " bytes" + where(slices) + ", and the policy allows "
                        + most + " bytes. " + narrower()));
            }
        });
        BigDecimal cost = plan.cost();
        policy.scanCost()
                .filter(most -> cost.compareTo(most) > 0)
                .ifPresent(most -> objections.add(refused("it would cost " + cost.toPlainString() + " USD to scan "
                        + bytes + " bytes" + where(slices) + ", and the policy allows " + most.toPlainString()
                        + " USD. " + narrower())));
        if (policy.filterScans() != QueryPolicy.FilterScans.ALLOWED) {
            slices.stream()
                    .filter(slice -> slice.accessPath() == AccessPath.FILTER_SCAN)
                    .forEach(slice -> objections.add(filterScan(slice)));
        }
        return objections;
    }

    private static Objection refused(String reason) {
        return new Objection(Verdict.REFUSED, reason);
    }

    private static String where(List<QueryPlan.Slice> slices) {
        List<String> places = new ArrayList<>();
        for (QueryPlan.Slice slice : slices) {
            QueryPlan.Archive archive = slice.archive();
            if (archive != null && archive.bytes() > 0) {
                places.add(
                        archive.partitions() + " of " + archive.partitionsInAll() + " partitions of " + slice.source());
            }
        }
        return places.isEmpty() ? "" : ", " + String.join(" and ", places);
    }

    /** What reads fewer partitions. */
    private String narrower() {
        List<String> unused = new ArrayList<>();
        if (cold != null) {
            Set<String> used = request.filter().columns();
            cold.layout().filterColumns().stream()
                    .filter(column -> !used.contains(column))
                    .forEach(column -> unused.add("'" + column + "'"));
        }
        String shorter = "Ask for a shorter range";
        return unused.isEmpty()
                ? shorter + "."
                : shorter + ", or for values of the partition column" + (unused.size() == 1 ? " " : "s ")
                        + String.join(", ", unused) + ".";
    }

    private Objection filterScan(QueryPlan.Slice slice) {
        String help =
                slice.tier() == Tier.COLD ? narrower() : "An index on " + index(slice.residual()) + " would help.";
        return new Objection(
                policy.filterScans() == QueryPolicy.FilterScans.REFUSED ? Verdict.REFUSED : Verdict.WARNED,
                slice.source() + " would read everything"
                        + (slice.residualDescription().isEmpty()
                                ? ""
                                : " to filter it by " + slice.residualDescription())
                        + ", which the policy forbids. " + help);
    }

    /** Equalities first, then the time: the index that leaves a range to be read. */
    private String index(Filter residual) {
        Set<String> columns = new LinkedHashSet<>();
        for (Filter condition : residual instanceof Filter.And and ? and.filters() : List.of(residual)) {
            if (condition instanceof Filter.Comparison comparison && comparison.operator() == Filter.Operator.EQ) {
                columns.add(comparison.column());
            } else if (condition instanceof Filter.In in) {
                columns.add(in.column());
            }
        }
        columns.add(request.table().timeColumn().name());
        return "(" + String.join(", ", columns) + ")";
    }
}
