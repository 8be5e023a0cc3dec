package io.github.tieredquery.partition;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;

/**
 * How finely a layout cuts time. A <em>key</em> is a local date-time cut down to the grain: it stands for the values of
 * the time columns.
 */
enum TimeGrain {
    MONTH(ChronoUnit.MONTHS, 2),
    DAY(ChronoUnit.DAYS, 3),
    HOUR(ChronoUnit.HOURS, 4);

    /** The first key of the years whose text has four digits, so that text order is time order. */
    static final LocalDateTime FIRST = LocalDateTime.of(0, 1, 1, 0, 0);

    static final int LAST_YEAR = 9999;

    private final ChronoUnit unit;
    private final int depth;

    TimeGrain(ChronoUnit unit, int depth) {
        this.unit = unit;
        this.depth = depth;
    }

    /** How many columns the time takes if each of its fields has one. */
    int depth() {
        return depth;
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
}
