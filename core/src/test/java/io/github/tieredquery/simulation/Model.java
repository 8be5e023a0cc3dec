package io.github.tieredquery.simulation;

import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the rows of the table are, and were at each moment, wherever they lie. A moment is the number of a change. */
final class Model {

    /** From a moment on, a row was this; null if there was none. */
    private record Change(long moment, @Nullable Row row) {}

    private final Table table;
    private final Comparator<Row> order;
    private final Map<Row, List<Change>> histories;
    private long moment;

    Model(Table table) {
        this.table = table;
        this.order = table.rowOrder(table.rowType());
        this.histories = new TreeMap<>(order);
    }

    long moment() {
        return moment;
    }

    Comparator<Row> order(Order direction) {
        return direction == Order.OLDEST_FIRST ? order : order.reversed();
    }

    void put(Row row) {
        moment++;
        histories.computeIfAbsent(row, key -> new ArrayList<>()).add(new Change(moment, row));
    }

    void delete(Row row) {
        moment++;
        Objects.requireNonNull(histories.get(row)).add(new Change(moment, null));
    }

    /** The rows there are now. */
    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        histories.values().forEach(changes -> {
            Row row = changes.get(changes.size() - 1).row();
            if (row != null) {
                rows.add(row);
            }
        });
        return rows;
    }

    /** The answer to a query now. */
    List<Row> answer(Query query) {
        return rows().stream()
                .filter(row -> matches(query, row))
                .sorted(order(query.order()))
                .limit(query.limit().orElse(Long.MAX_VALUE))
                .toList();
    }

    private boolean matches(Query query, Row row) {
        return query.range()
                        .contains(Objects.requireNonNull(
                                row.timestamp(table.timeColumn().name())))
                && query.filter().matches(row);
    }

    /**
     * Checks what was read since a moment: in order, nothing twice, nothing that wasn't there, and everything that was
     * there and matched all the time.
     *
     * @param seen the rows as they came
     * @param ended whether the reader was told that there are no more; if not, what comes after the last row is open
     * @param after what was read is only what comes after this row; null for all
     */
    void check(Query query, long since, List<Row> seen, boolean ended, @Nullable Row after) {
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
            List<@Nullable Row> states = statesSince(changes, since);
            Row row = found.remove(key);
            if (row != null && (!states.contains(row) || !matches(query, row))) {
                throw new AssertionError(query + ": " + row + " was read, but there was only " + states);
            }
            boolean here = after == null || direction.compare(key, after) > 0;
            boolean due = toTheEnd || (!seen.isEmpty() && direction.compare(key, seen.get(seen.size() - 1)) <= 0);
            boolean steady = states.stream().allMatch(state -> state != null && matches(query, state));
            if (row == null && here && due && steady) {
                throw new AssertionError(query + ": " + states + " was missing among " + seen);
            }
        });
        if (!found.isEmpty()) {
            throw new AssertionError(query + ": " + found.values() + " never existed");
        }
    }

    private static List<@Nullable Row> statesSince(List<Change> changes, long since) {
        List<@Nullable Row> states = new ArrayList<>();
        states.add(null);
        for (Change change : changes) {
            if (change.moment() <= since) {
                states.set(0, change.row());
            } else {
                states.add(change.row());
            }
        }
        return states;
    }
}
