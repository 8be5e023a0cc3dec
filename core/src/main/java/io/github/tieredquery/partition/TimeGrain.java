package io.github.tieredquery.partition;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How finely a layout cuts time. A <em>key</em> is a local date-time cut down to the grain: it stands for the values of
 * the time columns.
 */
enum TimeGrain {
    MONTH(ChronoUnit.MONTHS, 2),
    DAY(ChronoUnit.DAYS, 3),
    HOUR(ChronoUnit.HOURS, 4);

    /** The years whose text has four digits, so that text order is time order. */
    static final LocalDateTime FIRST = LocalDateTime.of(0, 1, 1, 0, 0);

    static final int LAST_YEAR = 9999;

    private static final List<String> COLUMNS = List.of("year", "month", "day", "hour");
    private static final List<ChronoField> FIELDS =
            List.of(ChronoField.YEAR, ChronoField.MONTH_OF_YEAR, ChronoField.DAY_OF_MONTH, ChronoField.HOUR_OF_DAY);
    private static final String[] TWO_DIGITS = new String[100];

    static {
        for (int i = 0; i < TWO_DIGITS.length; i++) {
            TWO_DIGITS[i] = String.format(Locale.ROOT, "%02d", i);
        }
    }

    private final ChronoUnit unit;
    private final int depth;

    TimeGrain(ChronoUnit unit, int depth) {
        this.unit = unit;
        this.depth = depth;
    }

    /** How many columns the time takes. */
    int depth() {
        return depth;
    }

    List<String> columns() {
        return COLUMNS.subList(0, depth);
    }

    static String column(int level) {
        return COLUMNS.get(level);
    }

    /** The key of the partition that a local time falls into. */
    LocalDateTime key(LocalDateTime local) {
        return this == HOUR
                ? local.truncatedTo(ChronoUnit.HOURS)
                : windowDate(local.toLocalDate()).atStartOfDay();
    }

    /** The last key there is. */
    LocalDateTime last() {
        return key(LocalDateTime.of(LAST_YEAR, 12, 31, 23, 0));
    }

    LocalDateTime next(LocalDateTime key) {
        return key.plus(1, unit);
    }

    /** How many keys there are from one to another, both inclusive. */
    long count(LocalDateTime low, LocalDateTime high) {
        return unit.between(low, high) + 1;
    }

    /** The date by which the window of a date is known. */
    LocalDate windowDate(LocalDate date) {
        return this == MONTH ? date.withDayOfMonth(1) : date;
    }

    LocalDate nextWindow(LocalDate windowDate) {
        return this == MONTH ? windowDate.plusMonths(1) : windowDate.plusDays(1);
    }

    /** The lowest value of a column. */
    static int lowest(int level) {
        return level == 0 ? 0 : (int) FIELDS.get(level).range().getMinimum();
    }

    /** The highest value of a column among the keys that are like this one in the columns before it. */
    static int highest(int level, LocalDateTime key) {
        return level == 0 ? LAST_YEAR : (int) key.range(FIELDS.get(level)).getMaximum();
    }

    static int value(int level, LocalDateTime key) {
        return key.get(FIELDS.get(level));
    }

    /** A value as it stands in a path: padded with zeros, so that text order is time order. */
    static String text(int level, int value) {
        return level == 0 ? fourDigits(value) : TWO_DIGITS[value];
    }

    /** Writes the time columns' texts into the start of an array. */
    void write(LocalDateTime key, @Nullable String[] values) {
        for (int level = 0; level < depth; level++) {
            values[level] = text(level, value(level, key));
        }
    }

    /** The key that texts stand for. */
    LocalDateTime read(List<@Nullable String> values) {
        int[] fields = {0, 1, 1, 0};
        for (int level = 0; level < depth; level++) {
            fields[level] = read(level, values.get(level));
        }
        try {
            return LocalDateTime.of(fields[0], fields[1], fields[2], fields[3], 0);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(values.subList(0, depth) + " is no date: " + e.getMessage(), e);
        }
    }

    private static int read(int level, @Nullable String text) {
        int width = level == 0 ? 4 : 2;
        if (text == null || text.length() != width || !text.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            throw new IllegalArgumentException("the " + COLUMNS.get(level) + " is "
                    + (text == null ? "NULL" : "'" + text + "'") + "; it has " + width + " digits");
        }
        return Integer.parseInt(text);
    }

    private static String fourDigits(int year) {
        return TWO_DIGITS[year / 100] + TWO_DIGITS[year % 100];
    }
}
