package io.github.tieredquery.internal.bound;

import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;

/**
 * A place in the order of a table's rows: that of the row with this time and key. It stays where it is when rows come,
 * go or move to the archive.
 *
 * @param time the row's time
 * @param key the values of its key columns, in their order
 */
public record Position(Instant time, List<Object> key) {

    public Position {
        key = List.copyOf(key);
    }

    /** Where a row stands that has the time and all key columns. */
    public static Position of(Table table, Row row) {
        Instant time = Objects.requireNonNull(row.timestamp(table.timeColumn().name()));
        return new Position(
                time,
                table.keyColumns().stream()
                        .map(column -> Objects.requireNonNull(row.value(column.name())))
                        .toList());
    }

    /** The part of a range in which rows can follow. */
    public TimeRange rest(TimeRange range, Order order) {
        return order == Order.OLDEST_FIRST ? range.since(time) : range.before(time.plus(1, ChronoUnit.MICROS));
    }

    /** What holds for the rows that follow in an order, and for no other. Bound to the table. */
    public Filter after(Table table, Order order) {
        Filter.Operator beyond = order == Order.OLDEST_FIRST ? Filter.Operator.GT : Filter.Operator.LT;
        List<Column> columns = table.keyColumns();
        Filter after = Filter.none();
        for (int i = columns.size() - 1; i >= 0; i--) {
            after = beyond(columns.get(i).name(), beyond, key.get(i), after);
        }
        return beyond(table.timeColumn().name(), beyond, time, after).boundTo(table);
    }

    private static Filter beyond(String column, Filter.Operator beyond, Object value, Filter ofEqual) {
        return Filter.or(new Filter.Comparison(column, beyond, value), Filter.and(Filter.eq(column, value), ofEqual));
    }
}
