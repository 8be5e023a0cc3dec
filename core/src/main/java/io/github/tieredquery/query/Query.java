package io.github.tieredquery.query;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A question: a time range, and optionally a filter, a choice of columns, an order, a limit and a timeout. Each method
 * returns a new query. Immutable and thread-safe.
 *
 * <pre>{@code
 * Query query = Query.between(from, to)
 *         .whereIfPresent(origin, o -> eq("origin", o))
 *         .newestFirst()
 *         .limit(50);
 * }</pre>
 */
public final class Query {

    private final TimeRange range;
    private final Filter filter;
    private final List<String> columns;
    private final Order order;
    private final long limit;
    private final @Nullable Duration timeout;

    private Query(
            TimeRange range, Filter filter, List<String> columns, Order order, long limit, @Nullable Duration timeout) {
        this.range = range;
        this.filter = filter;
        this.columns = columns;
        this.order = order;
        this.limit = limit;
        this.timeout = timeout;
    }

    /**
     * Asks for the rows of a time range: all columns, oldest first, no limit, no timeout. The range is
     * <strong>half-open</strong>, so that ranges that follow one another share no row; unlike {@link Filter#between}, a
     * row at {@code to} isn't in it.
     *
     * @param from the first instant, inclusive
     * @param to the end, exclusive; equal to {@code from} asks for nothing
     * @return the query
     * @throws IllegalArgumentException if {@code to} is before {@code from}
     */
    public static Query between(Instant from, Instant to) {
        return new Query(new TimeRange(from, to), Filter.all(), List.of(), Order.OLDEST_FIRST, -1, null);
    }

    /**
     * Adds a condition to those that the query has.
     *
     * @param condition the condition, not null
     * @return the narrower query
     */
    public Query where(Filter condition) {
        Objects.requireNonNull(condition, "condition: leave an absent one out with whereIfPresent");
        return new Query(range, Filter.and(filter, condition), columns, order, limit, timeout);
    }

    /**
     * Adds a condition if its value is there. The only way in which a condition drops out.
     *
     * @param value the value, null if the condition is absent; of an {@link Optional} give {@code orElse(null)}
     * @param condition makes the condition from the value
     * @param <T> the value's type
     * @return the narrower query, or this one
     * @throws IllegalArgumentException if the value is an {@link Optional}; give its {@code orElse(null)}
     */
    public <T> Query whereIfPresent(@Nullable T value, Function<? super T, ? extends Filter> condition) {
        // An overload for Optional would make calls with a lambda ambiguous, and an empty one is not null.
        if (value instanceof Optional) {
            throw new IllegalArgumentException(
                    "whereIfPresent takes the value itself; give the Optional's orElse(null)");
        }
        return value == null ? this : where(condition.apply(value));
    }

    /**
     * Chooses the columns of the rows, in this order. Without it rows have all columns of the table.
     *
     * @param names the columns' names, each once, at least one
     * @return the query
     * @throws IllegalArgumentException if no name is given
     */
    public Query columns(String... names) {
        return columns(List.of(names));
    }

    /**
     * Chooses the columns of the rows, in this order. Without it rows have all columns of the table.
     *
     * @param names the columns' names, each once, at least one
     * @return the query
     * @throws IllegalArgumentException if no name is given
     */
    public Query columns(List<String> names) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("choose at least one column, or leave columns(…) out for all");
        }
        return new Query(range, filter, List.copyOf(names), order, limit, timeout);
    }

    /**
     * Asks for ascending (time, key). The default.
     *
     * @return the query
     */
    public Query oldestFirst() {
        return new Query(range, filter, columns, Order.OLDEST_FIRST, limit, timeout);
    }

    /**
     * Asks for descending (time, key).
     *
     * @return the query
     */
    public Query newestFirst() {
        return new Query(range, filter, columns, Order.NEWEST_FIRST, limit, timeout);
    }

    /**
     * Asks for no more than the first rows.
     *
     * @param rows how many at most, 0 or more
     * @return the query
     * @throws IllegalArgumentException if {@code rows} is negative
     */
    public Query limit(long rows) {
        if (rows < 0) {
            throw new IllegalArgumentException("the limit is " + rows + "; it is 0 or more");
        }
        return new Query(range, filter, columns, order, rows, timeout);
    }

    /**
     * Gives the query a time in which its last row must have come. What runs then is stopped, and the call fails with
     * {@link io.github.tieredquery.error.QueryTimedOutException}. There is none by default.
     *
     * @param time how long the query may take in all, positive
     * @return the query
     * @throws IllegalArgumentException if {@code time} isn't positive
     */
    public Query timeout(Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("the timeout is " + time + "; it is positive");
        }
        return new Query(range, filter, columns, order, limit, time);
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
     * @return the filter, {@link Filter#all()} if there is none
     */
    public Filter filter() {
        return filter;
    }

    /**
     * The chosen columns.
     *
     * @return their names in order, empty for all columns of the table
     */
    public List<String> columns() {
        return columns;
    }

    /**
     * The direction.
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
     * How long the query may take.
     *
     * @return the timeout, empty if there is none
     */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Query that
                && range.equals(that.range)
                && filter.equals(that.filter)
                && columns.equals(that.columns)
                && order == that.order
                && limit == that.limit
                && Objects.equals(timeout, that.timeout);
    }

    @Override
    public int hashCode() {
        return Objects.hash(range, filter, columns, order, limit, timeout);
    }

    @Override
    public String toString() {
        return range
                + (filter instanceof Filter.All ? "" : " where " + filter)
                + (columns.isEmpty() ? "" : " columns " + columns)
                + (order == Order.NEWEST_FIRST ? " newest first" : " oldest first")
                + (limit < 0 ? "" : " limit " + limit)
                + (timeout == null ? "" : " within " + timeout);
    }
}
