package io.github.tieredquery.athena.internal.sql;

import io.github.tieredquery.athena.internal.codec.TrinoSql;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Filter.Operator;
import io.github.tieredquery.table.ListText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes a bound filter as a condition in Trino's SQL, three-valued as the filter is. */
final class FilterSql {

    private final Function<String, AthenaColumn> columns;

    FilterSql(Function<String, AthenaColumn> columns) {
        this.columns = columns;
    }

    String write(Filter filter) {
        if (filter instanceof Filter.Comparison comparison) {
            AthenaColumn column = columns.apply(comparison.column());
            return column.codec().compare(column.reference(), comparison.operator(), comparison.value());
        } else if (filter instanceof Filter.In in) {
            return in(in);
        } else if (filter instanceof Filter.Prefix prefix) {
            String text = columns.apply(prefix.column()).comparable();
            // Every text starts with the empty one; for NULL it is unknown.
            return prefix.prefix().isEmpty()
                    ? text + " = " + text
                    : "starts_with(" + text + ", "
                            + columns.apply(prefix.column()).codec().prefixLiteral(prefix.prefix()) + ")";
        } else if (filter instanceof Filter.HasElement has) {
            AthenaColumn column = columns.apply(has.column());
            String needle = column.codec().literal(ListText.needle(has.element()));
            return "strpos(" + column.comparable() + ", " + needle + ") > 0";
        } else if (filter instanceof Filter.IsNull isNull) {
            return columns.apply(isNull.column()).comparable() + " IS NULL";
        } else if (filter instanceof Filter.And and) {
            return joined(and.filters(), " AND ");
        } else if (filter instanceof Filter.Or or) {
            return joined(or.filters(), " OR ");
        } else if (filter instanceof Filter.Not not) {
            return "NOT (" + write(not.filter()) + ")";
        }
        if (filter instanceof Filter.All || filter instanceof Filter.None) {
            return filter instanceof Filter.All ? "true" : "false";
        }
        throw new IllegalStateException("no SQL for " + filter.getClass());
    }

    private String in(Filter.In in) {
        AthenaColumn column = columns.apply(in.column());
        List<String> literals = new ArrayList<>();
        for (Object value : in.values()) {
            if (column.codec().holds(value)) {
                literals.add(column.codec().literal(value));
            }
        }
        return literals.isEmpty()
                ? column.codec()
                        .compare(column.reference(), Operator.EQ, in.values().get(0))
                : column.comparable() + " IN " + TrinoSql.list(literals);
    }

    private String joined(List<Filter> filters, String operator) {
        return filters.stream().map(this::write).collect(Collectors.joining(operator, "(", ")"));
    }
}
