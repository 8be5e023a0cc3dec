package io.github.tieredquery.spi;

import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a source is asked: the rows of a time range that match a filter, in (time, key) order. Each method returns a new
 * scan. Immutable and thread-safe.
 */
public final class Scan {

    private final Table table;
    private final TimeRange range;
    private final Filter filter;
    private final RowType rowType;
    private final Order order;
    private final long limit;
    private final List<String> clusteredBy;
    private final @Nullable VisibleVersions versions;
    private final @Nullable RowPosition startAfter;

    private Scan(
            Table table,
            TimeRange range,
            Filter filter,
            RowType rowType,
            Order order,
            long limit,
            List<String> clusteredBy,
            @Nullable VisibleVersions versions,
            @Nullable RowPosition startAfter) {
        this.table = table;
        this.range = range;
        this.filter = filter;
        this.rowType = rowType;
        this.order = order;
        this.limit = limit;
        this.clusteredBy = clusteredBy;
        this.versions = versions;
        this.startAfter = startAfter;
    }

    /**
     * All rows of a range, with all columns, oldest first.
     *
     * @param table the table
     * @param range from inclusive, to exclusive
     * @return the scan
     */
    public static Scan of(Table table, TimeRange range) {
        return new Scan(table, range, Filter.all(), table.rowType(), Order.OLDEST_FIRST, -1, List.of(), null, null);
    }

    /**
     * The same scan of another range.
     *
     * @param newRange from inclusive, to exclusive
     * @return the scan
     */
    public Scan range(TimeRange newRange) {
        return new Scan(table, newRange, filter, rowType, order, limit, clusteredBy, versions, startAfter);
    }

    /**
     * The same scan with another filter.
     *
     * @param bound a filter that is bound to the table ({@link Filter#boundTo})
     * @return the scan
     */
    public Scan filter(Filter bound) {
        return new Scan(table, range, bound, rowType, order, limit, clusteredBy, versions, startAfter);
    }

    /**
     * The same scan with other columns.
     *
     * @param columns the columns of the rows, in order, all of them the table's
     * @return the scan
     */
    public Scan rowType(RowType columns) {
        return new Scan(table, range, filter, columns, order, limit, clusteredBy, versions, startAfter);
    }

    /**
     * The same scan in another direction.
     *
     * @param direction the order by (time, key)
     * @return the scan
     */
    public Scan order(Order direction) {
        return new Scan(table, range, filter, rowType, direction, limit, clusteredBy, versions, startAfter);
    }

    /**
     * The same scan with at most so many rows.
     *
     * @param rows how many at most, 0 or more
     * @return the scan
     */
    public Scan limit(long rows) {
        if (rows < 0) {
            throw new IllegalArgumentException("the limit is " + rows + "; it is 0 or more");
        }
        return new Scan(table, range, filter, rowType, order, rows, clusteredBy, versions, startAfter);
    }

    /**
     * The same scan with rows that have equal values in some columns standing together. The values ascend as
     * {@link io.github.tieredquery.table.ColumnType#order} says, NULL standing before or after all others; within them,
     * rows come by (time, key). The archiver reads so, to write one partition after the other, and to go on where
     * another has stopped.
     *
     * @param columns the columns' names; empty for plain (time, key) order
     * @return the scan
     */
    public Scan clusteredBy(List<String> columns) {
        return new Scan(table, range, filter, rowType, order, limit, List.copyOf(columns), versions, startAfter);
    }

    /**
     * The same scan of some versions of archived rows only.
     *
     * @param visible which versions may be seen
     * @return the scan
     */
    public Scan versions(VisibleVersions visible) {
        return new Scan(
                table, range, filter, rowType, order, limit, clusteredBy, Objects.requireNonNull(visible), startAfter);
    }

    /**
     * The same scan of the rows that follow a position in the scan's order: a page that goes on behind another. The
     * range stays as it is; {@link RowPosition#rest} tells the part of it in which rows can follow.
     *
     * @param position where the row stands that the first row follows; no row need stand there
     * @return the scan
     */
    public Scan startAfter(RowPosition position) {
        return new Scan(
                table,
                range,
                filter,
                rowType,
                order,
                limit,
                clusteredBy,
                versions,
                Objects.requireNonNull(position, "position"));
    }

    /**
     * The table.
     *
     * @return the table
     */
    public Table table() {
        return table;
    }

    /**
     * The time range.
     *
     * @return from inclusive, to exclusive
     */
    public TimeRange range() {
        return range;
    }

    /**
     * The condition.
     *
     * @return the bound filter, {@link Filter#all()} if there is none; it says nothing of {@link #startAfter()}
     */
    public Filter filter() {
        return filter;
    }

    /**
     * Everything that a row must match, as one filter: {@link #filter}, and what {@link #startAfter()} says. A source
     * that can't start at a key by itself uses this in the filter's place.
     *
     * @return the bound filter, {@link Filter#all()} if there is none
     */
    public Filter condition() {
        return startAfter == null ? filter : Filter.and(filter, startAfter.toFilter(table, order));
    }

    /**
     * The columns of the rows.
     *
     * @return the type that every row must have
     */
    public RowType rowType() {
        return rowType;
    }

    /**
     * The direction by (time, key).
     *
     * @return the order
     */
    public Order order() {
        return order;
    }

    /**
     * How many rows at most.
     *
     * @return the limit, empty if there is none
     */
    public OptionalLong limit() {
        return limit < 0 ? OptionalLong.empty() : OptionalLong.of(limit);
    }

    /**
     * Columns whose equal values stand together.
     *
     * @return their names, usually none
     */
    public List<String> clusteredBy() {
        return clusteredBy;
    }

    /**
     * Which versions of archived rows may be seen.
     *
     * @return the versions; empty if the source has no versions, or all may be seen
     */
    public Optional<VisibleVersions> versions() {
        return Optional.ofNullable(versions);
    }

    /**
     * Where the scan starts.
     *
     * @return the position that the rows follow; empty to start with the range
     */
    public Optional<RowPosition> startAfter() {
        return Optional.ofNullable(startAfter);
    }

    @Override
    public String toString() {
        return table.name() + " " + range + (filter instanceof Filter.All ? "" : " where " + filter)
                + (startAfter == null ? "" : " after " + startAfter) + " " + order
                + (limit < 0 ? "" : " limit " + limit);
    }
}
