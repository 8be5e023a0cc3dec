package io.github.tieredquery.testkit;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.LAYOUT;
import static io.github.tieredquery.testkit.ArchiveSteps.LONG_LEASE;
import static io.github.tieredquery.testkit.ArchiveSteps.archive;
import static io.github.tieredquery.testkit.ArchiveSteps.begin;
import static io.github.tieredquery.testkit.ArchiveSteps.copy;
import static io.github.tieredquery.testkit.ArchiveSteps.day;
import static io.github.tieredquery.testkit.ArchiveSteps.event;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static io.github.tieredquery.testkit.ArchiveSteps.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt.Outcome;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.ArchiveSize;
import io.github.tieredquery.store.DeadVersion;
import io.github.tieredquery.store.EraseResult;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.PendingDelete;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.SweepAttempt;
import io.github.tieredquery.store.SweepCommit;
import io.github.tieredquery.store.WindowAttempt;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What every journal has to give below the watermark: erasures, sweeps and the clean-up of what they leave, on top of
 * what {@link JournalContract} asks for.
 */
public abstract class BelowWatermarkContract extends JournalContract {

    private static List<Long> erased(HotStore store, TimeRange range, Order order) {
        try (HotSnapshot snapshot = store.snapshot(ScanControl.unlimited())) {
            List<Row> keys = rows(snapshot.openTombstones(range, order));
            assertThat(snapshot.tombstones(range)).isEqualTo(keys.size());
            return keys.stream().map(row -> row.int64("id")).toList();
        }
    }

    @Test
    void an_erasure_deletes_hot_rows_and_marks_the_keys_below_the_watermark() {
        HotStore store = store();
        archive(store, MONDAY);
        stores().insert(store, List.of(event("2024-01-01T12:00:00.000001Z", 2, "late")));
        Eraser eraser = Eraser.of(store);
        assertThat(eraser.erase(List.of(
                        event("2024-01-02T00:00:00Z", 4, "a"),
                        event("2024-01-01T12:00:00.000001Z", 2, null),
                        event("2024-01-01T00:00:00Z", 1, null),
                        event("2024-01-02T00:00:00Z", 5, "nobody"))))
                .isEqualTo(new EraseResult(2, 2));
        assertThat(ids(store)).isEmpty();
        assertThat(state(store).epoch()).as("it rises").isEqualTo(2);
        assertThat(erased(store, ALL, Order.OLDEST_FIRST)).containsExactly(1L, 2L);
        assertThat(erased(store, ALL, Order.NEWEST_FIRST)).containsExactly(2L, 1L);
        assertThat(erased(store, new TimeRange(MONDAY.from().plusNanos(1_000), MONDAY.to()), Order.OLDEST_FIRST))
                .containsExactly(2L);
        assertThat(eraser.erase(List.of())).isEqualTo(new EraseResult(0, 0));
        assertThat(state(store).epoch()).isEqualTo(2);
    }

    @Test
    void an_erasure_above_the_watermark_is_a_plain_deletion() {
        HotStore store = store();
        assertThat(Eraser.of(store).erase(List.of(event("2024-01-01T00:00:00Z", 1, null))))
                .isEqualTo(new EraseResult(1, 0));
        assertThat(ids(store)).containsExactly(2L, 3L, 4L);
        assertThat(state(store).epoch()).isZero();
        assertThat(erased(store, ALL, Order.OLDEST_FIRST)).isEmpty();
    }

    @Test
    void many_tombstones_of_one_time_come_in_the_order_of_the_key() {
        HotStore store = store();
        archive(store, MONDAY);
        List<Row> keys = new ArrayList<>();
        for (long id = 150; id > 0; id--) {
            keys.add(event("2024-01-01T06:00:00Z", id, null));
            keys.add(event("2024-01-01T00:00:0" + id % 2 + "Z", id, null));
        }
        Eraser.of(store).erase(keys.subList(0, 120));
        Eraser.of(store).erase(keys.subList(120, keys.size()));
        List<Long> expected = keys.stream()
                .sorted(EVENTS.rowOrder(EVENTS.rowType()))
                .map(row -> row.int64("id"))
                .toList();
        assertThat(erased(store, MONDAY, Order.OLDEST_FIRST)).isEqualTo(expected);
        List<Long> reversed = new ArrayList<>(expected);
        java.util.Collections.reverse(reversed);
        assertThat(erased(store, MONDAY, Order.NEWEST_FIRST)).isEqualTo(reversed);
    }

    @Test
    void an_erasure_while_its_window_is_copied_stops_the_commit() {
        HotStore store = store();
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            Eraser.of(store).erase(List.of(event("2024-01-01T00:00:00Z", 1, null)));
            assertThat(attempt.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.ROWS_CHANGED);
        }
        archive(store, MONDAY);
        assertThat(erased(store, ALL, Order.OLDEST_FIRST)).isEmpty();
    }

    @Test
    void keys_of_every_kind_are_erased_exactly() {
        Table table = Table.builder("keyed " + JOURNALS.incrementAndGet())
                .time("at")
                .key("place", ColumnType.STRING)
                .key("day", ColumnType.DATE)
                .key("amount", ColumnType.decimal(12, 2))
                .key("seen", ColumnType.TIMESTAMP)
                .key("number", ColumnType.INT32)
                .build();
        List<Row> all = new ArrayList<>();
        for (String place : List.of("a", "A", "3:x", "\ud83d\ude00'")) {
            all.add(ContractRows.row(
                    table.rowType(),
                    MONDAY.from(),
                    place,
                    LocalDate.parse("2024-01-01"),
                    new BigDecimal("-10.50"),
                    MONDAY.from().plusNanos(1_000),
                    7));
        }
        HotStore store = stores().create(journalName, table, all);
        prepared(store);
        archive(store, MONDAY);
        stores().insert(store, all);
        List<Row> two = List.of(all.get(0), all.get(3));
        assertThat(Eraser.of(store).erase(two)).isEqualTo(new EraseResult(2, 2));
        try (HotSnapshot snapshot = store.snapshot(ScanControl.unlimited())) {
            assertThat(rows(snapshot.open(Scan.of(table, MONDAY)))).containsExactlyInAnyOrder(all.get(1), all.get(2));
            assertThat(rows(snapshot.openTombstones(MONDAY, Order.OLDEST_FIRST)))
                    .isEqualTo(two);
        }
    }

    /** Archives Monday without deleting its rows; the parts that are left. */
    private static List<PendingDelete> archiveAlone(HotStore store, long rowsPerDelete) {
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            assertThat(attempt.commit(copy(store, attempt), rowsPerDelete)).isEqualTo(Outcome.COMMITTED);
        }
        return store.journal().orElseThrow().undeleted();
    }

    @Test
    void a_window_with_more_rows_than_a_transaction_deletes_is_deleted_part_by_part() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        assertThat(journal.undeleted()).isEmpty();
        List<PendingDelete> parts = archiveAlone(store, 1);
        assertThat(ids(store)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(state(store).watermark()).isEqualTo(MONDAY.to());
        assertThat(state(store).versions().shows(1)).isTrue();
        assertThat(state(store).epoch()).isEqualTo(1);
        assertThat(parts).extracting(part -> part.digest().rows()).containsExactly(1L, 1L, 1L);
        assertThat(parts).extracting(PendingDelete::version).containsOnly(1L);
        assertThat(parts.get(0).range().from()).isEqualTo(MONDAY.from());
        assertThat(parts.get(1).range().from()).isEqualTo(parts.get(0).range().to());
        assertThat(parts.get(2).range().to()).isEqualTo(MONDAY.to());
        assertThat(journal.delete(parts.get(1))).isTrue();
        assertThat(ids(store)).containsExactly(1L, 3L, 4L);
        assertThat(journal.undeleted()).containsExactly(parts.get(0), parts.get(2));
        assertThat(state(store).epoch()).isEqualTo(2);
        assertThat(journal.delete(parts.get(1))).as("it is deleted already").isFalse();
        assertThat(journal.delete(parts.get(0))).isTrue();
        assertThat(journal.delete(parts.get(2))).isTrue();
        assertThat(ids(store)).containsExactly(4L);
        assertThat(journal.undeleted()).isEmpty();
        archive(store, TUESDAY);
        assertThat(ids(store)).isEmpty();
    }

    @Test
    void a_window_with_as_many_rows_as_a_transaction_deletes_is_deleted_at_once() {
        HotStore store = store();
        assertThat(archiveAlone(store, 3)).isEmpty();
        assertThat(ids(store)).containsExactly(4L);
    }

    @Test
    void rows_that_changed_since_the_copy_stop_a_commit_that_deletes_none() {
        HotStore store = store();
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            stores().delete(store, new TimeRange(MONDAY.from(), MONDAY.from().plusNanos(1_000)));
            assertThat(attempt.commit(copied, 1)).isEqualTo(Outcome.ROWS_CHANGED);
        }
        assertThat(store.journal().orElseThrow().undeleted()).isEmpty();
        assertThat(state(store).watermark()).isNull();
    }

    @Test
    void a_part_that_is_not_what_is_archived_any_more_is_left_to_a_sweep() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        List<PendingDelete> parts = archiveAlone(store, 1);
        stores().insert(store, List.of(event("2024-01-01T00:00:00.5Z", 9, "a")));
        Row second = event("2024-01-01T12:00:00.000001Z", 2, null);
        Eraser.of(store).erase(List.of(second));
        stores().insert(store, List.of(second));
        stores().delete(store, new TimeRange(parts.get(2).range().from(), MONDAY.to()));
        for (PendingDelete part : parts) {
            assertThat(journal.delete(part)).as("%s", part.range()).isFalse();
        }
        assertThat(journal.undeleted()).isEmpty();
        assertThat(ids(store)).as("the second one was inserted again").containsExactly(1L, 9L, 2L, 4L);
    }

    @Test
    void a_sweep_ends_the_later_deletion_of_its_window() {
        HotStore store = store();
        assertThat(archiveAlone(store, 1)).hasSize(3);
        try (SweepAttempt attempt = beginSweep(store, MONDAY)) {
            assertThat(attempt.commit(copy(store, attempt), new SweepCommit(MONDAY, 1, List.of())))
                    .isEqualTo(Outcome.COMMITTED);
        }
        assertThat(store.journal().orElseThrow().undeleted()).isEmpty();
        assertThat(ids(store)).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void late_rows_that_equal_archived_ones_are_deleted_and_the_sweep_goes_on() {
        HotStore store = store();
        archive(store, MONDAY);
        stores().insert(store, rowsOfMonday());
        Row changed = ContractRows.row(EVENTS.rowType(), MONDAY.from(), 1L, "a", "changed");
        SweepCommit unchanged = seen(store, MONDAY);
        stores().delete(store, new TimeRange(MONDAY.from(), MONDAY.from().plusNanos(1_000)));
        stores().insert(store, List.of(changed));
        try (SweepAttempt attempt = beginSweep(store, MONDAY)) {
            assertThat(attempt.deleteUnchanged(unchanged)).isEqualTo(Outcome.COMMITTED);
            assertThat(ids(store)).as("the first one has changed").containsExactly(1L, 4L);
            assertThat(state(store).versions().shows(1)).isTrue();
            assertThat(state(store).versions().shows(attempt.version())).isFalse();
            assertThat(state(store).epoch()).isEqualTo(2);
            assertThat(attempt.deleteUnchanged(unchanged)).as("they are gone").isEqualTo(Outcome.ROWS_CHANGED);
            assertThat(attempt.commit(copy(store, attempt), seen(store, MONDAY)))
                    .isEqualTo(Outcome.COMMITTED);
        }
        assertThat(ids(store)).containsExactly(4L);
    }

    @Test
    void late_rows_are_not_taken_for_archived_ones_once_anything_of_the_window_was_erased() {
        HotStore store = store();
        archive(store, MONDAY);
        stores().insert(store, rowsOfMonday());
        SweepCommit unchanged = seen(store, MONDAY);
        Row first = rowsOfMonday().get(0);
        Eraser.of(store).erase(List.of(first));
        stores().insert(store, List.of(first));
        try (SweepAttempt attempt = beginSweep(store, MONDAY)) {
            assertThat(attempt.deleteUnchanged(unchanged)).isEqualTo(Outcome.ROWS_CHANGED);
        }
        assertThat(ids(store)).containsExactly(1L, 2L, 3L, 4L);
    }

    private static SweepAttempt beginSweep(HotStore store, TimeRange window) {
        return store.journal()
                .orElseThrow()
                .beginSweep(window, "contract", LONG_LEASE)
                .orElseThrow();
    }

    /** Late rows and the epoch, of one moment. */
    private static SweepCommit seen(HotStore store, TimeRange window) {
        try (HotSnapshot snapshot = store.snapshot(ScanControl.unlimited())) {
            return new SweepCommit(
                    window, snapshot.journal().epoch(), rows(snapshot.open(Scan.of(store.table(), window))));
        }
    }

    private static long manifestRows(HotStore store, TimeRange range) {
        try (HotSnapshot snapshot = store.snapshot(ScanControl.unlimited())) {
            return snapshot.manifests(range, LAYOUT.checkedAgainst(EVENTS)).stream()
                    .mapToLong(PartitionManifest::rows)
                    .sum();
        }
    }

    @Test
    void a_sweep_takes_the_late_rows_and_the_tombstones_it_has_seen_and_replaces_the_older_version() {
        HotStore store = store();
        long first = archive(store, MONDAY);
        long tuesday = archive(store, TUESDAY);
        stores().insert(store, List.of(event("2024-01-01T12:00:00Z", 9, "a"), event("2024-01-02T12:00:00Z", 10, "a")));
        Eraser.of(store).erase(List.of(event("2024-01-01T00:00:00Z", 1, null)));
        Eraser.of(store).erase(List.of(event("2024-01-02T00:00:00Z", 4, null)));
        SweepCommit seen = seen(store, MONDAY);
        try (SweepAttempt attempt = beginSweep(store, MONDAY)) {
            assertThat(state(store).versions().shows(attempt.version())).isFalse();
            assertThat(attempt.commit(copy(store, attempt), seen)).isEqualTo(Outcome.COMMITTED);
            assertThat(state(store).versions().shows(attempt.version())).isTrue();
        }
        assertThat(ids(store)).containsExactly(10L);
        assertThat(erased(store, ALL, Order.OLDEST_FIRST))
                .as("another window's")
                .containsExactly(4L);
        assertThat(state(store).versions().excluded()).containsExactly(first);
        assertThat(state(store).versions().shows(tuesday)).isTrue();
        assertThat(state(store).watermark()).isEqualTo(TUESDAY.to());
        assertThat(state(store).epoch()).isEqualTo(5);
        assertThat(manifestRows(store, MONDAY)).isEqualTo(1);
        assertThat(manifestRows(store, TUESDAY)).isEqualTo(1);
    }

    @Test
    void an_older_snapshot_goes_on_seeing_what_a_sweep_has_replaced() {
        HotStore store = store();
        long first = archive(store, MONDAY);
        Row late = event("2024-01-01T12:00:00Z", 9, "a");
        stores().insert(store, List.of(late));
        try (HotSnapshot snapshot = store.snapshot(ScanControl.unlimited())) {
            long swept;
            try (SweepAttempt attempt = beginSweep(store, MONDAY)) {
                swept = attempt.version();
                assertThat(attempt.commit(copy(store, attempt), seen(store, MONDAY)))
                        .isEqualTo(Outcome.COMMITTED);
            }
            assertThat(snapshot.journal().versions().shows(first)).isTrue();
            assertThat(snapshot.journal().versions().shows(swept)).isFalse();
            assertThat(rows(snapshot.open(Scan.of(EVENTS, MONDAY)))).containsExactly(late);
            assertThat(snapshot.manifests(MONDAY, LAYOUT.checkedAgainst(EVENTS)))
                    .allMatch(manifest -> manifest.version() == first);
            for (HotSnapshot each : List.of(snapshot, store.snapshot(ScanControl.unlimited()))) {
                try (each) {
                    List<PartitionManifest> held = each.manifests(MONDAY, LAYOUT.checkedAgainst(EVENTS));
                    assertThat(each.archiveSize())
                            .as("what was replaced doesn't count twice")
                            .isEqualTo(new ArchiveSize(
                                    held.size(),
                                    held.stream()
                                            .mapToLong(PartitionManifest::bytes)
                                            .sum()));
                }
            }
        }
        assertThat(ids(store)).containsExactly(4L);
    }

    @Test
    void a_late_row_that_came_or_changed_since_the_copy_stays_and_the_sweep_goes_on() {
        HotStore store = store();
        archive(store, MONDAY);
        Row same = event("2024-01-01T11:00:00Z", 7, "a");
        stores().insert(store, List.of(same, event("2024-01-01T12:00:00Z", 9, "a")));
        SweepCommit seen = seen(store, MONDAY);
        Row changed = event("2024-01-01T12:00:00Z", 9, "b");
        Row another = event("2024-01-01T13:00:00Z", 8, "a");
        try (SweepAttempt attempt = beginSweep(store, MONDAY)) {
            RowDigest written = copy(store, attempt);
            stores().delete(
                            store,
                            new TimeRange(
                                    Instant.parse("2024-01-01T12:00:00Z"), Instant.parse("2024-01-01T12:30:00Z")));
            stores().insert(store, List.of(changed, another));
            assertThat(attempt.commit(written, seen)).isEqualTo(Outcome.COMMITTED);
        }
        assertThat(rows(store.open(Scan.of(EVENTS, MONDAY), ScanControl.unlimited())))
                .containsExactly(changed, another);
    }

    @Test
    void a_late_row_that_went_or_an_erasure_since_the_copy_stops_the_sweep() {
        HotStore store = store();
        archive(store, MONDAY);
        Row late = event("2024-01-01T12:00:00Z", 9, "a");
        TimeRange noon =
                new TimeRange(Instant.parse("2024-01-01T12:00:00Z"), Instant.parse("2024-01-01T12:00:00.000001Z"));
        stores().insert(store, List.of(late));
        assertSweepStopped(store, () -> stores().delete(store, noon));
        stores().insert(store, List.of(late));
        assertSweepStopped(store, () -> {
            Eraser.of(store).erase(List.of(late));
            stores().insert(store, List.of(late));
        });
        assertSweepStopped(store, () -> Eraser.of(store).erase(List.of(late)));
        assertSweepStopped(store, () -> Eraser.of(store).erase(List.of(event("2024-01-01T00:00:00Z", 1, null))));
        assertThat(ids(store)).containsExactly(4L);
    }

    private static void assertSweepStopped(HotStore store, Runnable change) {
        SweepCommit seen = seen(store, MONDAY);
        try (SweepAttempt attempt = beginSweep(store, MONDAY)) {
            RowDigest written = copy(store, attempt);
            change.run();
            List<Long> left = ids(store);
            assertThat(attempt.commit(written, seen)).isEqualTo(Outcome.ROWS_CHANGED);
            assertThat(ids(store)).isEqualTo(left);
            assertThat(state(store).versions().shows(attempt.version())).isFalse();
        }
    }

    @Test
    void a_sweep_of_a_part_leaves_the_late_rows_and_tombstones_of_the_rest() {
        HotStore store = store();
        archive(store, MONDAY);
        Row morning = event("2024-01-01T06:00:00Z", 7, "a");
        Row evening = event("2024-01-01T18:00:00Z", 8, "a");
        stores().insert(store, List.of(morning, evening));
        Eraser.of(store).erase(List.of(event("2024-01-01T00:00:00Z", 1, null)));
        Eraser.of(store).erase(List.of(event("2024-01-01T23:59:59.999999Z", 3, null)));
        TimeRange part = MONDAY.before(Instant.parse("2024-01-01T12:00:00Z"));
        try (SweepAttempt attempt = beginSweep(store, MONDAY)) {
            assertThat(attempt.commit(copy(store, attempt), seen(store, part))).isEqualTo(Outcome.COMMITTED);
        }
        assertThat(ids(store)).containsExactly(8L, 4L);
        assertThat(erased(store, ALL, Order.OLDEST_FIRST)).containsExactly(3L);
    }

    @Test
    void many_late_rows_are_swept_in_one_transaction() {
        HotStore store = store();
        archive(store, MONDAY);
        List<Row> late = new ArrayList<>();
        for (long id = 100; id < 1_400; id++) {
            late.add(event("2024-01-01T12:00:00." + (id % 10) + "Z", id, "a"));
        }
        stores().insert(store, late);
        stores().insert(store, List.of(event("2024-01-01T12:00:00.5Z", 7, "not seen")));
        SweepCommit seen = new SweepCommit(MONDAY, state(store).epoch(), late);
        try (SweepAttempt attempt = beginSweep(store, MONDAY)) {
            assertThat(attempt.commit(copy(store, attempt), seen)).isEqualTo(Outcome.COMMITTED);
        }
        assertThat(ids(store)).containsExactly(7L, 4L);
    }

    @Test
    void a_sweep_reaches_as_far_as_the_versions_that_it_replaces() {
        HotStore store = store();
        TimeRange both = new TimeRange(MONDAY.from(), TUESDAY.to());
        long first = archive(store, both);
        long empty = archive(store, day("2024-01-03"));
        try (SweepAttempt attempt = beginSweep(store, MONDAY)) {
            assertThat(attempt.window()).isEqualTo(both);
            assertThat(attempt.commit(copy(store, attempt), seen(store, both))).isEqualTo(Outcome.COMMITTED);
        }
        assertThat(state(store).versions().excluded()).containsExactly(first);
        try (SweepAttempt attempt = beginSweep(store, day("2024-01-03"))) {
            assertThat(attempt.window()).isEqualTo(day("2024-01-03"));
        }
        assertThat(state(store).versions().shows(empty)).isTrue();
    }

    @Test
    void the_age_of_a_window_counts_from_its_newest_version() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        assertThat(journal.timeSinceLastCommit(MONDAY)).isEmpty();
        archive(store, MONDAY);
        archive(store, TUESDAY);
        archive(store, day("2024-01-03"));
        assertThat(journal.timeSinceLastCommit(MONDAY).orElseThrow()).isBetween(Duration.ZERO, Duration.ofMinutes(2));
        assertThat(journal.timeSinceLastCommit(day("2024-01-03")))
                .as("it has no rows")
                .isEmpty();
        assertThat(journal.timeSinceLastCommit(day("2023-12-31"))).isEmpty();
    }

    @Test
    void only_what_is_archived_is_swept_and_by_whoever_holds_the_lease() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        assertThatThrownBy(() -> journal.beginSweep(MONDAY, "contract", LONG_LEASE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("table 'events': the window " + MONDAY
                        + " isn't below the watermark null; sweep what is archived");
        archive(store, MONDAY);
        assertThatThrownBy(() -> journal.beginSweep(TUESDAY, "contract", LONG_LEASE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("table 'events': the window " + TUESDAY
                        + " isn't below the watermark 2024-01-02T00:00:00Z; sweep what is archived");
        try (SweepAttempt sweep = beginSweep(store, MONDAY)) {
            assertThat(journal.beginWindow(TUESDAY, "other", LONG_LEASE)).isEmpty();
            assertThat(journal.beginSweep(MONDAY, "other", LONG_LEASE)).isEmpty();
            assertThat(sweep.window()).isEqualTo(MONDAY);
        }
    }

    @Test
    void a_sweep_whose_lease_was_taken_changes_nothing() {
        HotStore store = store();
        archive(store, MONDAY);
        stores().insert(store, List.of(event("2024-01-01T12:00:00Z", 9, "a")));
        ArchiveJournal journal = store.journal().orElseThrow();
        SweepAttempt slow = journal.beginSweep(MONDAY, "slow", Duration.ZERO).orElseThrow();
        SweepCommit seen = seen(store, MONDAY);
        RowDigest late = copy(store, slow);
        SweepAttempt quick = beginSweep(store, MONDAY);
        assertThat(slow.commit(late, seen)).isEqualTo(Outcome.LEASE_LOST);
        assertThat(ids(store)).containsExactly(9L, 4L);
        copy(store, quick);
        assertThat(quick.commit(late, seen)).isEqualTo(Outcome.COMMITTED);
        assertThat(slow.commit(late, seen)).isEqualTo(Outcome.LEASE_LOST);
        assertThat(ids(store)).containsExactly(4L);
    }

    @Test
    void dead_versions_are_found_when_they_were_excluded_for_long_enough_and_are_forgotten_for_good() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        long first = archive(store, MONDAY);
        long failed;
        try (WindowAttempt attempt = begin(store, TUESDAY, LONG_LEASE)) {
            failed = attempt.version();
            copy(store, attempt);
            assertThat(journal.listDeadVersions(Duration.ZERO))
                    .as("it may still write")
                    .isEmpty();
        }
        long swept;
        try (SweepAttempt attempt = beginSweep(store, MONDAY)) {
            swept = attempt.version();
            assertThat(attempt.commit(copy(store, attempt), seen(store, MONDAY)))
                    .isEqualTo(Outcome.COMMITTED);
        }
        assertThat(journal.listDeadVersions(Duration.ofHours(1))).isEmpty();
        List<DeadVersion> dead = journal.listDeadVersions(Duration.ZERO);
        assertThat(dead).containsExactly(new DeadVersion(first, MONDAY), new DeadVersion(failed, TUESDAY));
        assertThat(state(store).versions().excluded()).containsExactly(first, failed);
        journal.forgetVersions(dead);
        journal.forgetVersions(dead);
        assertThat(journal.listDeadVersions(Duration.ZERO)).isEmpty();
        assertThat(state(store).versions().excluded()).isEmpty();
        assertThat(manifestRows(store, ALL)).isZero();
        assertThat(archive(store, TUESDAY)).isGreaterThan(swept);
    }

    @Test
    void a_version_that_counts_or_is_being_written_is_not_forgotten() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        long first = archive(store, MONDAY);
        try (WindowAttempt attempt = begin(store, TUESDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            journal.forgetVersions(
                    List.of(new DeadVersion(first, MONDAY), new DeadVersion(attempt.version(), TUESDAY)));
            assertThat(state(store).versions().excluded()).containsExactly(attempt.version());
            assertThat(attempt.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.COMMITTED);
        }
        assertThat(manifestRows(store, ALL)).isEqualTo(4);
    }

    @Test
    void an_attempt_that_comes_back_after_it_was_forgotten_leaves_nothing_that_counts() {
        HotStore store = store();
        ArchiveJournal journal = store.journal().orElseThrow();
        WindowAttempt slow = begin(store, MONDAY, Duration.ZERO);
        WindowAttempt quick = begin(store, MONDAY, LONG_LEASE);
        List<DeadVersion> dead = journal.listDeadVersions(Duration.ZERO);
        assertThat(dead).containsExactly(new DeadVersion(slow.version(), MONDAY));
        journal.forgetVersions(dead);
        assertThatThrownBy(() -> copy(store, slow)).isInstanceOf(SourceUnavailableException.class);
        assertThat(slow.commit(RowDigest.EMPTY, Long.MAX_VALUE)).isEqualTo(Outcome.LEASE_LOST);
        assertThat(quick.commit(copy(store, quick), Long.MAX_VALUE)).isEqualTo(Outcome.COMMITTED);
        assertThat(manifestRows(store, ALL)).isEqualTo(3);
    }
}
