package io.github.tieredquery.jdbc.internal.scan;

import io.github.tieredquery.query.Filter;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.Scan;
import java.util.List;

/**
 * Which index serves a scan, as far as the columns tell: equalities on its first columns, then the time. The database
 * may choose otherwise; it won't find a better way than this one if there is none.
 *
 * @param path how the rows are reached
 * @param residual what is only tested on rows that were read
 */
record AccessPlan(AccessPath path, Filter residual) {

    static AccessPlan of(Scan scan, List<List<String>> indexes) {
        List<Filter> conditions =
                scan.condition() instanceof Filter.And and ? and.filters() : List.of(scan.condition());
        AccessPlan best = new AccessPlan(AccessPath.FILTER_SCAN, scan.condition());
        int bestColumns = 0;
        for (List<String> index : indexes) {
            int equalities = 0;
            while (equalities < index.size() && isGiven(conditions, index.get(equalities))) {
                equalities++;
            }
            boolean byTime = equalities < index.size()
                    && index.get(equalities).equals(scan.table().timeColumn().name());
            int columns = equalities + (byTime ? 1 : 0);
            if (columns > bestColumns) {
                bestColumns = columns;
                List<String> served = index.subList(0, equalities);
                best = new AccessPlan(
                        equalities == 0 ? AccessPath.KEY_RANGE : AccessPath.INDEX,
                        Filter.and(conditions.stream()
                                .filter(condition -> served.stream().noneMatch(column -> gives(condition, column)))
                                .toList()));
            }
        }
        return best;
    }

    /** Conditions on partition columns choose partitions, all others test rows. */
    static AccessPlan pruned(Scan scan, List<String> partitionColumns) {
        List<Filter> conditions =
                scan.condition() instanceof Filter.And and ? and.filters() : List.of(scan.condition());
        return new AccessPlan(
                AccessPath.PARTITION_PRUNED,
                Filter.and(conditions.stream()
                        .filter(condition -> !partitionColumns.containsAll(condition.columns()))
                        .toList()));
    }

    private static boolean isGiven(List<Filter> conditions, String column) {
        return conditions.stream().anyMatch(condition -> gives(condition, column));
    }

    private static boolean gives(Filter condition, String column) {
        if (condition instanceof Filter.Comparison comparison) {
            return comparison.operator() == Filter.Operator.EQ
                    && comparison.column().equals(column);
        }
        return condition instanceof Filter.In in && in.column().equals(column);
    }
}
