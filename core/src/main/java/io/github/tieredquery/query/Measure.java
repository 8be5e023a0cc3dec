package io.github.tieredquery.query;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A number, or another value, that an {@link Aggregation} makes of the rows of a group. Immutable.
 *
 * @param function what is made
 * @param column of which column; null for the number of rows, which is {@link Function#COUNT} of no column
 */
public record Measure(Function function, @Nullable String column) {

    /** What is made of the values of a group. NULLs count for none of them. */
    public enum Function {
        /** How many. */
        COUNT,
        /** Their sum, NULL of none. */
        SUM,
        /** The least, NULL of none. */
        MIN,
        /** The greatest, NULL of none. */
        MAX,
        /** Their sum through their number, NULL of none. */
        AVG
    }

    private static final int MOST_DIGITS = 38;
    private static final int DIGITS_OF_AN_INTEGER = 19;
    private static final int FURTHER_DIGITS = 6;
    private static final int LONGEST_NAME = 63;

    private static final Set<ColumnType.Kind> NUMBERS =
            EnumSet.of(ColumnType.Kind.INT32, ColumnType.Kind.INT64, ColumnType.Kind.DOUBLE, ColumnType.Kind.DECIMAL);

    private static final Set<ColumnType.Kind> ORDERED = EnumSet.of(
            ColumnType.Kind.INT32,
            ColumnType.Kind.INT64,
            ColumnType.Kind.DOUBLE,
            ColumnType.Kind.DECIMAL,
            ColumnType.Kind.STRING,
            ColumnType.Kind.DATE,
            ColumnType.Kind.TIMESTAMP);

    /** Refuses everything but counts of no column. */
    public Measure {
        if (column == null && function != Function.COUNT) {
            throw new IllegalArgumentException(function + " is of a column");
        }
    }

    /**
     * What the measure is called in results.
     *
     * @return {@code count} for the number of rows, otherwise {@code sum_delay} and the like, cut to 63 characters
     */
    public String name() {
        String lower = function.name().toLowerCase(Locale.ROOT);
        String name = column == null ? lower : lower + "_" + column;
        return name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
    }

    /**
     * The measure as a column of a result. A count is an INT64; the least and the greatest are of the column's type; a
     * sum of integers is a DECIMAL(38,0) and one of DECIMAL(p,s) a DECIMAL(38,s); an average of those has six more
     * digits after the point, as far as 38 digits can hold them, and is rounded half up. Sums and averages of doubles
     * are doubles.
     *
     * @param table the table that the column belongs to
     * @return the name and type of the measure
     * @throws BadQueryException if the table has no such column, or the measure can't be made of its type
     */
    public Column resultOf(Table table) {
        if (column == null) {
            return new Column(name(), ColumnType.INT64, false);
        }
        Column of = Aggregation.column(table, column);
        ColumnType type = of.type();
        switch (function) {
            case COUNT -> {
                return new Column(name(), ColumnType.INT64, false);
            }
            case MIN, MAX -> {
                check(table, type, ORDERED);
                return new Column(name(), type, true);
            }
            case SUM, AVG -> {
                check(table, type, NUMBERS);
                return new Column(name(), function == Function.SUM ? sumOf(type) : averageOf(type), true);
            }
        }
        throw new IllegalStateException("no result of " + function);
    }

    private static ColumnType sumOf(ColumnType type) {
        return type.kind() == ColumnType.Kind.DOUBLE ? type : ColumnType.decimal(MOST_DIGITS, type.scale());
    }

    private static ColumnType averageOf(ColumnType type) {
        if (type.kind() == ColumnType.Kind.DOUBLE) {
            return type;
        }
        int digitsBefore =
                type.kind() == ColumnType.Kind.DECIMAL ? type.precision() - type.scale() : DIGITS_OF_AN_INTEGER;
        return ColumnType.decimal(MOST_DIGITS, Math.min(type.scale() + FURTHER_DIGITS, MOST_DIGITS - digitsBefore));
    }

    private void check(Table table, ColumnType type, Set<ColumnType.Kind> allowed) {
        if (!allowed.contains(type.kind())) {
            throw new BadQueryException("table '" + table.name() + "': column '" + column + "' is " + type + ", and "
                    + function.name().toLowerCase(Locale.ROOT) + " is of " + allowed);
        }
    }
}
