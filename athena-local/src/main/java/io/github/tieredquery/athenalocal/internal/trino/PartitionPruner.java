package io.github.tieredquery.athenalocal.internal.trino;

import io.github.tieredquery.athenalocal.internal.trino.Scope.Field;
import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.LogicalExpression;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Weakens a condition to one over a table's partition keys alone: what touches anything else counts as true. A
 * partition that doesn't meet the weakened condition has no row that meets the condition.
 */
final class PartitionPruner {
    private PartitionPruner() {}

    /** Adds the weakened condition to every scan whose partition keys the condition can name. */
    static void prune(Expression condition, List<Field> fields, List<Expression> parameters) {
        Set<TableScan> scans = new LinkedHashSet<>();
        for (Field field : fields) {
            field.origins().forEach(origin -> scans.add(origin.scan()));
        }
        for (TableScan scan : scans) {
            ExpressionTranslator keys =
                    new ExpressionTranslator(new Scope(null, keysOf(scan, fields)), parameters, (query, outer) -> {
                        throw QueryFailedException.of("NOT_SUPPORTED", "Subqueries don't prune partitions.");
                    });
            String weakened = weaken(condition, keys);
            if (weakened != null) {
                scan.addFilter(weakened);
            }
        }
    }

    private static List<Field> keysOf(TableScan scan, List<Field> fields) {
        List<Field> keys = new ArrayList<>();
        for (Field field : fields) {
            Scope.Origin found = null;
            int count = 0;
            for (Scope.Origin origin : field.origins()) {
                if (origin.scan() == scan) {
                    found = origin;
                    count++;
                }
            }
            // A name that isn't this scan's key stays in scope without SQL, so that it isn't taken for another.
            String sql = found != null && count == 1 ? "p.k" + found.key() : "";
            keys.add(new Field(field.relation(), field.name(), field.type(), sql, false, List.of()));
        }
        return keys;
    }

    /** Null stands for a condition that is always true. */
    private static @Nullable String weaken(Expression condition, ExpressionTranslator keys) {
        if (condition instanceof LogicalExpression logical) {
            boolean and = logical.getOperator() == LogicalExpression.Operator.AND;
            List<String> terms = new ArrayList<>();
            for (Expression term : logical.getTerms()) {
                String weakened = weaken(term, keys);
                if (weakened != null) {
                    terms.add(weakened);
                } else if (!and) {
                    return null;
                }
            }
            return terms.isEmpty() ? null : "(" + String.join(and ? " AND " : " OR ", terms) + ")";
        }
        return keys.overKeysOnly(condition);
    }
}
