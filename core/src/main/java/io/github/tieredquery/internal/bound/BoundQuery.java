package io.github.tieredquery.internal.bound;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowPosition;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A query that was checked against its table.
 *
 * @param filter bound, the mandatory one included
 * @param provenance the conditions that {@code filter} came from, for messages
 * @param startAfter the position that the wanted rows follow, null to start with the range
 * @param rowType the columns that were asked for
 * @param limit how many rows at most, {@link Long#MAX_VALUE} if there is no limit
 */
public record BoundQuery(
        Table table,
        TimeRange range,
        Filter filter,
        Provenance provenance,
        @Nullable RowPosition startAfter,
        RowType rowType,
        Order order,
        long limit) {

    /**
     * Who asked for which condition. What restricts a caller may be what another one must not learn, a tenant's name
     * say: messages name its columns and never its values.
     *
     * @param own the query's
     * @param mandatory what every query of the object has on top
     */
    public record Provenance(Filter own, Filter mandatory) {

        /** For a message, with a space before it if there is any condition. */
        public String text() {
            return (own instanceof Filter.All ? "" : " where " + own)
                    + (isRestricted() ? " restricted by " + String.join(", ", mandatory.columns()) : "");
        }

        /** A part of both for a message, empty for no condition. */
        public String text(Filter part) {
            Set<Filter> ofOwn = new HashSet<>(conditions(own));
            Filter told =
                    Filter.and(conditions(part).stream().filter(ofOwn::contains).toList());
            Set<String> restricted = new LinkedHashSet<>();
            conditions(part).stream()
                    .filter(condition -> !ofOwn.contains(condition))
                    .forEach(condition -> restricted.addAll(condition.columns()));
            return (told instanceof Filter.All ? "" : told.toString())
                    + (told instanceof Filter.All || restricted.isEmpty() ? "" : " and ")
                    + (restricted.isEmpty() ? "" : "what restricts " + String.join(", ", restricted));
        }

        private boolean isRestricted() {
            return !(mandatory instanceof Filter.All);
        }
    }

    public static BoundQuery of(Table table, Query query, Filter mandatory) {
        Filter own = query.filter().boundTo(table);
        return new BoundQuery(
                table,
                query.range(),
                Filter.and(mandatory, own),
                new Provenance(own, mandatory),
                null,
                rowType(table, query.columns()),
                query.order(),
                query.limit().orElse(Long.MAX_VALUE));
    }

    private static RowType rowType(Table table, List<String> names) {
        if (names.isEmpty()) {
            return table.rowType();
        }
        List<Column> columns = new ArrayList<>();
        for (String name : names) {
            if (!table.rowType().has(name)) {
                throw new BadQueryException("table '" + table.name() + "' has no column '" + name
                        + "' to choose; it has " + table.rowType().names());
            }
            columns.add(table.column(name));
        }
        try {
            return RowType.of(columns);
        } catch (IllegalArgumentException e) {
            throw new BadQueryException(
                    "table '" + table.name() + "': " + e.getMessage() + " among the chosen ones", e);
        }
    }

    /** The same with another limit. */
    public BoundQuery limit(long rows) {
        return new BoundQuery(table, range, filter, provenance, startAfter, rowType, order, rows);
    }

    /** The same of a part of its range. */
    public BoundQuery range(TimeRange part) {
        return new BoundQuery(table, part, filter, provenance, startAfter, rowType, order, limit);
    }

    /** What of it follows a position. */
    public BoundQuery startAfter(RowPosition position) {
        return new BoundQuery(table, position.rest(range, order), filter, provenance, position, rowType, order, limit);
    }

    /** The same with the time and the key among the columns, after those asked for. */
    public BoundQuery withOrderColumns() {
        Set<String> names = new LinkedHashSet<>(rowType.names());
        return names.addAll(table.orderColumns())
                ? new BoundQuery(
                        table,
                        range,
                        filter,
                        provenance,
                        startAfter,
                        RowType.of(names.stream().map(table::column).toList()),
                        order,
                        limit)
                : this;
    }

    public boolean isLimited() {
        return limit != Long.MAX_VALUE;
    }

    /** Whether no row can match, so that no tier needs to be asked. */
    public boolean isEmpty() {
        return range.isEmpty() || limit == 0 || filter instanceof Filter.None;
    }

    /** The rows of a stretch as the caller gets them. */
    public Scan scan(TimeRange stretch, long rows) {
        Scan scan = Scan.of(table, stretch).filter(filter).rowType(rowType).order(order);
        scan = startAfter == null ? scan : scan.startAfter(startAfter);
        return rows == Long.MAX_VALUE ? scan : scan.limit(rows);
    }

    /** Everything that a row must match: the filter, and that it follows the position. */
    public Filter condition() {
        return startAfter == null ? filter : Filter.and(filter, startAfter.toFilter(table, order));
    }

    /** The columns that a merge needs: those asked for, those that sort and those that the filter looks at. */
    public RowType mergeType() {
        Set<String> names = new LinkedHashSet<>(rowType.names());
        names.addAll(table.orderColumns());
        names.addAll(filter.columns());
        return RowType.of(names.stream().map(table::column).toList());
    }

    private static List<Filter> conditions(Filter filter) {
        return filter instanceof Filter.And and ? and.filters() : List.of(filter);
    }

    /** The conditions that look at time and key alone. */
    public Filter keyFilter() {
        return Filter.and(conditions(filter).stream()
                .filter(condition -> table.orderColumns().containsAll(condition.columns()))
                .toList());
    }

    /** The order of rows of the merge's columns. */
    public Comparator<Row> mergeOrder() {
        Comparator<Row> oldestFirst = table.rowOrder(mergeType());
        return order == Order.OLDEST_FIRST ? oldestFirst : oldestFirst.reversed();
    }
}
