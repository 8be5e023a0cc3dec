package io.github.tieredquery.query;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Locale;

/**
 * Days or months by the clocks of a zone, into which an {@link Aggregation} sorts rows. Immutable.
 *
 * @param unit how long a bucket is
 * @param zone whose midnights part the buckets
 */
public record TimeBucket(Unit unit, ZoneId zone) {

    /** How long a bucket is. */
    public enum Unit {
        /** From midnight to midnight. */
        DAY,
        /** From the first day of a month to that of the next. */
        MONTH
    }

    /**
     * What the bucket is called in results.
     *
     * @return {@code day} or {@code month}
     */
    public String name() {
        return unit.name().toLowerCase(Locale.ROOT);
    }

    /**
     * The bucket that an instant lies in.
     *
     * @param time the instant
     * @return the bucket's first day
     */
    public LocalDate of(Instant time) {
        LocalDate day = LocalDate.ofInstant(time, zone);
        return unit == Unit.DAY ? day : day.withDayOfMonth(1);
    }
}
