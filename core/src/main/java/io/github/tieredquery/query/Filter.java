package io.github.tieredquery.query;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A condition on a row, with SQL's meaning: a comparison with NULL is neither true nor false, and a row matches only if
 * the whole is true. So {@code ne("a", 1)} and {@code not(eq("a", 1))} don't match a row whose {@code a} is NULL.
 * Strings compare by code point and to the letter (case and trailing spaces count). A NaN equals nothing and is neither
 * less nor greater than anything.
 *
 * <p>The factories refuse null: an optional condition is left out with {@link Query#whereIfPresent}. {@code in} of
 * nothing matches nothing. Columns and types are checked when the query is run. Immutable and thread-safe as long as
 * nobody writes into a {@code byte[]} given to it.
 *
 * <p>Conditions are nested at most {@link #DEEPEST} deep: what walks through a filter is never out of stack.
 */
public sealed interface Filter {

    /**
     * How many and, or and not may lie in each other. What and and or are given of their own kind they take apart, so
     * {@code and} in a loop nests nothing. A deeper filter is refused when it is made or, at the latest, when it is
     * used.
     */
    int DEEPEST = 200;

    /** How a {@link Comparison} compares. */
    enum Operator {
        /** Equal. */
        EQ("="),
        /** Not equal. */
        NE("<>"),
        /** Less than. */
        LT("<"),
        /** Less than or equal. */
        LE("<="),
        /** Greater than. */
        GT(">"),
        /** Greater than or equal. */
        GE(">=");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        /**
         * The operator in SQL.
         *
         * @return for example {@code <>}
         */
        public String symbol() {
            return symbol;
        }
    }

    /** Matches every row. */
    record All() implements Filter {
        @Override
        public String toString() {
            return "true";
        }
    }

    /** Matches no row. */
    record None() implements Filter {
        @Override
        public String toString() {
            return "false";
        }
    }

    /**
     * A column against a value.
     *
     * @param column the column's name
     * @param operator the comparison
     * @param value the value
     */
    record Comparison(String column, Operator operator, Object value) implements Filter {
        /** Refuses null. */
        public Comparison {
            Objects.requireNonNull(column, "column");
            Objects.requireNonNull(operator, "operator");
            refuseNull(column, value);
        }

        /** Byte strings are equal by content. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Comparison that
                    && column.equals(that.column)
                    && operator == that.operator
                    && Objects.deepEquals(value, that.value);
        }

        @Override
        public int hashCode() {
            return Arrays.deepHashCode(new Object[] {column, operator, value});
        }

        @Override
        public String toString() {
            return column + " " + operator.symbol() + " " + show(value);
        }
    }

    /**
     * A column is one of several values.
     *
     * @param column the column's name
     * @param values the values, each once; none matches nothing
     */
    record In(String column, List<Object> values) implements Filter {
        /** Refuses null and drops repeated values. */
        public In {
            Objects.requireNonNull(column, "column");
            values.forEach(value -> refuseNull(column, value));
            values = DistinctValues.of(values);
        }

        /** Byte strings are equal by content. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof In that
                    && column.equals(that.column)
                    && Arrays.deepEquals(values.toArray(), that.values.toArray());
        }

        @Override
        public int hashCode() {
            return 31 * column.hashCode() + Arrays.deepHashCode(values.toArray());
        }

        @Override
        public String toString() {
            return column + values.stream().map(Filter::show).collect(Collectors.joining(", ", " in (", ")"));
        }
    }

    /**
     * A string column starts with a text.
     *
     * @param column the column's name
     * @param prefix the text; empty matches every row whose column isn't NULL
     */
    record Prefix(String column, String prefix) implements Filter {
        /** Refuses null. */
        public Prefix {
            Objects.requireNonNull(column, "column");
            refuseNull(column, prefix);
        }

        @Override
        public String toString() {
            return column + " starts with " + show(prefix);
        }
    }

    /**
     * A column that holds a list, as {@link io.github.tieredquery.table.ListText} writes it, has an element.
     *
     * @param column the column's name
     * @param element the element
     */
    record HasElement(String column, String element) implements Filter {
        /** Refuses null. */
        public HasElement {
            Objects.requireNonNull(column, "column");
            refuseNull(column, element);
        }

        @Override
        public String toString() {
            return column + " has " + show(element);
        }
    }

    /**
     * A column is NULL.
     *
     * @param column the column's name
     */
    record IsNull(String column) implements Filter {
        /** Refuses null. */
        public IsNull {
            Objects.requireNonNull(column, "column");
        }

        @Override
        public String toString() {
            return column + " is null";
        }
    }

    /**
     * All of several conditions.
     *
     * @param filters the conditions, at least two
     */
    record And(List<Filter> filters) implements Filter {
        /** Copies the list. */
        public And {
            filters = List.copyOf(filters);
            FilterDepth.check(filters);
        }

        @Override
        public String toString() {
            return filters.stream().map(Filter::nested).collect(Collectors.joining(" and "));
        }
    }

    /**
     * At least one of several conditions.
     *
     * @param filters the conditions, at least two
     */
    record Or(List<Filter> filters) implements Filter {
        /** Copies the list. */
        public Or {
            filters = List.copyOf(filters);
            FilterDepth.check(filters);
        }

        @Override
        public String toString() {
            return filters.stream().map(Filter::nested).collect(Collectors.joining(" or "));
        }
    }

    /**
     * The opposite of a condition; unknown stays unknown.
     *
     * @param filter the condition
     */
    record Not(Filter filter) implements Filter {
        /** Refuses null. */
        public Not {
            FilterDepth.check(List.of(Objects.requireNonNull(filter, "filter")));
        }

        @Override
        public String toString() {
            return "not " + nested(filter);
        }
    }

    /**
     * Matches every row.
     *
     * @return the filter
     */
    static Filter all() {
        return new All();
    }

    /**
     * Matches no row.
     *
     * @return the filter
     */
    static Filter none() {
        return new None();
    }

    /**
     * Equal.
     *
     * @param column the column's name
     * @param value the value, not null
     * @return the filter
     */
    static Filter eq(String column, Object value) {
        return new Comparison(column, Operator.EQ, value);
    }

    /**
     * Not equal, and not NULL.
     *
     * @param column the column's name
     * @param value the value, not null
     * @return the filter
     */
    static Filter ne(String column, Object value) {
        return new Comparison(column, Operator.NE, value);
    }

    /**
     * Less than.
     *
     * @param column the column's name
     * @param value the value, not null
     * @return the filter
     */
    static Filter lt(String column, Object value) {
        return new Comparison(column, Operator.LT, value);
    }

    /**
     * Less than or equal.
     *
     * @param column the column's name
     * @param value the value, not null
     * @return the filter
     */
    static Filter le(String column, Object value) {
        return new Comparison(column, Operator.LE, value);
    }

    /**
     * Greater than.
     *
     * @param column the column's name
     * @param value the value, not null
     * @return the filter
     */
    static Filter gt(String column, Object value) {
        return new Comparison(column, Operator.GT, value);
    }

    /**
     * Greater than or equal.
     *
     * @param column the column's name
     * @param value the value, not null
     * @return the filter
     */
    static Filter ge(String column, Object value) {
        return new Comparison(column, Operator.GE, value);
    }

    /**
     * Between two values, <strong>both inclusive</strong>, as SQL's BETWEEN. Unlike {@link Query#between}, whose end is
     * exclusive: a value that equals {@code high} matches. For a half-open range write {@code and(ge(column, low),
     * lt(column, high))}.
     *
     * @param column the column's name
     * @param low the lowest value that matches, not null
     * @param high the highest value that matches, not null
     * @return the filter
     */
    static Filter between(String column, Object low, Object high) {
        return and(ge(column, low), le(column, high));
    }

    /**
     * One of several values.
     *
     * @param column the column's name
     * @param values the values, none of them null; no value matches nothing
     * @return the filter
     */
    static Filter in(String column, Collection<?> values) {
        return new In(column, new ArrayList<>(values));
    }

    /**
     * One of several values.
     *
     * @param column the column's name
     * @param values the values, none of them null; no value matches nothing
     * @return the filter
     */
    static Filter in(String column, Object... values) {
        return in(column, Arrays.asList(values));
    }

    /**
     * A string that starts with a text.
     *
     * @param column the name of a STRING column
     * @param prefix the text, not null
     * @return the filter
     */
    static Filter prefix(String column, String prefix) {
        return new Prefix(column, prefix);
    }

    /**
     * A list that has an element.
     *
     * @param column the name of a STRING column that holds a {@link io.github.tieredquery.table.ListText}
     * @param element the element, not null
     * @return the filter
     */
    static Filter hasElement(String column, String element) {
        return new HasElement(column, element);
    }

    /**
     * NULL.
     *
     * @param column the column's name
     * @return the filter
     */
    static Filter isNull(String column) {
        return new IsNull(column);
    }

    /**
     * All of several conditions; none at all matches every row.
     *
     * @param filters the conditions
     * @return the filter
     */
    static Filter and(Filter... filters) {
        return and(Arrays.asList(filters));
    }

    /**
     * All of several conditions; none at all matches every row.
     *
     * @param filters the conditions
     * @return the filter
     */
    static Filter and(Collection<Filter> filters) {
        List<Filter> flat = new ArrayList<>();
        for (Filter filter : filters) {
            if (filter instanceof And and) {
                flat.addAll(and.filters());
            } else if (filter instanceof None) {
                return filter;
            } else if (!(filter instanceof All)) {
                flat.add(Objects.requireNonNull(filter, "filter"));
            }
        }
        return flat.isEmpty() ? all() : flat.size() == 1 ? flat.get(0) : new And(flat);
    }

    /**
     * At least one of several conditions; none at all matches no row.
     *
     * @param filters the conditions
     * @return the filter
     */
    static Filter or(Filter... filters) {
        return or(Arrays.asList(filters));
    }

    /**
     * At least one of several conditions; none at all matches no row.
     *
     * @param filters the conditions
     * @return the filter
     */
    static Filter or(Collection<Filter> filters) {
        List<Filter> flat = new ArrayList<>();
        for (Filter filter : filters) {
            if (filter instanceof Or or) {
                flat.addAll(or.filters());
            } else if (filter instanceof All) {
                return filter;
            } else if (!(filter instanceof None)) {
                flat.add(Objects.requireNonNull(filter, "filter"));
            }
        }
        return flat.isEmpty() ? none() : flat.size() == 1 ? flat.get(0) : new Or(flat);
    }

    /**
     * The opposite; a row for which the condition is unknown matches neither.
     *
     * @param filter the condition
     * @return the filter
     */
    static Filter not(Filter filter) {
        if (filter instanceof All) {
            return none();
        }
        return filter instanceof None ? all() : new Not(filter);
    }

    /**
     * Checks the filter against a table and brings its values into the columns' Java form. Sources get bound filters.
     *
     * @param table the table
     * @return the same condition with checked values
     * @throws BadQueryException if a column is unknown, a value isn't of its type, or conditions are nested deeper than
     *     {@link #DEEPEST}
     */
    default Filter boundTo(Table table) {
        int depth = FilterDepth.of(this);
        if (depth > DEEPEST) {
            throw new BadQueryException("table '" + table.name() + "': the filter has " + FilterDepth.tooDeep(depth));
        }
        return FilterBinding.bound(this, table);
    }

    /**
     * Whether a row matches. The filter must be bound to the row's table.
     *
     * @param row a row that has all of the filter's columns
     * @return whether the condition is true for it
     */
    default boolean matches(Row row) {
        return Boolean.TRUE.equals(FilterLogic.evaluate(this, row));
    }

    /**
     * The columns that the filter looks at.
     *
     * @return the names
     */
    default Set<String> columns() {
        Set<String> names = new LinkedHashSet<>();
        FilterLogic.collectColumns(this, names);
        return names;
    }

    private static void refuseNull(String column, @Nullable Object value) {
        if (value == null) {
            throw new NullPointerException("the filter on '" + column
                    + "' has the value null: leave an absent condition out with whereIfPresent, or ask with isNull");
        }
    }

    private static String show(Object value) {
        if (value instanceof String text) {
            return "'" + text.replace("'", "''") + "'";
        }
        return value instanceof byte[] bytes ? "0x" + HexFormat.of().formatHex(bytes) : value.toString();
    }

    private static String nested(Filter filter) {
        return filter instanceof And || filter instanceof Or ? "(" + filter + ")" : filter.toString();
    }
}
