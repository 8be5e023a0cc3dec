package io.github.tieredquery.testkit;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.LAYOUT;
import static io.github.tieredquery.testkit.ArchiveSteps.archive;
import static io.github.tieredquery.testkit.ArchiveSteps.day;
import static io.github.tieredquery.testkit.ArchiveSteps.event;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static io.github.tieredquery.testkit.ArchiveSteps.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every snapshot has to give: the journal and all rows of one moment, whatever is committed meanwhile. Extend it
 * and say where stores come from.
 */
@Timeout(120)
public abstract class HotStoreContract {

    private static final TimeRange MONDAY = day("2024-01-01");
    private static final TimeRange TUESDAY = day("2024-01-02");
    private static final TimeRange ALL =
            new TimeRange(MONDAY.from(), day("2024-02-01").to());
    private static final AtomicInteger JOURNALS = new AtomicInteger();

    private final String journalName = "snapshots_" + JOURNALS.incrementAndGet();

    /**
     * Where stores come from.
     *
     * @return the same for all tests
     */
    protected abstract HotStores stores();

    /** Enough rows that no driver fetches them at once, several at each time, of two days. */
    private static List<Row> manyRows() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Instant at = MONDAY.from().plusSeconds(60L * 2 * (i / 7) + (i % 2 == 0 ? 0 : 86_400));
            rows.add(event(at.toString(), i, i % 3 == 0 ? null : "tenant " + i % 3));
        }
        return rows;
    }

    private HotStore store(List<Row> rows) {
        HotStore store = stores().create(journalName, EVENTS, rows);
        prepared(store);
        return store;
    }

    private static Scan scan(TimeRange range) {
        return Scan.of(EVENTS, range);
    }

    private static List<Row> sorted(List<Row> rows) {
        List<Row> sorted = new ArrayList<>(rows);
        sorted.sort(EVENTS.rowOrder(EVENTS.rowType()));
        return sorted;
    }

    @Test
    void rows_and_journal_are_of_one_moment_while_a_window_is_archived() {
        List<Row> rows = manyRows();
        HotStore store = store(rows);
        HotStore archiver = stores().another(store, EVENTS);
        try (HotSnapshot before = store.snapshot(ScanControl.unlimited());
                RowCursor cursor = before.open(scan(ALL))) {
            List<Row> seen = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                seen.add(cursor.next());
            }
            long version = archive(archiver, MONDAY);
            stores().insert(store, List.of(event("2024-01-02T00:00:00.000001Z", -1, "a")));
            for (Row row = cursor.next(); row != null; row = cursor.next()) {
                seen.add(row);
            }
            assertThat(seen).isEqualTo(sorted(rows));
            assertThat(before.count(scan(ALL))).isEqualTo(1_000);
            assertThat(before.hasRows(MONDAY)).isTrue();
            assertThat(rows(before.open(scan(MONDAY)))).hasSize(500);
            assertThat(before.journal().watermark()).isNull();
            assertThat(before.journal().versions().shows(version)).isFalse();
            assertThat(before.manifests(ALL, LAYOUT)).isEmpty();
            try (HotSnapshot after = store.snapshot(ScanControl.unlimited())) {
                assertThat(after.journal().watermark()).isEqualTo(MONDAY.to());
                assertThat(after.journal().epoch()).isEqualTo(1);
                assertThat(after.journal().versions().shows(version)).isTrue();
                assertThat(after.manifests(ALL, LAYOUT)).hasSize(3);
                assertThat(after.hasRows(MONDAY)).isFalse();
                assertThat(after.count(scan(ALL))).isEqualTo(501);
            }
        }
    }

    @Test
    void several_cursors_are_read_in_turn() {
        List<Row> rows = manyRows();
        HotStore store = store(rows);
        List<Row> oldestFirst = sorted(rows);
        List<Row> newestFirst = new ArrayList<>(oldestFirst);
        Collections.reverse(newestFirst);
        try (HotSnapshot snapshot = store.snapshot(ScanControl.unlimited());
                RowCursor up = snapshot.open(scan(ALL));
                RowCursor down = snapshot.open(scan(ALL).order(Order.NEWEST_FIRST))) {
            for (int i = 0; i < rows.size(); i++) {
                assertThat(up.next()).isEqualTo(oldestFirst.get(i));
                assertThat(down.next()).isEqualTo(newestFirst.get(i));
                if (i % 250 == 0) {
                    assertThat(snapshot.hasRows(TUESDAY)).isTrue();
                    assertThat(snapshot.count(scan(MONDAY))).isEqualTo(500);
                }
            }
            assertThat(up.next()).isNull();
            assertThat(up.next()).isNull();
            assertThat(down.next()).isNull();
        }
    }

    @Test
    void columns_filters_limits_and_clusters_hold_in_a_snapshot() {
        List<Row> rows = manyRows();
        HotStore store = store(rows);
        RowType notes = RowType.of(List.of(EVENTS.column("note")));
        Filter filter = Filter.eq("tenant", "tenant 1").boundTo(EVENTS);
        try (HotSnapshot snapshot = store.snapshot(ScanControl.unlimited())) {
            for (long limit : new long[] {0, 1, 100, 333, 10_000}) {
                List<String> expected = sorted(rows).stream()
                        .filter(row -> "tenant 1".equals(row.string("tenant")))
                        .limit(limit)
                        .map(row -> String.valueOf(row.string("note")))
                        .toList();
                Scan scan = scan(ALL).filter(filter).rowType(notes).limit(limit);
                assertThat(rows(snapshot.open(scan)))
                        .allMatch(row -> row.type().equals(notes))
                        .extracting(row -> row.string("note"))
                        .isEqualTo(expected);
                assertThat(snapshot.count(scan)).isEqualTo(expected.size());
            }
            List<Row> clustered = rows(snapshot.open(scan(ALL).clusteredBy(List.of("tenant"))));
            assertThat(clustered).containsExactlyInAnyOrderElementsOf(rows);
            assertThat(clusters(clustered)).doesNotHaveDuplicates().hasSize(3);
        }
    }

    @Test
    void texts_are_keys_in_a_snapshot_as_elsewhere() {
        HotStore store = stores().create(journalName, ContractRows.NAMES, ContractRows.of(ContractRows.NAMES));
        prepared(store);
        TimeRange range = new TimeRange(Instant.parse("2023-01-01T00:00:00Z"), Instant.parse("2025-01-01T00:00:00Z"));
        List<Row> oldestFirst = new ArrayList<>(ContractRows.of(ContractRows.NAMES));
        oldestFirst.sort(ContractRows.NAMES.rowOrder(ContractRows.NAMES.rowType()));
        List<Row> newestFirst = new ArrayList<>(oldestFirst);
        Collections.reverse(newestFirst);
        Scan scan = Scan.of(ContractRows.NAMES, range);
        try (HotSnapshot snapshot = store.snapshot(ScanControl.unlimited())) {
            assertThat(rows(snapshot.open(scan))).isEqualTo(oldestFirst);
            assertThat(rows(snapshot.open(scan.order(Order.NEWEST_FIRST)))).isEqualTo(newestFirst);
        }
    }

    /** The tenants in the order in which they start. */
    private static List<String> clusters(List<Row> rows) {
        List<String> clusters = new ArrayList<>();
        for (Row row : rows) {
            String tenant = String.valueOf(row.string("tenant"));
            if (clusters.isEmpty() || !clusters.get(clusters.size() - 1).equals(tenant)) {
                clusters.add(tenant);
            }
        }
        return clusters;
    }

    @Test
    void a_cheap_look_sees_the_ends_of_its_range() {
        HotStore store = store(List.of(event("2024-01-01T23:59:59.999999Z", 1, "a")));
        Instant at = Instant.parse("2024-01-01T23:59:59.999999Z");
        try (HotSnapshot snapshot = store.snapshot(ScanControl.unlimited())) {
            assertThat(snapshot.hasRows(new TimeRange(at, at.plusNanos(1_000)))).isTrue();
            assertThat(snapshot.hasRows(new TimeRange(MONDAY.from(), at))).isFalse();
            assertThat(snapshot.hasRows(TUESDAY)).isFalse();
            assertThat(snapshot.hasRows(new TimeRange(at, at))).isFalse();
            assertThat(snapshot.hasRows(new TimeRange(
                            Instant.parse("-0010-01-01T00:00:00Z"), Instant.parse("+20000-01-01T00:00:00Z"))))
                    .isTrue();
        }
    }

    @Test
    void closing_the_snapshot_closes_its_cursors() {
        HotStore store = store(manyRows());
        HotSnapshot snapshot = store.snapshot(ScanControl.unlimited());
        RowCursor untouched = snapshot.open(scan(ALL));
        RowCursor cursor = snapshot.open(scan(ALL));
        assertThat(cursor.next()).isNotNull();
        snapshot.close();
        snapshot.close();
        cursor.close();
        assertThatThrownBy(() -> rows(untouched)).isInstanceOf(QueryCancelledException.class);
        assertThatThrownBy(() -> snapshot.open(scan(ALL))).isInstanceOf(QueryCancelledException.class);
        assertThatThrownBy(() -> snapshot.hasRows(ALL)).isInstanceOf(QueryCancelledException.class);
        try (HotSnapshot next = store.snapshot(ScanControl.unlimited())) {
            assertThat(next.count(scan(ALL))).isEqualTo(1_000);
        }
    }

    @Test
    void a_snapshot_that_is_read_can_be_closed_from_another_thread() throws Exception {
        HotStore store = store(manyRows());
        HotSnapshot snapshot = store.snapshot(ScanControl.unlimited());
        CountDownLatch reading = new CountDownLatch(1);
        CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(() -> {
            int rounds = 0;
            while (true) {
                rows(snapshot.open(scan(ALL)));
                reading.countDown();
                rounds++;
                if (rounds > 1_000_000) {
                    return rounds;
                }
            }
        });
        reading.await();
        snapshot.close();
        assertThatThrownBy(reader::join).hasCauseInstanceOf(QueryCancelledException.class);
        try (HotSnapshot next = store.snapshot(ScanControl.unlimited())) {
            assertThat(next.count(scan(ALL))).isEqualTo(1_000);
        }
    }

    @Test
    void a_cancelled_query_takes_and_uses_no_snapshot() {
        HotStore store = store(manyRows());
        ScanControl control = ScanControl.unlimited();
        try (HotSnapshot snapshot = store.snapshot(control);
                RowCursor cursor = snapshot.open(scan(ALL))) {
            assertThat(cursor.next()).isNotNull();
            control.cancel();
            assertThatThrownBy(cursor::next).isInstanceOf(QueryCancelledException.class);
            assertThatThrownBy(() -> snapshot.count(scan(ALL))).isInstanceOf(QueryCancelledException.class);
        }
        assertThatThrownBy(() -> store.snapshot(control)).isInstanceOf(QueryCancelledException.class);
    }

    @Test
    void a_table_that_the_journal_does_not_know_has_no_archive() {
        HotStore store = store(List.of());
        HotStore unknown = stores().create(journalName, ArchiveSteps.events("unknown"), List.of());
        try (HotSnapshot snapshot = unknown.snapshot(ScanControl.unlimited())) {
            assertThat(snapshot.journal().watermark()).isNull();
            assertThat(snapshot.journal().identity()).isNull();
            assertThat(snapshot.journal().versions().ceiling()).isZero();
        }
        assertThat(store.journal().orElseThrow().state().identity()).isNotNull();
    }

    @Test
    void a_snapshot_needs_the_journals_tables() {
        HotStore store = stores().create(journalName, EVENTS, List.of());
        assertThatThrownBy(() -> store.snapshot(ScanControl.unlimited())).isInstanceOf(ConfigurationException.class);
    }
}
