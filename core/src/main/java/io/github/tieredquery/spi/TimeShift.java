package io.github.tieredquery.spi;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.query.TimeRange;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From when on the clocks of one zone show so many seconds more than those of another. A source that sorts times into
 * days gets by with these and needs no rules of zones in its backend, which may be missing there, or others than
 * Java's. Immutable.
 *
 * @param from the first instant, inclusive; it holds until the next shift begins
 * @param seconds how many seconds more, often 0, negative for less
 */
public record TimeShift(Instant from, int seconds) {

    private static final int MOST = 500;

    /**
     * The shifts during a range, as far as it lies in the years 1 to 9999.
     *
     * @param range from inclusive, to exclusive
     * @param stored the zone whose local times are there; UTC for instants
     * @param wanted the zone whose local times are wanted
     * @return at least one shift, in the order of time
     * @throws BadQueryException if the clocks change more than 500 times during the range
     */
    public static List<TimeShift> during(TimeRange range, ZoneId stored, ZoneId wanted) {
        TimeRange years = range.clamped();
        List<TimeShift> shifts = new ArrayList<>();
        Instant from = years.from();
        while (from != null && (shifts.isEmpty() || from.isBefore(years.to()))) {
            int seconds = seconds(wanted, from) - seconds(stored, from);
            if (shifts.isEmpty() || shifts.get(shifts.size() - 1).seconds() != seconds) {
                shifts.add(new TimeShift(from, seconds));
            }
            if (shifts.size() > MOST) {
                throw new BadQueryException("the clocks of " + wanted + " change more than " + MOST + " times in "
                        + range + "; aggregate a shorter range, or by a zone whose clocks don't change");
            }
            from = earlier(next(stored, from), next(wanted, from));
        }
        return List.copyOf(shifts);
    }

    private static int seconds(ZoneId zone, Instant at) {
        return zone.getRules().getOffset(at).getTotalSeconds();
    }

    private static @Nullable Instant next(ZoneId zone, Instant after) {
        ZoneOffsetTransition next = zone.getRules().nextTransition(after);
        return next == null ? null : next.getInstant();
    }

    private static @Nullable Instant earlier(@Nullable Instant a, @Nullable Instant b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.isBefore(b) ? a : b;
    }
}
