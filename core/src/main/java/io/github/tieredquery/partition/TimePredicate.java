package io.github.tieredquery.partition;

import io.github.tieredquery.query.Filter;
import java.time.LocalDateTime;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The smallest condition on the time columns for runs of keys. A run has a ragged start, whole values in the middle and
 * a ragged end, at each level of the layout; so the size grows with the levels and not with the length.
 */
final class TimePredicate {

    private final TimeColumns columns;

    private TimePredicate(TimeColumns columns) {
        this.columns = columns;
    }

    static Filter of(List<LocalSpan> spans, TimeColumns columns) {
        TimePredicate predicate = new TimePredicate(columns);
        return Filter.or(spans.stream()
                .map(span -> predicate.between(0, span.low(), span.high()))
                .toList());
    }

    /** The keys from low to high, which are alike in the columns before this level. */
    private Filter between(int level, LocalDateTime low, LocalDateTime high) {
        if (startsAll(level, low) && endsAll(level, high)) {
            return Filter.all();
        }
        int lowest = value(level, low);
        int highest = value(level, high);
        if (lowest == highest) {
            return Filter.and(equal(level, lowest), between(level + 1, low, high));
        }
        boolean wholeStart = startsAll(level + 1, low);
        boolean wholeEnd = endsAll(level + 1, high);
        return Filter.or(
                wholeStart ? Filter.none() : Filter.and(equal(level, lowest), from(level + 1, low)),
                values(level, wholeStart ? lowest : lowest + 1, wholeEnd ? highest : highest - 1, low),
                wholeEnd ? Filter.none() : Filter.and(equal(level, highest), upTo(level + 1, high)));
    }

    private Filter from(int level, LocalDateTime low) {
        if (startsAll(level, low)) {
            return Filter.all();
        }
        int value = value(level, low);
        int highest = columns.get(level).highest(low);
        return startsAll(level + 1, low)
                ? values(level, value, highest, low)
                : Filter.or(
                        Filter.and(equal(level, value), from(level + 1, low)), values(level, value + 1, highest, low));
    }

    private Filter upTo(int level, LocalDateTime high) {
        if (endsAll(level, high)) {
            return Filter.all();
        }
        int value = value(level, high);
        int lowest = columns.get(level).lowest();
        return endsAll(level + 1, high)
                ? values(level, lowest, value, high)
                : Filter.or(
                        values(level, lowest, value - 1, high), Filter.and(equal(level, value), upTo(level + 1, high)));
    }

    /** Whether a key is the first one of those that are like it in the columns before this level. */
    private boolean startsAll(int level, LocalDateTime key) {
        for (int i = level; i < columns.depth(); i++) {
            if (value(i, key) != columns.get(i).lowest()) {
                return false;
            }
        }
        return true;
    }

    private boolean endsAll(int level, LocalDateTime key) {
        for (int i = level; i < columns.depth(); i++) {
            if (value(i, key) != columns.get(i).highest(key)) {
                return false;
            }
        }
        return true;
    }

    private int value(int level, LocalDateTime key) {
        return columns.get(level).value(key);
    }

    /**
     * A column's values from one to another, both inclusive; the key tells how many values there are. They are listed
     * where texts don't sort as values do.
     */
    private Filter values(int level, int from, int upTo, LocalDateTime key) {
        if (from > upTo) {
            return Filter.none();
        }
        if (from == upTo) {
            return equal(level, from);
        }
        TimeColumn column = columns.get(level);
        boolean all = from == column.lowest() && upTo == column.highest(key);
        if (!all && !column.isTextOrdered()) {
            return Filter.in(
                    column.name(),
                    IntStream.rangeClosed(from, upTo).mapToObj(column::text).toList());
        }
        return Filter.and(
                from == column.lowest() ? Filter.all() : Filter.ge(column.name(), column.text(from)),
                upTo == column.highest(key) ? Filter.all() : Filter.le(column.name(), column.text(upTo)));
    }

    private Filter equal(int level, int value) {
        return Filter.eq(columns.get(level).name(), columns.get(level).text(value));
    }
}
