package io.github.tieredquery.testkit;

import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of a table are, and were at each moment, wherever they lie. A moment is a number that grows with each
 * change. A change that takes time may be seen from the moment on at which it begins, and has to be seen from the
 * moment on at which it has ended. Thread-safe, for one who writes and many who read.
 */
public final class Model {

    private static final long NOT_YET = Long.MAX_VALUE;

    private final Table table;
    private final Comparator<Row> order;
    private final Map<Row, List<Change>> histories;
    private long moment;

    /** A change of one row, from when it begins. */
    public final class Change {

        private final long began;
        private final @Nullable Row row;
        private long ended = NOT_YET;

        private Change(long began, @Nullable Row row) {
            this.began = began;
            this.row = row;
        }

        /** Everybody who begins to read from now on sees it. */
        public void end() {
            synchronized (Model.this) {
                ended = ++moment;
            }
        }
    }

    /** No rows. */
    public Model(Table table) {
        this.table = table;
        this.order = table.rowOrder(table.rowType());
        this.histories = new TreeMap<>(order);
    }

    /** Now. */
    public synchronized long moment() {
        return moment;
    }

    /** The order of rows. */
    public Comparator<Row> order(Order direction) {
        return direction == Order.OLDEST_FIRST ? order : order.reversed();
    }

    /** A row is inserted or takes the place of the one with its time and key, at once. */
    public synchronized void put(Row row) {
        Change change = beginPut(row);
        change.ended = change.began;
    }

    /** A row goes, at once. */
    public synchronized void delete(Row row) {
        Change change = beginDelete(row);
        change.ended = change.began;
    }

    /** As {@link #put}, and {@link Change#end} says when it is done. */
    public synchronized Change beginPut(Row row) {
        Change change = new Change(++moment, row);
        histories.computeIfAbsent(row, key -> new ArrayList<>()).add(change);
        return change;
    }

    /** As {@link #delete}, and {@link Change#end} says when it is done. */
    public synchronized Change beginDelete(Row row) {
        Change change = new Change(++moment, null);
        Objects.requireNonNull(histories.get(row)).add(change);
        return change;
    }

    /** The rows there are now, or will be when what has begun is done, in their order. */
    public synchronized List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        histories.values().forEach(changes -> {
            Row row = changes.get(changes.size() - 1).row;
            if (row != null) {
                rows.add(row);
            }
        });
        return rows;
    }

    /** The answer to a query now. */
    public List<Row> answer(Query query) {
        return rows().stream()
                .filter(row -> matches(query, row))
                .sorted(order(query.order()))
                .limit(query.limit().orElse(Long.MAX_VALUE))
                .toList();
    }

    private boolean matches(Query query, Row row) {
        return query.range().contains(timeOf(row)) && query.filter().matches(row);
    }

    private Instant timeOf(Row row) {
        return Objects.requireNonNull(row.timestamp(table.timeColumn().name()));
    }

    /**
     * Checks what was read between two moments: in order, nothing twice, nothing that wasn't there, and everything that
     * was there and matched all the time.
     *
     * @param since when the reader began
     * @param until when it had what it has seen
     * @param seen the rows as they came
     * @param ended whether the reader was told that there are no more; if not, what comes after the last row is open
     * @param after what was read is only what comes after this row; null for all
     * @throws AssertionError if it wasn't so
     */
    public synchronized void check(
            Query query, long since, long until, List<Row> seen, boolean ended, @Nullable Row after) {
        Comparator<Row> direction = order(query.order());
        if (after != null && !seen.isEmpty() && direction.compare(after, seen.get(0)) >= 0) {
            throw new AssertionError(query + ": " + seen.get(0) + " came on the page after " + after);
        }
        for (int i = 1; i < seen.size(); i++) {
            if (direction.compare(seen.get(i - 1), seen.get(i)) >= 0) {
                throw new AssertionError(query + ": " + seen.get(i) + " came after " + seen.get(i - 1));
            }
        }
        Map<Row, Row> found = new TreeMap<>(order);
        seen.forEach(row -> found.put(row, row));
        boolean toTheEnd = ended && seen.size() < query.limit().orElse(Long.MAX_VALUE);
        histories.forEach((key, changes) -> {
            Row row = found.remove(key);
            if (row == null && !query.range().contains(timeOf(key))) {
                return;
            }
            List<@Nullable Row> states = statesBetween(changes, since, until);
            if (row != null && (!states.contains(row) || !matches(query, row))) {
                throw new AssertionError(query + ": " + row + " was read, but there was only " + states);
            }
            boolean here = after == null || direction.compare(key, after) > 0;
            boolean due = toTheEnd || (!seen.isEmpty() && direction.compare(key, seen.get(seen.size() - 1)) <= 0);
            if (row == null && here && due && isSteady(query, states)) {
                throw new AssertionError(query + ": " + states + " was missing among " + seen);
            }
        });
        if (!found.isEmpty()) {
            throw new AssertionError(query + ": " + found.values() + " never existed");
        }
    }

    /**
     * Checks what was counted between two moments: at least what was there and matched all the time, and at most what
     * did so at some moment.
     *
     * @param since when the count began
     * @param until when it ended
     * @throws AssertionError if it wasn't so
     */
    public synchronized void checkCount(Query query, long since, long until, long count) {
        long least = 0;
        long most = 0;
        for (Map.Entry<Row, List<Change>> each : histories.entrySet()) {
            if (query.range().contains(timeOf(each.getKey()))) {
                List<@Nullable Row> states = statesBetween(each.getValue(), since, until);
                least += isSteady(query, states) ? 1 : 0;
                most += states.stream().anyMatch(state -> state != null && matches(query, state)) ? 1 : 0;
            }
        }
        long limit = query.limit().orElse(Long.MAX_VALUE);
        if (count < Math.min(least, limit) || count > Math.min(most, limit)) {
            throw new AssertionError(query + ": counted " + count + " of " + least + " to " + most + " rows");
        }
    }

    private boolean isSteady(Query query, List<@Nullable Row> states) {
        return states.stream().allMatch(state -> state != null && matches(query, state));
    }

    private static List<@Nullable Row> statesBetween(List<Change> changes, long since, long until) {
        List<@Nullable Row> states = new ArrayList<>();
        states.add(null);
        for (Change change : changes) {
            if (change.ended <= since) {
                states.clear();
            }
            if (change.began <= until) {
                states.add(change.row);
            }
        }
        return states;
    }
}
