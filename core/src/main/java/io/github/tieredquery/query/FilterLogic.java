package io.github.tieredquery.query;

import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.ListText;
import io.github.tieredquery.table.Row;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** SQL's three-valued logic over a row: true, false, or null for unknown. */
final class FilterLogic {

    private FilterLogic() {}

    static @Nullable Boolean evaluate(Filter filter, Row row) {
        if (filter instanceof Filter.Comparison comparison) {
            return compare(comparison, row);
        } else if (filter instanceof Filter.In in) {
            return in(in, row);
        } else if (filter instanceof Filter.Prefix prefix) {
            String value = row.string(prefix.column());
            return value == null ? null : Boolean.valueOf(value.startsWith(prefix.prefix()));
        } else if (filter instanceof Filter.HasElement has) {
            String value = row.string(has.column());
            return value == null ? null : Boolean.valueOf(value.contains(ListText.needle(has.element())));
        } else if (filter instanceof Filter.IsNull isNull) {
            return row.value(isNull.column()) == null;
        } else if (filter instanceof Filter.And and) {
            return all(and.filters(), row);
        } else if (filter instanceof Filter.Or or) {
            return any(or.filters(), row);
        } else if (filter instanceof Filter.Not not) {
            Boolean inner = evaluate(not.filter(), row);
            return inner == null ? null : Boolean.valueOf(!inner);
        }
        if (filter instanceof Filter.All || filter instanceof Filter.None) {
            return filter instanceof Filter.All;
        }
        throw new IllegalStateException("no logic for " + filter.getClass());
    }

    private static @Nullable Boolean all(Iterable<Filter> filters, Row row) {
        Boolean result = true;
        for (Filter filter : filters) {
            Boolean part = evaluate(filter, row);
            if (part == null) {
                result = null;
            } else if (!part) {
                return false;
            }
        }
        return result;
    }

    private static @Nullable Boolean any(Iterable<Filter> filters, Row row) {
        Boolean result = false;
        for (Filter filter : filters) {
            Boolean part = evaluate(filter, row);
            if (part == null) {
                result = null;
            } else if (part) {
                return true;
            }
        }
        return result;
    }

    private static @Nullable Boolean compare(Filter.Comparison comparison, Row row) {
        int index = row.type().indexOf(comparison.column());
        Object value = row.value(index);
        return value == null
                ? null
                : Boolean.valueOf(holds(
                        row.type().columns().get(index).type(), value, comparison.operator(), comparison.value()));
    }

    private static @Nullable Boolean in(Filter.In in, Row row) {
        int index = row.type().indexOf(in.column());
        Object value = row.value(index);
        if (value == null) {
            return in.values().isEmpty() ? Boolean.FALSE : null;
        }
        // The lookup of the values knows what equals what.
        return in.values().contains(value);
    }

    private static boolean holds(ColumnType type, Object value, Filter.Operator operator, Object other) {
        if (value instanceof Double number && other instanceof Double with) {
            return holds(number, operator, with);
        }
        int order = type.order().compare(value, other);
        return switch (operator) {
            case EQ -> order == 0;
            case NE -> order != 0;
            case LT -> order < 0;
            case LE -> order <= 0;
            case GT -> order > 0;
            case GE -> order >= 0;
        };
    }

    /** IEEE 754: NaN differs from everything, and -0.0 equals 0.0, unlike {@link Double#compare}. */
    private static boolean holds(double value, Filter.Operator operator, double other) {
        return switch (operator) {
            case EQ -> value == other;
            case NE -> value != other;
            case LT -> value < other;
            case LE -> value <= other;
            case GT -> value > other;
            case GE -> value >= other;
        };
    }

    static void collectColumns(Filter filter, Set<String> names) {
        if (filter instanceof Filter.Comparison comparison) {
            names.add(comparison.column());
        } else if (filter instanceof Filter.In in) {
            names.add(in.column());
        } else if (filter instanceof Filter.Prefix prefix) {
            names.add(prefix.column());
        } else if (filter instanceof Filter.HasElement has) {
            names.add(has.column());
        } else if (filter instanceof Filter.IsNull isNull) {
            names.add(isNull.column());
        } else if (filter instanceof Filter.And and) {
            and.filters().forEach(part -> collectColumns(part, names));
        } else if (filter instanceof Filter.Or or) {
            or.filters().forEach(part -> collectColumns(part, names));
        } else if (filter instanceof Filter.Not not) {
            collectColumns(not.filter(), names);
        }
    }
}
