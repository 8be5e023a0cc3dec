package io.github.tieredquery.internal.export;

import io.github.tieredquery.error.ExportFailedException;
import io.github.tieredquery.export.ExportScan;
import io.github.tieredquery.export.ExportSource;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.table.Row;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes the statements for what is cold at a moment. Late rows stand in the statements; where they are too many for
 * one, the range is cut into several.
 */
final class ColdStatements {

    private static final int ROWS_PER_STATEMENT = 400;

    private final ExportSource source;
    private final ExportView view;
    private final ExportState state;
    private final ExportSettings settings;
    private final String location;
    private final String subject;

    /**
     * Part of a range with the statement for it.
     *
     * @param range from inclusive, to exclusive
     * @param statement writes its rows
     */
    record StatementRange(TimeRange range, String statement) {}

    ColdStatements(ExportSource source, ExportView view, ExportSession session) {
        this.source = source;
        this.view = view;
        this.state = session.state();
        this.settings = session.settings;
        this.location = session.store.location();
        this.subject = session.subject();
    }

    /** The stretches of what is cold, in the order of the query; none if no row is. */
    List<StatementRange> ranges() {
        Scan scan = view.cold();
        if (scan == null) {
            return List.of();
        }
        List<HidingRow> late = hidingRows();
        TimeRange whole = whole(scan.range());
        List<StatementRange> oldestFirst = new ArrayList<>();
        Instant from = whole.from();
        int first = 0;
        while (first < late.size()) {
            int end = endOfTime(late, Math.min(first + ROWS_PER_STATEMENT, late.size()));
            Instant to = end == late.size() ? whole.to() : time(late.get(end));
            add(oldestFirst, scan, new TimeRange(from, to), late.subList(first, end));
            from = to;
            first = end;
        }
        if (late.isEmpty()) {
            add(oldestFirst, scan, whole, List.of());
        }
        if (scan.order() == Order.NEWEST_FIRST) {
            Collections.reverse(oldestFirst);
        }
        return oldestFirst;
    }

    /** The range of all stretches: with the hot part where its rows stand in the statements. */
    private TimeRange whole(TimeRange cold) {
        TimeRange hot = view.hot();
        return state.isUnloaded() && !hot.isEmpty() ? new TimeRange(cold.from(), hot.to()) : cold;
    }

    /**
     * A row above the cold ones.
     *
     * @param key hides the cold row with its time and key
     * @param counts whether it takes part itself
     */
    private record HidingRow(Row key, boolean counts) {}

    /** What hides cold rows, oldest first. */
    private List<HidingRow> hidingRows() {
        List<HidingRow> hidingRows = new ArrayList<>();
        try (RowCursor rows = view.late()) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                add(hidingRows, new HidingRow(row, view.counts(row)));
            }
        }
        try (RowCursor keys = view.erased()) {
            for (Row key = keys.next(); key != null; key = keys.next()) {
                add(hidingRows, new HidingRow(key, false));
            }
        }
        if (state.isUnloaded()) {
            try (RowCursor rows = view.openHot()) {
                for (Row row = rows.next(); row != null; row = rows.next()) {
                    add(hidingRows, new HidingRow(row, true));
                }
            }
        }
        hidingRows.sort(Comparator.comparing(this::time));
        return hidingRows;
    }

    private void add(List<HidingRow> hidingRows, HidingRow row) {
        if (hidingRows.size() == settings.lateRows()) {
            throw new ExportFailedException(subject + ": more than " + settings.lateRows()
                    + (state.isUnloaded()
                            ? " hot rows, late rows and erased keys lie in the range"
                            : " late rows and erased keys lie in the archived part of the range")
                    + ", and each has to be told to the cold source. Sweep them into the archive first, or allow more"
                    + " with lateRows(…)");
        }
        hidingRows.add(row);
    }

    /** The first index from {@code index} on at which another time starts: rows of one time stay together. */
    private int endOfTime(List<HidingRow> late, int index) {
        int end = index;
        while (end < late.size() && time(late.get(end)).equals(time(late.get(end - 1)))) {
            end++;
        }
        return end;
    }

    private Instant time(HidingRow row) {
        String column = Objects.requireNonNull(view.cold()).table().timeColumn().name();
        return Objects.requireNonNull(row.key().timestamp(column));
    }

    /** Adds a stretch, or two halves of it if its statement would be too long. */
    private void add(List<StatementRange> ranges, Scan scan, TimeRange range, List<HidingRow> late) {
        Optional<String> statement = source.exportStatement(new ExportScan(
                scan.range(scan.range().since(range.from()).before(range.to())),
                state.arrangement,
                state.csv.isGuarded() ? ExportScan.Guard.APOSTROPHE : ExportScan.Guard.NONE,
                late.stream().map(HidingRow::key).toList(),
                late.stream().filter(HidingRow::counts).map(HidingRow::key).toList(),
                state.isUnloaded() ? location + state.folder() + UUID.randomUUID() + "/" : null));
        if (statement.isEmpty()) {
            return;
        }
        int bytes = statement.get().getBytes(StandardCharsets.UTF_8).length;
        if (bytes <= source.longestStatementBytes()) {
            ranges.add(new StatementRange(range, statement.get()));
            return;
        }
        int half = late.isEmpty() ? 0 : endOfTime(late, (late.size() + 1) / 2);
        if (half == late.size()) {
            throw new ExportFailedException(subject + ": the statement for " + range + " has " + bytes
                    + " bytes, and " + source.name() + " takes " + source.longestStatementBytes()
                    + ". Ask for fewer values in one filter, or sweep late rows into the archive first");
        }
        Instant middle = time(late.get(half));
        add(ranges, scan, range.before(middle), late.subList(0, half));
        add(ranges, scan, range.since(middle), late.subList(half, late.size()));
    }
}
