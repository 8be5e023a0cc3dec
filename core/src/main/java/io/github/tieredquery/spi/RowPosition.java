package io.github.tieredquery.spi;

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
 * A place in the (time, key) order of a table's rows: that of the row with this time and key. It stays where it is when
 * rows come, go or move to the archive, and needs no row to stand there. Immutable and thread-safe.
 *
 * @param time the row's time, in whole microseconds
 * @param key the values of the table's key columns, in their order, none of them null
 */
public record RowPosition(Instant time, List<Object> key) {

    /** Copies the list. */
    public RowPosition {
        Objects.requireNonNull(time, "time");
        key = List.copyOf(key);
    }

    /**
     * Where a row stands.
     *
     * @param table the row's table
     * @param row has the time and all key columns
     * @return the position
     */
    public static RowPosition of(Table table, Row row) {
        Instant time = Objects.requireNonNull(row.timestamp(table.timeColumn().name()));
        return new RowPosition(
                time,
                table.keyColumns().stream()
                        .map(column -> Objects.requireNonNull(row.value(column.name())))
                        .toList());
    }

    /**
     * The part of a range in which rows can follow.
     *
     * @param range from inclusive, to exclusive
     * @param order the order in which rows follow
     * @return the part, with the position's own time, since rows of the same time may follow
     */
    public TimeRange rest(TimeRange range, Order order) {
        return order == Order.OLDEST_FIRST ? range.since(time) : range.before(time.plus(1, ChronoUnit.MICROS));
    }

    /**
     * What holds for the rows that follow in an order, and for no other: beyond the position in the first column, or
     * equal there and beyond it in the second, and so on. For sources whose backend compares values; one that can start
     * at a key takes the position itself.
     *
     * @param table the table of the rows
     * @param order the order in which rows follow
     * @return a filter that is bound to the table
     */
    public Filter toFilter(Table table, Order order) {
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
