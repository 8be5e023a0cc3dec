package io.github.tieredquery.partition;

import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Filter.Operator;
import io.github.tieredquery.table.ColumnType.Kind;
import io.github.tieredquery.table.Table;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a filter on rows says about partitions. Conditions on other columns are taken for true <em>and</em> for false,
 * as they may be either for some row in a partition; so a negation is never applied to a weakened condition but carried
 * down to the single ones.
 */
final class FilterPruning {

    /** The kinds whose texts are ordered as their values are. */
    private static final Set<Kind> TEXT_ORDERED = EnumSet.of(Kind.STRING, Kind.BOOLEAN, Kind.DATE);

    private final Map<String, Kind> kinds = new HashMap<>();

    FilterPruning(Table table, HivePartitionLayout layout) {
        layout.filterColumns()
                .forEach(column -> kinds.put(column, table.column(column).type().kind()));
    }

    /** A condition on partitions that holds for each partition in which the filter can be true for a row. */
    Filter canBeTrue(Filter filter) {
        if (filter instanceof Filter.And and) {
            return Filter.and(and.filters().stream().map(this::canBeTrue).toList());
        } else if (filter instanceof Filter.Or or) {
            return Filter.or(or.filters().stream().map(this::canBeTrue).toList());
        } else if (filter instanceof Filter.Not not) {
            return canBeFalse(not.filter());
        }
        Filter onText = onText(filter);
        return onText == null ? Filter.all() : onText;
    }

    /** A condition on partitions that holds for each partition in which the filter can be false, not unknown. */
    private Filter canBeFalse(Filter filter) {
        if (filter instanceof Filter.And and) {
            return Filter.or(and.filters().stream().map(this::canBeFalse).toList());
        } else if (filter instanceof Filter.Or or) {
            return Filter.and(or.filters().stream().map(this::canBeFalse).toList());
        } else if (filter instanceof Filter.Not not) {
            return canBeTrue(not.filter());
        }
        Filter onText = onText(filter);
        if (onText == null) {
            return Filter.all();
        }
        return onText instanceof Filter.Comparison comparison
                ? new Filter.Comparison(comparison.column(), opposite(comparison.operator()), comparison.value())
                : Filter.not(onText);
    }

    /** Whether the partition alone tells if a row matches. */
    boolean isExact(Filter filter) {
        if (filter instanceof Filter.And and) {
            return and.filters().stream().allMatch(this::isExact);
        } else if (filter instanceof Filter.Or or) {
            return or.filters().stream().allMatch(this::isExact);
        } else if (filter instanceof Filter.Not not) {
            return isExact(not.filter());
        }
        return onText(filter) != null;
    }

    /**
     * A single condition on the columns' texts, which is true, false or unknown when the given one is; null if none.
     */
    private @Nullable Filter onText(Filter filter) {
        if (filter instanceof Filter.Comparison comparison) {
            Kind kind = kinds.get(comparison.column());
            boolean equality = comparison.operator() == Operator.EQ || comparison.operator() == Operator.NE;
            return kind == null || !(equality || TEXT_ORDERED.contains(kind))
                    ? null
                    : new Filter.Comparison(
                            comparison.column(), comparison.operator(), HivePartitionLayout.text(comparison.value()));
        } else if (filter instanceof Filter.In in) {
            if (in.values().isEmpty()) {
                return Filter.none();
            }
            List<String> texts =
                    in.values().stream().map(HivePartitionLayout::text).toList();
            return kinds.containsKey(in.column()) ? Filter.in(in.column(), texts) : null;
        } else if (filter instanceof Filter.Prefix prefix) {
            return kinds.containsKey(prefix.column()) ? prefix : null;
        } else if (filter instanceof Filter.HasElement) {
            return null;
        } else if (filter instanceof Filter.IsNull isNull) {
            return kinds.containsKey(isNull.column()) ? isNull : null;
        } else if (filter instanceof Filter.All || filter instanceof Filter.None) {
            return filter;
        }
        throw new IllegalStateException("no pruning by " + filter.getClass());
    }

    private static Operator opposite(Operator operator) {
        return switch (operator) {
            case EQ -> Operator.NE;
            case NE -> Operator.EQ;
            case LT -> Operator.GE;
            case LE -> Operator.GT;
            case GT -> Operator.LE;
            case GE -> Operator.LT;
        };
    }
}
