package io.github.tieredquery.query;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A stretch of time, from inclusive, to exclusive. Both ends are rounded up to whole microseconds, which selects the
 * same rows, since rows hold whole microseconds. Immutable and thread-safe.
 *
 * @param from the first instant in the range
 * @param to the first instant after the range, not before {@code from}; equal means that the range is empty
 */
public record TimeRange(Instant from, Instant to) {

    private static final Instant LAST = Instant.MAX.truncatedTo(ChronoUnit.MICROS);

    /** The times that rows can have: the years 1 to 9999, in UTC. */
    public static final TimeRange SUPPORTED =
            new TimeRange(Instant.parse("0001-01-01T00:00:00Z"), Instant.parse("+10000-01-01T00:00:00Z"));

    /**
     * Checks and rounds.
     *
     * @throws IllegalArgumentException if {@code to} is before {@code from}
     */
    public TimeRange {
        from = ceilMicros(from);
        to = ceilMicros(to);
        if (to.isBefore(from)) {
            throw new IllegalArgumentException("the range is inverted: it goes from " + from + " to " + to);
        }
    }

    /**
     * Whether the range holds no instant.
     *
     * @return whether its ends are equal
     */
    public boolean isEmpty() {
        return from.equals(to);
    }

    /**
     * Whether an instant lies in the range.
     *
     * @param instant the instant
     * @return whether it is at or after {@code from} and before {@code to}
     */
    public boolean contains(Instant instant) {
        return !instant.isBefore(from) && instant.isBefore(to);
    }

    /**
     * Whether another range lies in this one.
     *
     * @param part the other range
     * @return whether it starts at or after {@code from} and ends at or before {@code to}
     */
    public boolean encloses(TimeRange part) {
        return !part.from.isBefore(from) && !part.to.isAfter(to);
    }

    /**
     * The part of this range that is before an instant.
     *
     * @param end where the part ends, exclusive
     * @return the part, empty at {@code from} if there is none
     */
    public TimeRange before(Instant end) {
        Instant cut = ceilMicros(end);
        return cut.isBefore(from) ? new TimeRange(from, from) : new TimeRange(from, cut.isBefore(to) ? cut : to);
    }

    /**
     * The part of this range that is at or after an instant.
     *
     * @param start where the part starts, inclusive
     * @return the part, empty at {@code to} if there is none
     */
    public TimeRange since(Instant start) {
        Instant cut = ceilMicros(start);
        return cut.isAfter(to) ? new TimeRange(to, to) : new TimeRange(cut.isAfter(from) ? cut : from, to);
    }

    /**
     * The part of this range in which rows can lie.
     *
     * @return the part within {@link #SUPPORTED}, empty if there is none
     */
    public TimeRange clamped() {
        return since(SUPPORTED.from).before(SUPPORTED.to);
    }

    /**
     * How long the range is.
     *
     * @return the time from {@code from} to {@code to}
     */
    public Duration length() {
        return Duration.between(from, to);
    }

    private static Instant ceilMicros(Instant instant) {
        Instant whole = instant.truncatedTo(ChronoUnit.MICROS);
        // Instant.MAX can't be rounded up; no row comes near it.
        return whole.equals(instant) || whole.equals(LAST) ? whole : whole.plusNanos(1000);
    }

    /** The range in the usual notation of half-open intervals. */
    @Override
    public String toString() {
        return "[" + from + ", " + to + ")";
    }
}
