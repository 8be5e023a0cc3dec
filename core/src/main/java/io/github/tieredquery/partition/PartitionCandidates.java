package io.github.tieredquery.partition;

import io.github.tieredquery.query.Filter;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The values that a partition column can have under a condition on texts, where the condition leaves finitely many. */
final class PartitionCandidates {

    private PartitionCandidates() {}

    /** A set that holds each value (null for NULL) for which the condition can be true; null if it isn't bounded. */
    static @Nullable Set<@Nullable String> of(Filter onText, String column) {
        if (onText instanceof Filter.None) {
            return set();
        } else if (onText instanceof Filter.Comparison comparison) {
            return comparison.column().equals(column) && comparison.operator() == Filter.Operator.EQ
                    ? set(comparison.value())
                    : null;
        } else if (onText instanceof Filter.In in) {
            return in.column().equals(column) ? set(in.values().toArray()) : null;
        } else if (onText instanceof Filter.IsNull isNull) {
            return isNull.column().equals(column) ? Collections.singleton(null) : null;
        } else if (onText instanceof Filter.And and) {
            return ofAll(and.filters(), column);
        } else if (onText instanceof Filter.Or or) {
            return ofAny(or.filters(), column);
        }
        return null;
    }

    private static @Nullable Set<@Nullable String> ofAll(List<Filter> filters, String column) {
        Set<@Nullable String> all = null;
        for (Filter filter : filters) {
            Set<@Nullable String> some = of(filter, column);
            if (some != null && all == null) {
                all = some;
            } else if (some != null) {
                Set<@Nullable String> both = new LinkedHashSet<>(all);
                both.retainAll(some);
                all = both;
            }
        }
        return all;
    }

    private static @Nullable Set<@Nullable String> ofAny(List<Filter> filters, String column) {
        Set<@Nullable String> any = new LinkedHashSet<>();
        for (Filter filter : filters) {
            Set<@Nullable String> some = of(filter, column);
            if (some == null) {
                return null;
            }
            any.addAll(some);
        }
        return any;
    }

    private static Set<@Nullable String> set(Object... texts) {
        Set<@Nullable String> set = new LinkedHashSet<>();
        for (Object text : texts) {
            set.add((String) text);
        }
        return set;
    }
}
