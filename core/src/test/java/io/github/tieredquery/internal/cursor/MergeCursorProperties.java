package io.github.tieredquery.internal.cursor;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemorySource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

class MergeCursorProperties {

    private static final Instant START = Instant.parse("2024-03-01T00:00:00Z");
    private static final TimeRange DAY = new TimeRange(START, START.plusSeconds(86_400));
    private static final Filter LATE = Filter.ge("delay", 5).boundTo(Flights.TABLE);

    /** Few times and few keys, so that both sides often have the same ones. */
    private static List<Row> rows(Set<Integer> places, int delay) {
        return places.stream()
                .map(place -> flight(START.plusSeconds(place / 3), place % 3, "SFO", (place + delay) % 10))
                .toList();
    }

    private static RowCursor open(List<Row> rows, Filter filter, Order order) {
        return new MemorySource("list:flights", Flights.TABLE, rows)
                .open(Scan.of(Flights.TABLE, DAY).filter(filter).order(order), ScanControl.unlimited());
    }

    @Property
    void a_merge_is_the_sorted_union_in_which_the_hot_row_wins_filtered_afterwards(
            @ForAll @Size(max = 20) Set<@IntRange(max = 30) Integer> hot,
            @ForAll @Size(max = 20) Set<@IntRange(max = 30) Integer> cold,
            @ForAll Order order) {
        Comparator<Row> oldestFirst = Flights.TABLE.rowOrder(Flights.TABLE.rowType());
        Comparator<Row> direction = order == Order.OLDEST_FIRST ? oldestFirst : oldestFirst.reversed();
        List<Row> hotRows = rows(hot, 0);
        List<Row> coldRows = rows(cold, 3);
        TreeSet<Row> union = new TreeSet<>(direction);
        union.addAll(hotRows);
        union.addAll(coldRows);
        List<Row> expected = union.stream().filter(LATE::matches).toList();
        List<Row> merged = new ArrayList<>();
        try (RowCursor merge =
                new MergeCursor(open(hotRows, Filter.all(), order), open(coldRows, LATE, order), LATE, direction)) {
            for (Row row = merge.next(); row != null; row = merge.next()) {
                merged.add(row);
            }
            assertThat(merge.next()).isNull();
        }
        assertThat(merged).isEqualTo(expected);
    }

    @Property
    void an_erased_cold_row_is_gone_but_a_hot_row_beside_a_tombstone_counts(
            @ForAll @Size(max = 20) Set<@IntRange(max = 30) Integer> hot,
            @ForAll @Size(max = 20) Set<@IntRange(max = 30) Integer> cold,
            @ForAll @Size(max = 20) List<@IntRange(max = 30) Integer> erased,
            @ForAll Order order) {
        Comparator<Row> oldestFirst = Flights.TABLE.rowOrder(Flights.TABLE.rowType());
        Comparator<Row> direction = order == Order.OLDEST_FIRST ? oldestFirst : oldestFirst.reversed();
        TreeSet<Integer> left = new TreeSet<>(cold);
        left.removeAll(Set.copyOf(erased));
        List<Row> expected = new ArrayList<>();
        TreeSet<Row> union = new TreeSet<>(direction);
        union.addAll(rows(hot, 0));
        union.addAll(rows(left, 3));
        union.stream().filter(LATE::matches).forEach(expected::add);
        List<Row> keys = new ArrayList<>();
        for (int place : erased) {
            keys.add(Flights.TABLE.keyType().row(new Object[] {START.plusSeconds(place / 3), (long) (place % 3)}));
        }
        keys.sort(Flights.TABLE.rowOrder(Flights.TABLE.keyType()));
        if (order == Order.NEWEST_FIRST) {
            Collections.reverse(keys);
        }
        Iterator<Row> tombstones = keys.iterator();
        RowCursor keyCursor = new RowCursor() {
            @Override
            public @Nullable Row next() {
                return tombstones.hasNext() ? tombstones.next() : null;
            }

            @Override
            public void close() {}
        };
        TombstoneMatcher hidden =
                new TombstoneMatcher(Flights.TABLE, keyCursor, Flights.TABLE.keyType(), Flights.TABLE.rowType(), order);
        RowCursor coldRows = new TombstoneFilter(open(rows(cold, 3), LATE, order), hidden);
        List<Row> merged = new ArrayList<>();
        try (RowCursor merge = new MergeCursor(open(rows(hot, 0), Filter.all(), order), coldRows, LATE, direction)) {
            for (Row row = merge.next(); row != null; row = merge.next()) {
                merged.add(row);
            }
        }
        assertThat(merged).isEqualTo(expected);
    }
}
