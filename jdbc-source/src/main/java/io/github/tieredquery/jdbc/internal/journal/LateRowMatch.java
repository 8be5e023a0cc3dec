package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The late rows that a sweep has copied, while they are compared with what there is by now. Not thread-safe. */
final class LateRowMatch {

    private final Table table;
    private final Map<Row, Row> copied = new HashMap<>();
    private final List<Row> unchanged = new ArrayList<>();
    private final TimeRange span;

    /**
     * Of copied rows.
     *
     * @param late at least one
     */
    LateRowMatch(Table table, List<Row> late) {
        this.table = table;
        Instant first = Instant.MAX;
        Instant last = Instant.MIN;
        for (Row row : late) {
            copied.put(table.keyOf(row), row);
            Instant time =
                    Objects.requireNonNull(row.timestamp(table.timeColumn().name()));
            first = time.isBefore(first) ? time : first;
            last = time.isAfter(last) ? time : last;
        }
        this.span = new TimeRange(first, last.plus(1, ChronoUnit.MICROS));
    }

    /** From the first of them to the last. */
    TimeRange span() {
        return span;
    }

    /** A row that there is now. One that wasn't copied, or has changed since, stays. */
    void meet(Row row) {
        Row key = table.keyOf(row);
        Row copy = copied.remove(key);
        if (Objects.equals(copy, row)) {
            unchanged.add(key);
        }
    }

    /** Whether none has gone. */
    boolean areAllMet() {
        return copied.isEmpty();
    }

    /** The keys of those that are as they were copied. */
    List<Row> unchanged() {
        return unchanged;
    }
}
