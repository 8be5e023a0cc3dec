package io.github.tieredquery.archive;

import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.SweepCommit;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What lies over the archived rows of a window at one moment: late rows and keys of erased ones, and the manifests of
 * what lies below. It is held in memory, so that no snapshot is held while files are written, and so that the commit
 * can tell which late rows were copied; how much of it is bounded, and what is beyond is left for another sweep.
 */
final class SweepInput {

    private final Table table;
    private final JournalState state;
    private final List<PartitionManifest> manifests;
    private final TimeRange range;
    private final boolean part;
    private final Map<Row, Row> late = new LinkedHashMap<>();
    private final Set<Row> erased = new HashSet<>();

    private SweepInput(
            Table table,
            JournalState state,
            List<PartitionManifest> manifests,
            TimeRange range,
            boolean part,
            Collection<Row> late,
            Collection<Row> erased) {
        this.table = table;
        this.state = state;
        this.manifests = manifests;
        this.range = range;
        this.part = part;
        late.forEach(row -> this.late.put(table.keyOf(row), row));
        this.erased.addAll(erased);
    }

    /** Late rows and erased keys by time. */
    private record Part(List<Row> late, List<Row> erased) {

        int size() {
            return late.size() + erased.size();
        }
    }

    /**
     * Takes it from a snapshot. Where there is more than can be held, that is what comes first by time; and if one
     * instant alone has more, the late rows of that instant that come first by their keys. Erased keys of an instant
     * are never parted, since the commit removes tombstones by time: one that stayed would hide the late row of its
     * key, once that is archived. A late row that stays wins over whatever is archived.
     *
     * @param most how many rows and keys at most, but for the erased keys of one instant
     */
    static SweepInput take(HotStore hot, TimeRange window, HivePartitionLayout layout, int most, ScanControl control) {
        Table table = hot.table();
        try (HotSnapshot snapshot = hot.snapshot(control)) {
            TimeRange range = window;
            Part part = new Part(late(snapshot, table, window, most + 1L), erased(snapshot, window, most + 1L));
            boolean more = part.size() > most;
            if (more) {
                List<Instant> times = Stream.concat(part.late().stream(), part.erased().stream())
                        .map(row -> timeOf(table, row))
                        .sorted()
                        .toList();
                Instant first = times.get(0);
                Instant cut = times.get(most);
                range = window.before(cut.equals(first) ? cut.plus(1, ChronoUnit.MICROS) : cut);
                List<Row> erased = erased(snapshot, range, Long.MAX_VALUE);
                part = new Part(late(snapshot, table, range, Math.max(0, most - erased.size())), erased);
            }
            return new SweepInput(
                    table,
                    snapshot.journal(),
                    snapshot.manifests(window, layout),
                    range,
                    more,
                    part.late(),
                    part.erased());
        }
    }

    private static List<Row> late(HotSnapshot snapshot, Table table, TimeRange range, long most) {
        try (RowCursor late = snapshot.open(Scan.of(table, range).limit(most))) {
            return rows(late, most);
        }
    }

    private static List<Row> erased(HotSnapshot snapshot, TimeRange range, long most) {
        try (RowCursor erased = snapshot.openTombstones(range, Order.OLDEST_FIRST)) {
            return rows(erased, most);
        }
    }

    private static List<Row> rows(RowCursor cursor, long most) {
        List<Row> rows = new ArrayList<>();
        while (rows.size() < most) {
            Row row = cursor.next();
            if (row == null) {
                break;
            }
            rows.add(row);
        }
        return rows;
    }

    private static Instant timeOf(Table table, Row row) {
        return Objects.requireNonNull(row.timestamp(table.timeColumn().name()));
    }

    /** Whether there is nothing to be swept. */
    boolean isEmpty() {
        return late.isEmpty() && erased.isEmpty();
    }

    /** Whether the window may have more. */
    boolean isPart() {
        return part;
    }

    /** Whether an archived row doesn't count any more. */
    boolean hides(Row archived) {
        Row key = table.keyOf(archived);
        return late.containsKey(key) || erased.contains(key);
    }

    /**
     * Finds the archived rows that are hidden: what the partitions of late rows hold, and those where other rows lie
     * that have changed since. Where no partition reaches over one of the keys, nothing is asked.
     */
    List<Row> findHidden(ColdStore cold, ScanControl control) {
        NavigableSet<Instant> times = times();
        boolean mayBeHidden = manifests.stream().anyMatch(manifest -> {
            Instant next = times.ceiling(manifest.minTime());
            return next != null && !next.isAfter(manifest.maxTime());
        });
        if (!mayBeHidden) {
            return List.of();
        }
        TimeRange span = new TimeRange(times.first(), times.last().plus(1, ChronoUnit.MICROS));
        Scan scan = Scan.of(table, span).versions(state.versions());
        if (times.size() <= SweepCopier.MOST_VALUES) {
            scan = scan.filter(Filter.in(table.timeColumn().name(), times).boundTo(table));
        }
        List<Row> hidden = new ArrayList<>();
        try (RowCursor archived = cold.open(scan, control)) {
            for (Row row = archived.next(); row != null; row = archived.next()) {
                if (hides(row)) {
                    hidden.add(row);
                }
            }
        }
        return hidden;
    }

    /**
     * The late rows that equal the archived row that they hide, and weren't erased: nothing is to be written for them.
     * A key that an adopted archive has twice is none of these, since a late row makes one of both.
     *
     * @param hidden all archived rows that are hidden
     */
    List<Row> unchanged(List<Row> hidden) {
        Map<Row, Integer> times = new HashMap<>();
        hidden.forEach(row -> times.merge(table.keyOf(row), 1, Integer::sum));
        return hidden.stream()
                .filter(row -> {
                    Row key = table.keyOf(row);
                    return Objects.equals(late.get(key), row)
                            && !erased.contains(key)
                            && Objects.equals(times.get(key), 1);
                })
                .toList();
    }

    /** What is left when some late rows are deleted. */
    SweepInput without(Collection<Row> unchanged) {
        Map<Row, Row> rest = new LinkedHashMap<>(late);
        unchanged.forEach(row -> rest.remove(table.keyOf(row)));
        return new SweepInput(table, state, manifests, range, part, rest.values(), erased);
    }

    /** The times of the hidden keys. */
    NavigableSet<Instant> times() {
        TreeSet<Instant> times = new TreeSet<>();
        late.keySet().forEach(key -> times.add(timeOf(table, key)));
        erased.forEach(key -> times.add(timeOf(table, key)));
        return times;
    }

    List<Row> lateRows() {
        return List.copyOf(late.values());
    }

    int erasedKeys() {
        return erased.size();
    }

    VisibleVersions versions() {
        return state.versions();
    }

    List<PartitionManifest> manifests() {
        return manifests;
    }

    /** What the commit is told. */
    SweepCommit swept() {
        return swept(lateRows());
    }

    /** What the commit is told of some of the late rows. */
    SweepCommit swept(List<Row> rows) {
        return new SweepCommit(range, state.epoch(), rows);
    }
}
