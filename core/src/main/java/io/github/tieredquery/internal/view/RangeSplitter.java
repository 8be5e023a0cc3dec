package io.github.tieredquery.internal.view;

import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.query.TimeRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Cuts a range into the stretches that one tier, or both, answer for. */
public final class RangeSplitter {

    /** Who answers for a stretch. */
    public enum Answer {
        COLD,
        BOTH,
        HOT
    }

    /**
     * A part of the range.
     *
     * @param range from inclusive, to exclusive, never empty
     * @param answer who answers for it
     */
    public record Stretch(TimeRange range, Answer answer) {}

    private RangeSplitter() {}

    /** The stretches of a range, oldest first: disjoint, none of them empty, their union is the range. */
    public static List<Stretch> split(TimeRange range, Boundary.Split split) {
        Instant hotFrom = split.hotFrom();
        Instant coldBelow = split.coldBelow();
        if (hotFrom.isAfter(coldBelow)) {
            throw new IllegalArgumentException("nobody answers for the times from " + coldBelow + " to " + hotFrom
                    + ": hot starts after cold ends");
        }
        List<Stretch> stretches = new ArrayList<>();
        add(stretches, range.before(hotFrom), Answer.COLD);
        add(stretches, range.since(hotFrom).before(coldBelow), Answer.BOTH);
        add(stretches, range.since(coldBelow), Answer.HOT);
        return List.copyOf(stretches);
    }

    private static void add(List<Stretch> stretches, TimeRange part, Answer answer) {
        if (!part.isEmpty()) {
            stretches.add(new Stretch(part, answer));
        }
    }
}
