package io.github.tieredquery.query;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Objects;

/**
 * Where the cold tier ends and the hot tier begins, for archives that somebody else's job fills. With a journal the
 * boundary is the journal's watermark, always, and none is given. Immutable and thread-safe.
 */
public final class Boundary {

    /**
     * A boundary at one moment.
     *
     * @param coldBelow the cold tier answers for times before it, exclusive
     * @param hotFrom the hot tier answers for times from it on, inclusive; not after {@code coldBelow}. Between the
     *     two, both are asked and a row that both have comes once, as the hot tier has it
     */
    public record Split(Instant coldBelow, Instant hotFrom) {}

    private final int days;
    private final ZoneId zone;
    private final int overlapDays;

    private Boundary(int days, ZoneId zone, int overlapDays) {
        this.days = days;
        this.zone = zone;
        this.overlapDays = overlapDays;
    }

    /**
     * A boundary that rolls with the days: the hot tier answers for today and so many days before it, the cold tier for
     * what is older. There is no overlap by default.
     *
     * @param days how many days before today are hot, 0 or more
     * @param zone the zone whose midnight ends a day; the one of the archive's partitions
     * @return the boundary
     * @throws IllegalArgumentException if {@code days} is negative
     */
    public static Boundary daysAgo(int days, ZoneId zone) {
        if (days < 0) {
            throw new IllegalArgumentException("the boundary lies " + days + " days ago; it is 0 or more");
        }
        return new Boundary(days, Objects.requireNonNull(zone, "zone"), 0);
    }

    /**
     * The same boundary with a stretch before it in which both tiers are asked, since the job that archives may be late
     * or at work. A row that both have comes once, as the hot tier has it.
     *
     * @param days how many days before the boundary, 0 or more
     * @return the boundary
     * @throws IllegalArgumentException if {@code days} is negative
     */
    public Boundary overlapDays(int days) {
        if (days < 0) {
            throw new IllegalArgumentException("the overlap is " + days + " days; it is 0 or more");
        }
        return new Boundary(this.days, zone, days);
    }

    /**
     * Whether both tiers are asked for some days.
     *
     * @return whether the overlap is at least a day
     */
    public boolean hasOverlap() {
        return overlapDays > 0;
    }

    /**
     * The zone whose midnight ends a day.
     *
     * @return the zone
     */
    public ZoneId zone() {
        return zone;
    }

    /**
     * Where the boundary lies at a moment.
     *
     * @param now the moment
     * @return the split between the tiers
     */
    public Split resolve(Instant now) {
        LocalDate day = today(now).minusDays(days);
        return new Split(start(day), start(day.minusDays(overlapDays)));
    }

    /** Where clocks go back across midnight, the day that has begun goes on: the boundary never goes back. */
    private LocalDate today(Instant now) {
        LocalDate day = LocalDate.ofInstant(now, zone);
        while (!now.isBefore(start(day.plusDays(1)))) {
            day = day.plusDays(1);
        }
        return day;
    }

    private Instant start(LocalDate day) {
        return day.atStartOfDay(zone).toInstant();
    }

    @Override
    public String toString() {
        return days + " days ago in " + zone + (overlapDays == 0 ? "" : ", overlapping " + overlapDays + " days");
    }
}
