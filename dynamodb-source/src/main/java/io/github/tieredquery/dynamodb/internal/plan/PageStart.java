package io.github.tieredquery.dynamodb.internal.plan;

import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Filter.Operator;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a page starts: behind the last row of the page before. The query says so with a condition on time and key,
 * {@code at > t or (at = t and (id > i))}, which is a place in the order of sort keys and needs no index.
 *
 * @param condition what holds for the rows that follow
 * @param last the time and key that they follow
 * @param order the order in which they follow
 */
record PageStart(Filter condition, Row last, Order order) {

    /**
     * Takes the condition that says where a page starts out of others.
     *
     * @param conditions loses the condition if it is among them
     * @return null if it isn't
     */
    static @Nullable PageStart takeFrom(List<Filter> conditions, Table table, Order order) {
        RowType type =
                RowType.of(table.orderColumns().stream().map(table::column).toList());
        for (Filter condition : List.copyOf(conditions)) {
            @Nullable Object[] values = read(condition, type.names(), order);
            if (values != null) {
                conditions.remove(condition);
                return new PageStart(condition, type.row(values), order);
            }
        }
        return null;
    }

    /** The values of time and key, null if the condition says something else. */
    private static @Nullable Object @Nullable [] read(Filter condition, List<String> columns, Order order) {
        Operator beyond = order == Order.OLDEST_FIRST ? Operator.GT : Operator.LT;
        @Nullable Object[] values = new @Nullable Object[columns.size()];
        Filter rest = condition;
        for (int i = 0; i < values.length; i++) {
            boolean isLast = i == values.length - 1;
            List<Filter> either = rest instanceof Filter.Or or ? or.filters() : List.of(rest);
            values[i] = either.size() == (isLast ? 1 : 2) ? value(either.get(0), columns.get(i), beyond) : null;
            if (values[i] == null) {
                return null;
            }
            if (!isLast) {
                List<Filter> both = either.get(1) instanceof Filter.And and ? and.filters() : List.of();
                boolean isEqual = both.size() == 2 && values[i].equals(value(both.get(0), columns.get(i), Operator.EQ));
                if (!isEqual) {
                    return null;
                }
                rest = both.get(1);
            }
        }
        return values;
    }

    private static @Nullable Object value(Filter filter, String column, Operator operator) {
        return filter instanceof Filter.Comparison comparison
                        && comparison.column().equals(column)
                        && comparison.operator() == operator
                ? comparison.value()
                : null;
    }

    Instant time(Table table) {
        return Objects.requireNonNull(last.timestamp(table.timeColumn().name()));
    }

    /** The part of a range in which rows can follow. */
    TimeRange rest(TimeRange range, Table table) {
        Instant time = time(table);
        return order == Order.OLDEST_FIRST ? range.since(time) : range.before(time.plus(1, ChronoUnit.MICROS));
    }
}
