package io.github.tieredquery.jdbc.internal.dialect;

import io.github.tieredquery.query.Filter.Operator;
import io.github.tieredquery.table.ColumnType;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * What infinite times and dates of a column stand for. All other values of the column lie between the two, so that its
 * order is the order of what is read. Immutable and thread-safe.
 *
 * @param earliest what {@code -infinity} is read as, as a date that of UTC
 * @param latest what {@code infinity} is read as, as a date that of UTC
 */
public record InfiniteTimes(Instant earliest, Instant latest) {

    /**
     * Checks them.
     *
     * @throws IllegalArgumentException if a TIMESTAMP can't hold one, or if they aren't at least a day apart
     */
    public InfiniteTimes {
        ColumnType.TIMESTAMP.canonical(earliest);
        ColumnType.TIMESTAMP.canonical(latest);
        if (!date(earliest).isBefore(date(latest))) {
            throw new IllegalArgumentException("-infinity is to be read as " + earliest + " and infinity as " + latest
                    + ", which isn't on a later day");
        }
    }

    private static LocalDate date(Instant instant) {
        return LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }

    /** What infinity is in a column. */
    Object latestOf(SqlColumn column) {
        return isDate(column) ? date(latest) : latest;
    }

    /** What minus infinity is in a column. */
    Object earliestOf(SqlColumn column) {
        return isDate(column) ? date(earliest) : earliest;
    }

    private static boolean isDate(SqlColumn column) {
        return column.column().type().kind() == ColumnType.Kind.DATE;
    }

    /** The value if it lies between the two. */
    Object between(SqlColumn column, Object value) {
        if (order(column, value, latestOf(column)) >= 0) {
            throw beyond(column, value, "before " + latestOf(column) + ", which infinity");
        }
        if (order(column, value, earliestOf(column)) <= 0) {
            throw beyond(column, value, "after " + earliestOf(column) + ", which -infinity");
        }
        return value;
    }

    private static UnreadableValue beyond(SqlColumn column, Object value, String bound) {
        return new UnreadableValue(
                column,
                "holds " + value + ", which isn't " + bound
                        + " is read as; correct the row, or choose another with infiniteTimes(…)",
                null);
    }

    private static int order(SqlColumn column, Object one, Object other) {
        return column.column().type().order().compare(one, other);
    }

    /** Appends a comparison with what is read: nothing but infinity counts as beyond the two. */
    void compare(Dialect dialect, SqlText sql, SqlColumn column, Operator operator, Object value) {
        int toLatest = order(column, value, latestOf(column));
        int toEarliest = order(column, value, earliestOf(column));
        if (toLatest > 0 || (toLatest == 0 && (operator == Operator.LE || operator == Operator.GT))) {
            constant(sql, column, operator == Operator.LT || operator == Operator.LE || operator == Operator.NE);
        } else if (toEarliest < 0 || (toEarliest == 0 && (operator == Operator.GE || operator == Operator.LT))) {
            constant(sql, column, operator == Operator.GT || operator == Operator.GE || operator == Operator.NE);
        } else {
            dialect.compareFinite(sql, column, reaching(operator, toLatest == 0, toEarliest == 0), value);
        }
    }

    private static Operator reaching(Operator operator, boolean isLatest, boolean isEarliest) {
        if (operator == Operator.EQ) {
            return isLatest ? Operator.GE : isEarliest ? Operator.LE : operator;
        }
        if (operator == Operator.NE) {
            return isLatest ? Operator.LT : isEarliest ? Operator.GT : operator;
        }
        return operator;
    }

    private static void constant(SqlText sql, SqlColumn column, boolean isTrue) {
        if (isTrue) {
            Dialect.always(sql, column);
        } else {
            Dialect.never(sql, column);
        }
    }

    /** Appends a membership. */
    void in(Dialect dialect, SqlText sql, SqlColumn column, List<Object> values) {
        List<Object> others = new ArrayList<>();
        sql.add("(");
        for (Object value : values) {
            if (order(column, value, latestOf(column)) >= 0 || order(column, value, earliestOf(column)) <= 0) {
                compare(dialect, sql, column, Operator.EQ, value);
                sql.add(" OR ");
            } else {
                others.add(value);
            }
        }
        if (others.isEmpty()) {
            Dialect.never(sql, column);
        } else {
            dialect.inFinite(sql, column, others);
        }
        sql.add(")");
    }
}
