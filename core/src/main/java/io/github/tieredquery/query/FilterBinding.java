package io.github.tieredquery.query;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.util.ArrayList;
import java.util.List;

/** Checks filters against a table and brings their values into the columns' Java form. */
final class FilterBinding {

    private FilterBinding() {}

    /** A filter that isn't too deep, with checked values. */
    static Filter bound(Filter filter, Table table) {
        if (filter instanceof Filter.Comparison comparison) {
            Column column = column(table, comparison.column());
            return new Filter.Comparison(column.name(), comparison.operator(), bind(table, column, comparison.value()));
        } else if (filter instanceof Filter.In in) {
            Column column = column(table, in.column());
            List<Object> values = new ArrayList<>();
            in.values().forEach(value -> values.add(bind(table, column, value)));
            return values.isEmpty() ? Filter.none() : new Filter.In(column.name(), values);
        } else if (filter instanceof Filter.Prefix prefix) {
            bindText(table, prefix.column(), "prefix", prefix.prefix());
        } else if (filter instanceof Filter.HasElement has) {
            bindText(table, has.column(), "hasElement", has.element());
        } else if (filter instanceof Filter.IsNull isNull) {
            column(table, isNull.column());
        } else if (filter instanceof Filter.And and) {
            return Filter.and(bound(and.filters(), table));
        } else if (filter instanceof Filter.Or or) {
            return Filter.or(bound(or.filters(), table));
        } else if (filter instanceof Filter.Not not) {
            return Filter.not(bound(not.filter(), table));
        }
        return filter;
    }

    private static List<Filter> bound(List<Filter> filters, Table table) {
        List<Filter> bound = new ArrayList<>();
        filters.forEach(filter -> bound.add(bound(filter, table)));
        return bound;
    }

    private static Column column(Table table, String name) {
        if (!table.rowType().has(name)) {
            throw new BadQueryException("table '" + table.name() + "' has no column '" + name
                    + "' to filter on; it has " + table.rowType().names());
        }
        return table.column(name);
    }

    private static void bindText(Table table, String name, String factory, String text) {
        Column column = column(table, name);
        if (column.type().kind() != ColumnType.Kind.STRING) {
            throw new BadQueryException("table '" + table.name() + "', column '" + column.name() + "': " + factory
                    + " needs a STRING column, this one is " + column.type());
        }
        bind(table, column, text);
    }

    private static Object bind(Table table, Column column, Object value) {
        try {
            if (value instanceof Double number && number.isNaN()) {
                throw new IllegalArgumentException("NaN compares with nothing");
            }
            return column.type().canonical(value);
        } catch (IllegalArgumentException e) {
            throw new BadQueryException(
                    "table '" + table.name() + "', filter on column '" + column.name() + "': " + e.getMessage(), e);
        }
    }
}
