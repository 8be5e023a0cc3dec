package io.github.tieredquery.archive;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.store.CleanUpResult;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.StepHook;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Archiving into layouts without versions. */
class UnversionedTest {

    private static final HivePartitionLayout LAYOUT =
            HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin").withoutVersion();
    private static final String DAY = "mem://year=2024/month=03/day=01/";

    private final ArchiveFixture fixture = new ArchiveFixture("2024-03-05T12:00:00Z", LAYOUT);

    @Test
    void rows_lie_in_plain_partitions_and_are_read_once() {
        List<Row> rows = List.of(
                flight("2024-03-01T06:00:00Z", 1, "SFO", 1),
                flight("2024-03-01T07:00:00Z", 2, "BER", 2),
                flight("2024-03-02T06:00:00Z", 3, "SFO", 3),
                flight("2024-03-05T06:00:00Z", 4, "SFO", 4));
        fixture.hot.put(rows.toArray(Row[]::new));
        ArchiveReport report = fixture.archiver().build().run();
        assertThat(report.rows()).isEqualTo(3);
        assertThat(report.stop()).isEqualTo(ArchiveReport.Stop.NOTHING_LEFT);
        assertThat(fixture.cold.files())
                .containsExactly(
                        DAY + "origin=BER/part-1",
                        DAY + "origin=SFO/part-1",
                        "mem://year=2024/month=03/day=02/origin=SFO/part-1");
        assertThat(fixture.read()).isEqualTo(rows);
        assertThat(fixture.hot.rows()).containsExactly(rows.get(3));
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void what_a_dead_attempt_has_left_goes_before_the_next_one_writes_whatever_became_of_its_rows() {
        fixture.hot.put(
                flight("2024-03-01T06:00:00Z", 1, "SFO", 1),
                flight("2024-03-01T07:00:00Z", 2, "BER", 2),
                flight("2024-03-01T08:00:00Z", 3, "JFK", 3));
        fails("journal.commit");
        assertThat(fixture.cold.files()).hasSize(3);
        Row gone = flight("2024-03-01T07:00:00Z", 2, "BER", 2);
        Row changed = flight("2024-03-01T06:00:00Z", 1, "LHR", 9);
        fixture.hot.delete(gone);
        fixture.hot.put(changed);
        ArchiveReport report = fixture.archiver().build().run();
        assertThat(report.removed()).extracting(CleanUpResult::files).isEqualTo(3L);
        assertThat(fixture.cold.files()).containsExactly(DAY + "origin=JFK/part-1", DAY + "origin=LHR/part-1");
        assertThat(fixture.read()).containsExactly(changed, flight("2024-03-01T08:00:00Z", 3, "JFK", 3));
        assertThat(excluded()).isEmpty();
    }

    @Test
    void leftovers_of_rows_that_are_all_gone_go_before_the_watermark_passes_them() {
        Row first = flight("2024-03-01T06:00:00Z", 1, "SFO", 1);
        Row second = flight("2024-03-02T06:00:00Z", 2, "SFO", 2);
        fixture.hot.put(first, second);
        fails("journal.commit");
        fixture.hot.delete(first);
        assertThat(fixture.cold.files()).containsExactly(DAY + "origin=SFO/part-1");
        fixture.archiver().build().run();
        assertThat(fixture.read()).containsExactly(second);
        assertThat(fixture.cold.files()).containsExactly("mem://year=2024/month=03/day=02/origin=SFO/part-1");

        Row third = flight("2024-03-03T06:00:00Z", 3, "SFO", 3);
        fixture.clock.advance(Duration.ofDays(2));
        fixture.hot.put(third);
        fails("journal.commit");
        fixture.hot.delete(third);
        fixture.archiver().build().run();
        assertThat(fixture.read()).containsExactly(second);
        assertThat(fixture.cold.files()).hasSize(1);
        assertThat(excluded()).isEmpty();
    }

    @Test
    void late_rows_and_erasures_win_for_good_and_nothing_is_swept() {
        Row erased = flight("2024-03-01T06:00:00Z", 1, "SFO", 1);
        fixture.hot.put(erased, flight("2024-03-01T07:00:00Z", 2, "SFO", 2));
        fixture.archiver().build().run();
        Row late = flight("2024-03-01T07:00:00Z", 2, "SFO", 7);
        fixture.hot.put(late);
        Eraser.of(fixture.hot).erase(List.of(erased));
        List<String> files = fixture.cold.files();
        for (int run = 0; run < 2; run++) {
            ArchiveReport report = fixture.archiver().build().run();
            assertThat(report.sweeps()).isEmpty();
            assertThat(report.unswept()).isEmpty();
            assertThat(report.stop()).isEqualTo(ArchiveReport.Stop.NOTHING_LEFT);
            assertThat(fixture.read()).containsExactly(late);
            assertThat(fixture.cold.files()).isEqualTo(files);
            fixture.clock.advance(Duration.ofDays(2));
        }
    }

    @Test
    void a_suspended_attempt_goes_on_with_its_own_files() {
        for (int id = 0; id < 6; id++) {
            fixture.hot.put(flight("2024-03-01T06:00:0" + id + "Z", id, "SFO", id));
        }
        long[] nanos = {0};
        ArchiverBuilder builder = fixture.archiver().rowsPerFile(2);
        ArchiveReport first = BudgetedRun.run(
                builder.listener(progress -> nanos[0] = progress.files() == 2 ? 55_000_000_000L : 0)
                        .build(),
                Duration.ofMinutes(1),
                () -> nanos[0]);
        assertThat(first.suspended()).isNotNull();
        ArchiveReport second = builder.listener(progress -> {}).build().run();
        assertThat(second.windows()).singleElement().satisfies(window -> {
            assertThat(window.filesTakenOver()).isEqualTo(2);
            assertThat(window.files()).isEqualTo(3);
        });
        assertThat(second.removed()).isEqualTo(CleanUpResult.NOTHING);
        assertThat(fixture.read()).hasSize(6);
        assertThat(fixture.cold.files())
                .containsExactly(DAY + "origin=SFO/part-1", DAY + "origin=SFO/part-2", DAY + "origin=SFO/part-3");
    }

    @Test
    void a_dead_attempts_files_are_not_taken_over() {
        for (int id = 0; id < 6; id++) {
            fixture.hot.put(flight("2024-03-01T06:00:0" + id + "Z", id, "SFO", id));
        }
        assertThatThrownBy(() -> fixture.archiver(
                                StepHook.failingAt("cold.finish", 3, new SourceUnavailableException("gone")))
                        .rowsPerFile(2)
                        .build()
                        .run())
                .hasMessage("gone");
        ArchiveReport report = fixture.archiver().rowsPerFile(2).build().run();
        assertThat(report.windows())
                .singleElement()
                .satisfies(window -> assertThat(window.filesTakenOver()).isZero());
        assertThat(report.removed().files()).isEqualTo(2);
        assertThat(fixture.read()).hasSize(6);
    }

    @Test
    void somebody_elses_files_are_refused_each_time_and_never_deleted() {
        write("2024-03-01T09:00:00Z", 1);
        fixture.hot.put(flight("2024-03-01T06:00:00Z", 1, "SFO", 1));
        for (int run = 0; run < 2; run++) {
            assertThatThrownBy(() -> fixture.archiver().build().run())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("cold:flights: " + DAY + "origin=XXX/part-1 is somebody else's");
            assertThat(fixture.cold.files()).containsExactly(DAY + "origin=XXX/part-1");
            assertThat(excluded()).isEmpty();
        }
    }

    @Test
    void before_the_first_window_the_whole_archive_has_to_be_empty() {
        write("2023-05-01T09:00:00Z", 1);
        fixture.hot.put(flight("2024-03-01T06:00:00Z", 1, "SFO", 1));
        assertThatThrownBy(() -> fixture.archiver().build().run())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("cold:flights: mem://year=2023/month=05/day=01/origin=XXX/part-1 is somebody else's");
    }

    @Test
    void somebody_elses_files_do_not_pass_for_leftovers_of_an_attempt_that_they_have_stopped() {
        fixture.hot.put(flight("2024-03-01T06:00:00Z", 1, "SFO", 1), flight("2024-03-02T06:00:00Z", 2, "SFO", 2));
        fixture.archiver(StepHook.NONE).build().run();
        fixture.clock.advance(Duration.ofDays(2));
        // An attempt at another window has left something, so that its list isn't empty.
        fixture.hot.put(flight("2024-03-03T06:00:00Z", 3, "SFO", 3));
        fails("cold.listVisibleFiles");
        fixture.hot.delete(flight("2024-03-03T06:00:00Z", 3, "SFO", 3));
        fixture.hot.put(flight("2024-03-04T06:00:00Z", 4, "SFO", 4));
        write("2024-03-04T09:00:00Z", 1);
        for (int run = 0; run < 2; run++) {
            assertThatThrownBy(() -> fixture.archiver().build().run())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("cold:flights: mem://year=2024/month=03/day=04/origin=XXX/part-1 is somebody else's");
            assertThat(excluded()).hasSizeLessThanOrEqualTo(1);
            assertThat(fixture.cold.files()).contains("mem://year=2024/month=03/day=04/origin=XXX/part-1");
        }
    }

    @Test
    void windows_that_share_a_partition_where_clocks_go_back_over_midnight_keep_each_others_files() {
        ArchiveFixture stJohns = new ArchiveFixture(
                "2010-11-12T12:00:00Z",
                HivePartitionLayout.daily(ZoneId.of("America/St_Johns")).withoutVersion());
        // 23:30 comes twice: at 02:00Z, in the window of the 6th, and at 03:00Z, in that of the 7th.
        stJohns.hot.put(
                flight("2010-11-07T02:00:00Z", 1, "SFO", 1),
                flight("2010-11-07T03:00:00Z", 2, "SFO", 2),
                flight("2010-11-07T12:00:00Z", 3, "SFO", 3));
        List<Row> rows = stJohns.read();
        assertThatThrownBy(() -> stJohns.archiver(
                                StepHook.failingAt("journal.commit", 2, new SourceUnavailableException("gone")))
                        .build()
                        .run())
                .hasMessage("gone");
        ArchiveReport report = stJohns.archiver().build().run();
        assertThat(report.removed().files()).isEqualTo(2);
        assertThat(stJohns.cold.files())
                .containsExactly(
                        "mem://year=2010/month=11/day=06/part-1",
                        "mem://year=2010/month=11/day=06/part-2",
                        "mem://year=2010/month=11/day=07/part-1");
        assertThat(stJohns.read()).isEqualTo(rows);
    }

    @Test
    void attempts_that_fail_again_and_again_do_not_pile_up() {
        fixture.hot.put(flight("2024-03-01T06:00:00Z", 1, "SFO", 1));
        for (int run = 0; run < 5; run++) {
            fails("journal.commit");
            assertThat(excluded()).hasSize(1);
        }
        fixture.archiver().build().run();
        assertThat(excluded()).isEmpty();
    }

    @Test
    void nothing_is_taken_over_from_another_job() {
        assertThatThrownBy(() -> Adoption.of(fixture.hot, fixture.cold))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("cold:flights is laid out without versions, and what is taken over is told apart by them;"
                        + " build it with a layout that isn't withoutVersion()");
    }

    private void fails(String step) {
        assertThatThrownBy(() -> fixture.archiver(StepHook.failingAt(step, 1, new SourceUnavailableException("gone")))
                        .build()
                        .run())
                .hasMessage("gone");
    }

    /** By somebody who has no journal. */
    private void write(String time, long id) {
        Row row = flight(time, id, "XXX", 1);
        try (ColdFile file =
                fixture.cold.create(LAYOUT.checkedAgainst(Flights.TABLE).partitionOf(row), 1, 1)) {
            file.write(row);
            file.finish();
        }
    }

    private Iterable<Long> excluded() {
        return fixture.hot.journal().orElseThrow().state().versions().excluded();
    }
}
