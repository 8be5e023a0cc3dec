package io.github.tieredquery.jdbc.internal.dialect;

import io.github.tieredquery.query.Filter.Operator;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * A TIMESTAMP column of MySQL and MariaDB as what is stored in it: seconds since 1970. Whatever compares it with a date
 * and time goes through the session's zone, which a pooler may change and whose clock repeats an hour each year. So the
 * seconds decide. A second condition on the bare column, in the session's zone whatever that is, lets an index find the
 * rows: it holds wherever the first does, and is as narrow but near a change of the session's clock. When a clock goes
 * back, a later instant has an earlier local time, and one local time stands for two instants.
 */
final class EpochSeconds {

    /** Where FROM_UNIXTIME surely has a date and time on both sides. */
    private static final Instant FIRST = Instant.parse("1970-01-03T00:00:00Z");

    private static final Instant LAST = Instant.parse("2038-01-17T00:00:00Z");

    /**
     * How far from a bound a change of the clock matters: farther than any goes back. Since 1970 none of the time zone
     * database does by more than 7 hours, as Vostok's did in 1994, nor twice within double this time. Days that were
     * left out or came twice were so by 1969, or are gaps, as Samoa's of 2011.
     */
    static final int NEAR_SECONDS = 8 * 3_600;

    private EpochSeconds() {}

    /** The column in a select list. The zone of the session is nowhere near; a time of zeros comes as 0. */
    static String of(String column) {
        return "UNIX_TIMESTAMP(" + column + ")";
    }

    static Instant instant(BigDecimal seconds) {
        BigDecimal whole = seconds.setScale(0, RoundingMode.FLOOR);
        return Instant.ofEpochSecond(
                whole.longValueExact(),
                seconds.subtract(whole).movePointRight(9).longValueExact());
    }

    private static BigDecimal seconds(Instant instant) {
        return BigDecimal.valueOf(instant.getEpochSecond()).add(BigDecimal.valueOf(instant.getNano() / 1_000, 6));
    }

    static void compare(SqlText sql, String column, Operator operator, Instant value) {
        sql.add("(");
        switch (operator) {
            case GT, GE -> notBefore(sql, column, value);
            case LT, LE -> notAfter(sql, column, value);
            case EQ -> {
                notBefore(sql, column, value);
                notAfter(sql, column, value);
            }
            case NE -> {}
        }
        sql.add(of(column) + " " + operator.symbol() + " ");
        bind(sql, value);
        sql.add(")");
    }

    static void in(SqlText sql, String column, List<Instant> values) {
        sql.add("(");
        notBefore(sql, column, values.stream().min(Comparator.naturalOrder()).orElseThrow());
        notAfter(sql, column, values.stream().max(Comparator.naturalOrder()).orElseThrow());
        sql.add(of(column) + " IN (");
        for (int i = 0; i < values.size(); i++) {
            sql.add(i == 0 ? "" : ", ");
            bind(sql, values.get(i));
        }
        sql.add("))");
    }

    private static void notBefore(SqlText sql, String column, Instant value) {
        if (isCommon(value)) {
            sql.add(column + " >= FROM_UNIXTIME(");
            bind(sql, value);
            sql.add(" - ");
            margin(sql, value);
            sql.add(") AND ");
        }
    }

    private static void notAfter(SqlText sql, String column, Instant value) {
        if (isCommon(value)) {
            sql.add(column + " <= FROM_UNIXTIME(");
            bind(sql, value);
            sql.add(" + ");
            margin(sql, value);
            sql.add(") AND ");
        }
    }

    /** Seconds: 0 if the session's clock goes on evenly all around an instant. */
    private static void margin(SqlText sql, Instant value) {
        sql.add("IF(TIMESTAMPDIFF(SECOND, FROM_UNIXTIME(");
        bind(sql, value);
        sql.add(" - " + NEAR_SECONDS + "), FROM_UNIXTIME(");
        bind(sql, value);
        sql.add(" + " + NEAR_SECONDS + ")) = " + 2 * NEAR_SECONDS + ", 0, " + NEAR_SECONDS + ")");
    }

    private static boolean isCommon(Instant value) {
        return value.isAfter(FIRST) && value.isBefore(LAST);
    }

    private static void bind(SqlText sql, Instant value) {
        BigDecimal seconds = seconds(value);
        sql.add("?", (statement, index) -> statement.setBigDecimal(index, seconds));
    }
}
