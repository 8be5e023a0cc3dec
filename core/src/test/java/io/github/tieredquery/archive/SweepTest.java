package io.github.tieredquery.archive;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.tieredquery.archive.ArchiveReport.Stop;
import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.StepHook;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is late or erased below the watermark, before and after it is swept. */
class SweepTest {

    private static final Row FIRST = flight("2024-03-01T06:00:00Z", 1, "SFO", 1);
    private static final Row SECOND = flight("2024-03-01T12:00:00Z", 2, "BER", 2);
    private static final Row THIRD = flight("2024-03-01T18:00:00Z", 3, "SFO", 3);
    private static final Row OTHER_DAY = flight("2024-03-02T12:00:00Z", 4, "SFO", 4);
    private static final TimeRange DAY =
            new TimeRange(Instant.parse("2024-03-01T00:00:00Z"), Instant.parse("2024-03-02T00:00:00Z"));

    private final ArchiveFixture fixture = new ArchiveFixture(
            "2024-03-06T08:00:00Z", HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"));

    private void archiveAll() {
        fixture.hot.put(FIRST, SECOND, THIRD, OTHER_DAY);
        fixture.archiver().build().run();
        assertThat(fixture.hot.rows()).isEmpty();
    }

    private long tombstones() {
        try (HotSnapshot snapshot = fixture.hot.snapshot(ScanControl.unlimited())) {
            return snapshot.tombstones(DAY);
        }
    }

    @Test
    void a_sweep_writes_the_window_anew_with_late_rows_and_changed_partitions_and_without_erased_rows() {
        archiveAll();
        Row moved = flight("2024-03-01T06:00:00Z", 1, "JFK", 9);
        Row late = flight("2024-03-01T07:00:00Z", 7, "BER", 7);
        fixture.hot.put(moved, late);
        Eraser.of(fixture.hot).erase(List.of(THIRD));
        ArchiveReport report = fixture.archiver().build().run();
        assertThat(report.stop()).isEqualTo(Stop.NOTHING_LEFT);
        assertThat(report.windows()).isEmpty();
        assertThat(report.sweeps()).hasSize(1);
        assertThat(report.sweeps().get(0).range()).isEqualTo(DAY);
        assertThat(report.sweeps().get(0).rows()).isEqualTo(3);
        assertThat(report.rows()).as("nothing but the swept rows was moved").isZero();
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(tombstones()).isZero();
        assertThat(fixture.read()).containsExactly(moved, late, SECOND, OTHER_DAY);
        assertThat(fixture.archiver().build().run().sweeps()).isEmpty();
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void a_window_is_not_swept_again_before_its_time() {
        archiveAll();
        fixture.hot.put(flight("2024-03-01T07:00:00Z", 7, "BER", 7));
        ArchiverBuilder hourly = fixture.archiver().sweepEvery(Duration.ofHours(1));
        ArchiveReport early = hourly.build().run();
        assertThat(early.stop()).isEqualTo(Stop.NOTHING_LEFT);
        assertThat(early.sweeps()).isEmpty();
        assertThat(early.unswept()).containsExactly(DAY);
        fixture.clock.advance(Duration.ofHours(1));
        assertThat(hourly.build().run().sweeps()).hasSize(1);
        fixture.hot.put(flight("2024-03-01T08:00:00Z", 8, "BER", 8), flight("2024-02-20T08:00:00Z", 9, "BER", 9));
        assertThat(hourly.build().run().sweeps())
                .as("there was nothing of that day before")
                .extracting(sweep -> sweep.range().from())
                .containsExactly(Instant.parse("2024-02-20T00:00:00Z"));
        assertThat(fixture.read()).hasSize(7);
    }

    @Test
    void a_row_that_is_inserted_again_after_its_erasure_counts_before_and_after_the_sweep() {
        archiveAll();
        Eraser.of(fixture.hot).erase(List.of(FIRST));
        Row again = flight("2024-03-01T06:00:00Z", 1, "SFO", 5);
        fixture.hot.put(again);
        assertThat(fixture.read()).containsExactly(again, SECOND, THIRD, OTHER_DAY);
        fixture.archiver().build().run();
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(fixture.read()).containsExactly(again, SECOND, THIRD, OTHER_DAY);
    }

    @Test
    void late_rows_of_a_window_that_was_never_archived_make_its_first_version() {
        archiveAll();
        Row early = flight("2024-02-11T12:00:00Z", 8, "SFO", 8);
        Row between = flight("2024-03-03T12:00:00Z", 9, "BER", 9);
        fixture.hot.put(early, between);
        ArchiveReport report = fixture.archiver().build().run();
        assertThat(report.sweeps()).extracting(ArchiveReport.Sweep::rows).containsExactly(1L, 1L);
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(fixture.read()).containsExactly(early, FIRST, SECOND, THIRD, OTHER_DAY, between);
    }

    @Test
    void a_window_from_which_everything_was_erased_is_swept_to_nothing() {
        archiveAll();
        Eraser.of(fixture.hot).erase(List.of(FIRST, SECOND, THIRD));
        ArchiveReport report = fixture.archiver().build().run();
        assertThat(report.sweeps()).extracting(ArchiveReport.Sweep::rows).containsExactly(0L);
        assertThat(tombstones()).isZero();
        assertThat(fixture.read()).containsExactly(OTHER_DAY);
    }

    @Test
    void what_is_erased_while_a_sweep_writes_stays_erased() {
        archiveAll();
        Eraser.of(fixture.hot).erase(List.of(FIRST));
        fixture.archiver(StepHook.doingAt(
                        "cold.listVisibleFiles", 1, () -> Eraser.of(fixture.hot).erase(List.of(SECOND))))
                .build()
                .run();
        assertThat(tombstones()).isZero();
        assertThat(fixture.read()).containsExactly(THIRD, OTHER_DAY);
    }

    @Test
    void a_row_that_is_erased_and_inserted_again_as_it_was_while_a_sweep_writes_is_not_lost() {
        archiveAll();
        Row late = flight("2024-03-01T06:00:00Z", 1, "SFO", 8);
        fixture.hot.put(late);
        fixture.archiver(StepHook.doingAt("journal.commitSweep", 1, () -> {
                    Eraser.of(fixture.hot).erase(List.of(late));
                    fixture.hot.put(late);
                }))
                .build()
                .run();
        assertThat(fixture.read()).containsExactly(late, SECOND, THIRD, OTHER_DAY);
    }

    @Test
    void rows_that_come_into_a_stretch_without_rows_are_archived_by_windows_that_can_be_swept() {
        archiveAll();
        fixture.clock.set(Instant.parse("2024-03-20T08:00:00Z"));
        Row tenth = flight("2024-03-10T12:00:00Z", 10, "SFO", 1);
        Row twelfth = flight("2024-03-12T12:00:00Z", 12, "SFO", 1);
        fixture.archiver(StepHook.doingAt("journal.begun", 1, () -> fixture.hot.put(tenth, twelfth)))
                .build()
                .run();
        assertThat(fixture.hot.rows()).isEmpty();
        Eraser.of(fixture.hot).erase(List.of(tenth));
        assertThat(fixture.archiver().build().run().sweeps()).hasSize(1);
        assertThat(fixture.read()).containsExactly(FIRST, SECOND, THIRD, OTHER_DAY, twelfth);
    }

    @Test
    void a_late_row_that_changes_while_a_sweep_writes_stays_and_wins_over_its_copy() {
        archiveAll();
        Row same = flight("2024-03-01T07:00:00Z", 7, "SFO", 7);
        fixture.hot.put(flight("2024-03-01T06:00:00Z", 1, "SFO", 8), same);
        Row last = flight("2024-03-01T06:00:00Z", 1, "SFO", 9);
        Row another = flight("2024-03-01T08:00:00Z", 8, "SFO", 8);
        ArchiveReport report = fixture.archiver(
                        StepHook.doingAt("journal.commitSweep", 1, () -> fixture.hot.put(last, another)))
                .build()
                .run();
        assertThat(report.sweeps()).extracting(ArchiveReport.Sweep::attempts).containsExactly(1);
        assertThat(report.unswept()).containsExactly(DAY);
        assertThat(fixture.hot.rows()).containsExactly(last, another);
        assertThat(fixture.read()).containsExactly(last, same, another, SECOND, THIRD, OTHER_DAY);
        assertThat(fixture.archiver().build().run().unswept()).isEmpty();
        assertThat(fixture.read()).containsExactly(last, same, another, SECOND, THIRD, OTHER_DAY);
    }

    @Test
    void a_window_that_is_erased_from_during_each_attempt_is_left_and_the_next_one_is_swept() {
        archiveAll();
        Row late = flight("2024-03-02T13:00:00Z", 5, "SFO", 5);
        fixture.hot.put(flight("2024-03-01T07:00:00Z", 7, "SFO", 7), late);
        AtomicInteger commits = new AtomicInteger();
        ArchiveReport report = fixture.archiver(step -> {
                    if (step.equals("journal.commitSweep") && commits.incrementAndGet() <= 3) {
                        Eraser.of(fixture.hot).erase(List.of(FIRST));
                    }
                })
                .build()
                .run();
        assertThat(report.stop()).isEqualTo(Stop.ROWS_KEPT_CHANGING);
        assertThat(report.unswept()).containsExactly(DAY);
        assertThat(report.sweeps()).extracting(ArchiveReport.Sweep::lateRows).containsExactly(1L);
        assertThat(fixture.read()).hasSize(5).doesNotContain(FIRST).contains(late);
    }

    @Test
    void partitions_without_late_or_erased_rows_are_copied_by_the_store_and_not_read() {
        archiveAll();
        fixture.hot.put(flight("2024-03-01T18:00:00Z", 3, "BER", 4));
        fixture.steps.clear();
        fixture.archiver().build().run();
        assertThat(fixture.steps)
                .as("the replaced row's partition is touched too")
                .doesNotContain("cold.copy");
        Row late = flight("2024-03-01T07:00:00Z", 7, "BER", 7);
        fixture.hot.put(late);
        fixture.steps.clear();
        ArchiveReport report = fixture.archiver().build().run();
        assertThat(fixture.steps).containsOnlyOnce("cold.copy");
        assertThat(report.sweeps()).extracting(ArchiveReport.Sweep::files).containsExactly(2);
        assertThat(fixture.read())
                .containsExactly(FIRST, late, SECOND, flight("2024-03-01T18:00:00Z", 3, "BER", 4), OTHER_DAY);
    }

    @Test
    void more_late_rows_than_are_held_in_memory_are_swept_in_parts() {
        archiveAll();
        Row[] late = IntStream.range(0, 10)
                .mapToObj(i -> flight("2024-03-01T07:00:0" + i / 2 + "Z", 10 + i, "BER", i))
                .toArray(Row[]::new);
        fixture.hot.put(late);
        Eraser.of(fixture.hot).erase(List.of(FIRST, SECOND));
        ArchiveReport report = fixture.archiver().rowsPerSweep(4).build().run();
        assertThat(report.sweeps())
                .extracting(ArchiveReport.Sweep::lateRows, ArchiveReport.Sweep::erasedKeys)
                .containsExactly(tuple(2L, 1L), tuple(4L, 0L), tuple(4L, 0L), tuple(0L, 1L));
        assertThat(report.unswept()).isEmpty();
        assertThat(fixture.read()).startsWith(late).endsWith(THIRD, OTHER_DAY).hasSize(12);
    }

    @Test
    void more_late_rows_of_one_instant_than_are_held_in_memory_are_swept_in_parts() {
        archiveAll();
        Eraser.of(fixture.hot).erase(List.of(FIRST));
        Row[] late = IntStream.rangeClosed(1, 10)
                .mapToObj(i -> flight("2024-03-01T06:00:00Z", i, "BER", 10 * i))
                .toArray(Row[]::new);
        fixture.hot.put(late);
        ArchiveReport report = fixture.archiver().rowsPerSweep(4).build().run();
        assertThat(report.sweeps())
                .extracting(ArchiveReport.Sweep::lateRows, ArchiveReport.Sweep::erasedKeys)
                .containsExactly(tuple(3L, 1L), tuple(4L, 0L), tuple(3L, 0L));
        assertThat(report.unswept()).isEmpty();
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(tombstones()).isZero();
        assertThat(fixture.read())
                .startsWith(late)
                .endsWith(SECOND, THIRD, OTHER_DAY)
                .hasSize(13);
    }

    @Test
    void late_rows_at_the_end_of_a_window_are_swept_in_parts_too() {
        archiveAll();
        Row[] late = IntStream.rangeClosed(11, 15)
                .mapToObj(i -> flight("2024-03-01T23:59:59.999999Z", i, "BER", i))
                .toArray(Row[]::new);
        fixture.hot.put(late);
        ArchiveReport report = fixture.archiver().rowsPerSweep(2).build().run();
        assertThat(report.sweeps()).extracting(ArchiveReport.Sweep::lateRows).containsExactly(2L, 2L, 1L);
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(fixture.read()).hasSize(9).contains(late);
    }

    @Test
    void erased_keys_of_one_instant_are_swept_before_its_late_rows() {
        Row[] archived = IntStream.rangeClosed(1, 3)
                .mapToObj(i -> flight("2024-03-01T06:00:00Z", i, "BER", i))
                .toArray(Row[]::new);
        fixture.hot.put(archived);
        fixture.archiver().build().run();
        Eraser.of(fixture.hot).erase(List.of(archived));
        Row again = flight("2024-03-01T06:00:00Z", 1, "SFO", 7);
        fixture.hot.put(again);
        ArchiveReport report = fixture.archiver().rowsPerSweep(2).build().run();
        assertThat(report.sweeps())
                .extracting(ArchiveReport.Sweep::lateRows, ArchiveReport.Sweep::erasedKeys)
                .containsExactly(tuple(0L, 3L), tuple(1L, 0L));
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(tombstones()).isZero();
        assertThat(fixture.read()).containsExactly(again);
    }

    @Test
    void a_late_row_that_the_cold_format_cannot_hold_keeps_its_window_and_no_other_from_being_swept() {
        archiveAll();
        Row bad = flight("2024-03-01T07:00:00Z", 7, "SFO", 7);
        fixture.hot.put(bad, flight("2024-03-02T13:00:00Z", 5, "SFO", 5));
        MemoryColdStore refusing = fixture.cold.refusing(row -> row.equals(bad));
        assertThatThrownBy(
                        () -> fixture.archiver(StepHook.NONE, refusing).build().run())
                .isInstanceOf(ArchiveRefusedException.class)
                .hasMessage("cold:flights can't hold the row " + bad);
        assertThat(fixture.hot.rows()).containsExactly(bad);
        assertThat(fixture.read()).hasSize(6);
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void a_window_whose_archived_rows_cannot_be_read_keeps_no_other_from_being_swept() {
        archiveAll();
        Row late = flight("2024-03-01T07:00:00Z", 7, "BER", 7);
        fixture.hot.put(late, flight("2024-03-02T13:00:00Z", 5, "SFO", 5));
        fixture.cold.forget("year=2024/month=03/day=01/origin=BER/tq_version=0000000001");
        assertThatThrownBy(() -> fixture.archiver().build().run())
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessageStartingWith(
                        "sweeping table 'flights', window " + DAY + ": cold:flights shows 0 archived rows");
        assertThat(fixture.hot.rows()).containsExactly(late);
        assertThat(fixture.steps).contains("journal.listDeadVersions");
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void a_store_that_fails_for_one_window_after_the_other_ends_the_sweeps() {
        for (int day = 1; day <= 9; day++) {
            fixture.hot.put(flight("2024-02-0" + day + "T06:00:00Z", day, "SFO", 1));
        }
        fixture.archiver().build().run();
        for (int day = 1; day <= 9; day++) {
            fixture.hot.put(flight("2024-02-0" + day + "T06:00:00Z", day, "SFO", 2));
        }
        SourceUnavailableException outage = new SourceUnavailableException("no answer");
        AtomicInteger failed = new AtomicInteger();
        assertThatThrownBy(() -> fixture.archiver(step -> {
                            if (step.equals("cold.open")) {
                                failed.incrementAndGet();
                                throw outage;
                            }
                        })
                        .build()
                        .run())
                .isSameAs(outage);
        assertThat(failed).hasValue(SweepRun.MOST_FAILURES);
    }

    @Test
    void a_window_that_is_refused_is_told_of_also_if_the_budget_passes_while_others_are_swept() {
        archiveAll();
        Row bad = flight("2024-03-05T07:00:00Z", 8, "SFO", 8);
        fixture.hot.put(bad, flight("2024-03-01T07:00:00Z", 7, "SFO", 7));
        fixture.clock.advance(Duration.ofDays(3));
        refusedThoughTheBudgetPasses(bad);
    }

    @Test
    void a_late_row_that_is_refused_is_told_of_also_if_the_budget_passes_while_others_are_swept() {
        archiveAll();
        Row bad = flight("2024-03-01T07:00:00Z", 7, "SFO", 7);
        fixture.hot.put(bad, flight("2024-03-02T13:00:00Z", 5, "SFO", 5));
        refusedThoughTheBudgetPasses(bad);
    }

    private void refusedThoughTheBudgetPasses(Row bad) {
        Duration budget = Duration.ofSeconds(10);
        AtomicLong nanos = new AtomicLong();
        Archiver archiver = fixture.archiver(
                        StepHook.doingAt("cold.listVisibleFiles", 1, () -> nanos.set(budget.toNanos())),
                        fixture.cold.refusing(row -> row.equals(bad)))
                .build();
        assertThatThrownBy(() -> archiver.run(ScanControl.within(budget, nanos::get), budget))
                .isInstanceOf(ArchiveRefusedException.class)
                .hasMessage("cold:flights can't hold the row " + bad);
        assertThat(nanos.get()).isEqualTo(budget.toNanos());
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void a_sweep_that_would_not_fit_into_the_budget_is_left_for_the_next_run() {
        archiveAll();
        fixture.hot.put(flight("2024-03-01T07:00:00Z", 7, "SFO", 7), flight("2024-03-02T13:00:00Z", 5, "SFO", 5));
        AtomicLong nanos = new AtomicLong();
        ArchiveReport report = fixture.archiver(
                        step -> nanos.addAndGet(step.equals("cold.listVisibleFiles") ? 6_000_000_000L : 0))
                .build()
                .run(ScanControl.within(Duration.ofSeconds(10), nanos::get), Duration.ofSeconds(10));
        assertThat(report.stop()).isEqualTo(Stop.BUDGET);
        assertThat(report.sweeps()).hasSize(1);
        assertThat(report.unswept()).containsExactly(new TimeRange(DAY.to(), Instant.parse("2024-03-03T00:00:00Z")));
    }

    @Test
    void a_sweep_that_cannot_see_all_archived_rows_changes_nothing() {
        archiveAll();
        fixture.hot.put(flight("2024-03-01T07:00:00Z", 7, "BER", 7));
        String partition = fixture.cold.registered().stream()
                .filter(path -> path.contains("day=01") && path.contains("origin=BER"))
                .findFirst()
                .orElseThrow();
        fixture.cold.forget(partition);
        List<Row> before = fixture.hot.rows();
        assertThatThrownBy(() -> fixture.archiver().build().run())
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessageMatching(
                        "sweeping table 'flights', window \\[2024-03-01T00:00:00Z, 2024-03-02T00:00:00Z\\): "
                                + "cold:flights shows 0 archived rows with the fingerprint [0-9a-f]{32}, but by their manifests"
                                + " there are 1 with [0-9a-f]{32}\\. Nothing was changed\\."
                                + " Look at the table's partitions and their files");
        assertThat(fixture.hot.rows()).isEqualTo(before);
        assertThat(fixture.leftOpen()).isZero();
    }
}
