package io.github.tieredquery.partition;

import io.github.tieredquery.query.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A run of partition keys, both ends inclusive. Keys in it that no instant has (a skipped hour or day) do no harm: no
 * row can be in them.
 */
record LocalSpan(LocalDateTime low, LocalDateTime high) {

    /** Longer than any change of clocks, so what changed farther from both ends of a range leaves no trace in it. */
    private static final Duration REACH = Duration.ofDays(2);

    private static final Instant FIRST = TimeRange.SUPPORTED.from();
    private static final Instant END = TimeRange.SUPPORTED.to();

    /**
     * The runs of keys that the instants of a range have, ascending and apart from one another. It is one run, save
     * where clocks went back by more than one key within a short range. A range that reaches past what rows can hold
     * reaches to the first or last key.
     */
    static List<LocalSpan> of(TimeRange range, TimeGrain grain, ZoneId zone) {
        Instant from = range.from().isBefore(FIRST) ? FIRST : range.from();
        Instant to = range.to().isAfter(END) ? END : range.to();
        if (!from.isBefore(to)) {
            return List.of();
        }
        List<LocalSpan> passes = passes(from, to, zone.getRules());
        List<LocalSpan> spans = new ArrayList<>();
        for (int i = 0; i < passes.size(); i++) {
            LocalSpan pass = passes.get(i);
            boolean fromFirst = i == 0 && from.equals(FIRST);
            boolean toLast = (i == passes.size() - 1 && to.equals(END)) || pass.high.getYear() > TimeGrain.LAST_YEAR;
            spans.add(new LocalSpan(
                    fromFirst ? TimeGrain.FIRST : grain.key(pass.low), toLast ? grain.last() : grain.key(pass.high)));
        }
        return merged(spans, grain);
    }

    /** The local times of a range, cut wherever clocks went back; in each piece local time only grows. */
    private static List<LocalSpan> passes(Instant from, Instant to, ZoneRules rules) {
        Instant last = to.minusNanos(1000);
        Instant settled = from.plus(REACH);
        Instant unsettled = last.minus(REACH);
        List<LocalSpan> passes = new ArrayList<>();
        LocalDateTime low = local(from, rules);
        Instant cursor = from;
        ZoneOffsetTransition change = rules.nextTransition(cursor);
        while (change != null && !change.getInstant().isAfter(last)) {
            Instant at = change.getInstant();
            if (at.isAfter(settled) && at.isBefore(unsettled)) {
                cursor = unsettled.minusNanos(1);
            } else {
                if (change.isOverlap()) {
                    passes.add(new LocalSpan(low, change.getDateTimeBefore().minusNanos(1)));
                    low = change.getDateTimeAfter();
                }
                cursor = at;
            }
            change = rules.nextTransition(cursor);
        }
        passes.add(new LocalSpan(low, local(last, rules)));
        return passes;
    }

    private static LocalDateTime local(Instant instant, ZoneRules rules) {
        return LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), rules.getOffset(instant));
    }

    private static List<LocalSpan> merged(List<LocalSpan> spans, TimeGrain grain) {
        if (spans.size() == 1) {
            return spans;
        }
        spans.sort(Comparator.comparing(LocalSpan::low));
        List<LocalSpan> merged = new ArrayList<>();
        LocalSpan current = spans.get(0);
        for (LocalSpan span : spans.subList(1, spans.size())) {
            if (span.low.isAfter(grain.next(current.high))) {
                merged.add(current);
                current = span;
            } else if (span.high.isAfter(current.high)) {
                current = new LocalSpan(current.low, span.high);
            }
        }
        merged.add(current);
        return merged;
    }

    /** From the first instant of a key to the end of its last one; empty if the key was skipped. */
    static TimeRange instantsOf(LocalDateTime key, TimeGrain grain, ZoneId zone) {
        return new TimeRange(first(key, zone.getRules()), end(grain.next(key), zone.getRules()));
    }

    private static Instant first(LocalDateTime start, ZoneRules rules) {
        ZoneOffsetTransition change = rules.getTransition(start);
        if (change == null) {
            return start.toInstant(rules.getOffset(start));
        }
        return change.isGap() ? change.getInstant() : start.toInstant(change.getOffsetBefore());
    }

    /** Where the last local time before {@code next} ends. */
    private static Instant end(LocalDateTime next, ZoneRules rules) {
        ZoneOffsetTransition change = rules.getTransition(next);
        if (change == null) {
            return next.toInstant(rules.getOffset(next));
        }
        if (change.isGap()) {
            return change.getInstant();
        }
        // What is repeated starts at dateTimeAfter: times before it aren't.
        ZoneOffset offset = next.equals(change.getDateTimeAfter()) ? change.getOffsetBefore() : change.getOffsetAfter();
        return next.toInstant(offset);
    }
}
