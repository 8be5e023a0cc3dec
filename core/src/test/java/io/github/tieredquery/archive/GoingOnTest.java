package io.github.tieredquery.archive;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.archive.ArchiveReport.Stop;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.StepHook;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Windows that take longer than a run has. */
class GoingOnTest {

    private static final Duration BUDGET = Duration.ofMinutes(10);
    private static final TimeRange DAY =
            new TimeRange(Instant.parse("2024-03-01T00:00:00Z"), Instant.parse("2024-03-02T00:00:00Z"));

    private final ArchiveFixture fixture = new ArchiveFixture(
            "2024-03-04T10:00:00Z", HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"));
    private final AtomicLong nanos = new AtomicLong();

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (int id = 0; id < 12; id++) {
            String origin = List.of("SFO", "BER", "\ud83d\ude00", "\uffff").get(id % 4);
            rows.add(flight("2024-03-01T06:00:0" + id % 10 + "Z", id, origin, id));
        }
        rows.sort(Flights.TABLE.rowOrder(Flights.TABLE.rowType()));
        return rows;
    }

    /** Each file takes three minutes. */
    private ArchiveReport run(StepHook hook) {
        nanos.set(0);
        Archiver archiver = fixture.archiver(step -> {
                    fixture.steps.add(step);
                    if (step.equals("cold.finish") || step.equals("cold.copy")) {
                        nanos.addAndGet(Duration.ofMinutes(3).toNanos());
                    }
                    hook.at(step);
                })
                .rowsPerFile(1)
                .build();
        return BudgetedRun.run(archiver, BUDGET, nanos::get);
    }

    private static ArchiveReport.Suspended suspended(ArchiveReport report) {
        return Objects.requireNonNull(report.suspended());
    }

    private long times(String step) {
        return fixture.steps.stream().filter(step::equals).count();
    }

    @Test
    void a_window_that_is_longer_than_the_budget_goes_on_at_its_last_finished_file_under_its_version() {
        List<Row> rows = rows();
        fixture.hot.put(rows.toArray(Row[]::new));
        ArchiveReport first = run(StepHook.NONE);
        assertThat(first.stop()).isEqualTo(Stop.BUDGET);
        assertThat(first.windows()).isEmpty();
        assertThat(first.suspended()).isNotNull().satisfies(window -> {
            assertThat(window.range()).isEqualTo(DAY);
            assertThat(window.version()).isEqualTo(1);
            assertThat(window.rows()).isEqualTo(3);
            assertThat(window.files()).isEqualTo(3);
            assertThat(window.bytes()).isPositive();
        });
        assertThat(fixture.read()).isEqualTo(rows);
        assertThat(fixture.leftOpen()).isZero();
        ArchiveReport second = run(StepHook.NONE);
        assertThat(suspended(second).files()).isEqualTo(6);
        assertThat(fixture.read()).isEqualTo(rows);
        assertThat(suspended(run(StepHook.NONE)).files()).isEqualTo(9);
        assertThat(suspended(run(StepHook.NONE)).files()).isEqualTo(12);
        ArchiveReport last = run(StepHook.NONE);
        assertThat(last.stop()).isEqualTo(Stop.NOTHING_LEFT);
        assertThat(last.suspended()).isNull();
        assertThat(last.windows()).hasSize(1);
        assertThat(last.windows().get(0).version()).isEqualTo(1);
        assertThat(last.windows().get(0).filesTakenOver()).isEqualTo(12);
        assertThat(last.windows().get(0).rows()).isEqualTo(12);
        assertThat(times("cold.write")).as("each row is written once").isEqualTo(12);
        assertThat(times("cold.copy")).isZero();
        assertThat(fixture.read()).isEqualTo(rows);
        assertThat(fixture.hot.rows()).isEmpty();
    }

    @Test
    void progress_starts_with_what_earlier_runs_have_finished() {
        fixture.hot.put(rows().toArray(Row[]::new));
        run(StepHook.NONE);
        List<ArchiveProgress> heard = new ArrayList<>();
        fixture.archiver().rowsPerFile(1).listener(heard::add).build().run();
        assertThat(heard.get(0).phase()).isEqualTo(ArchivePhase.COPY);
        assertThat(heard.get(0).rows()).isEqualTo(3);
        assertThat(heard.get(0).files()).isEqualTo(3);
        assertThat(heard.get(1).files()).isEqualTo(4);
    }

    @Test
    void the_file_that_is_being_written_when_the_budget_ends_is_finished() {
        List<Row> rows = new ArrayList<>();
        for (int id = 0; id < 2_500; id++) {
            rows.add(flight("2024-03-01T06:00:00Z", id, "SFO", id));
        }
        fixture.hot.put(rows.toArray(Row[]::new));
        Archiver archiver = fixture.archiver(
                        StepHook.doingAt("cold.write", 1_500, () -> nanos.set(BUDGET.toNanos() * 95 / 100)))
                .build();
        ArchiveReport report = BudgetedRun.run(archiver, BUDGET, nanos::get);
        assertThat(report.stop()).isEqualTo(Stop.BUDGET);
        assertThat(suspended(report).rows()).isEqualTo(2_000);
        assertThat(suspended(report).files()).isEqualTo(1);
        assertThat(fixture.archiver().build().run().windows().get(0).files()).isEqualTo(2);
        assertThat(fixture.read()).isEqualTo(rows);
    }

    @Test
    void what_an_archiver_that_died_has_finished_is_copied_under_a_new_version() {
        List<Row> rows = rows();
        fixture.hot.put(rows.toArray(Row[]::new));
        assertThatThrownBy(() -> run(StepHook.failingAt("cold.create", 3, new SourceUnavailableException("gone"))))
                .isInstanceOf(SourceUnavailableException.class);
        fixture.steps.clear();
        ArchiveReport next = fixture.archiver().rowsPerFile(1).build().run();
        assertThat(next.windows()).hasSize(1);
        assertThat(next.windows().get(0).version()).isEqualTo(2);
        assertThat(next.windows().get(0).filesTakenOver()).isEqualTo(2);
        assertThat(times("cold.copied")).isEqualTo(2);
        assertThat(times("cold.write")).isEqualTo(10);
        assertThat(fixture.read()).isEqualTo(rows);
    }

    @Test
    void copying_what_a_dead_archiver_has_finished_goes_on_too() {
        List<Row> rows = rows();
        fixture.hot.put(rows.toArray(Row[]::new));
        assertThatThrownBy(() -> fixture.archiver(
                                StepHook.failingAt("cold.create", 11, new SourceUnavailableException("gone")))
                        .rowsPerFile(1)
                        .build()
                        .run())
                .isInstanceOf(SourceUnavailableException.class);
        ArchiveReport second = run(StepHook.NONE);
        assertThat(suspended(second).version()).isEqualTo(2);
        assertThat(suspended(second).files()).isEqualTo(3);
        for (int i = 0; i < 4; i++) {
            run(StepHook.NONE);
        }
        assertThat(times("cold.copied")).isEqualTo(10);
        assertThat(times("cold.write")).isEqualTo(2);
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(fixture.read()).isEqualTo(rows);
    }

    @Test
    void rows_that_change_in_the_copied_part_have_the_window_copied_from_its_start() {
        List<Row> rows = rows();
        fixture.hot.put(rows.toArray(Row[]::new));
        run(StepHook.NONE);
        Row changed = flight("2024-03-01T06:00:00Z", 0, "SFO", 99);
        Row added = flight("2024-03-01T00:00:00Z", 77, "BER", 77);
        fixture.hot.put(changed, added);
        List<Row> expected = fixture.read();
        ArchiveReport next = fixture.archiver().rowsPerFile(1).build().run();
        assertThat(next.windows()).hasSize(1);
        assertThat(next.windows().get(0).attempts()).isEqualTo(2);
        assertThat(next.windows().get(0).version()).isEqualTo(2);
        assertThat(next.windows().get(0).filesTakenOver()).isZero();
        assertThat(fixture.read()).isEqualTo(expected).contains(changed, added).hasSize(13);
    }

    @Test
    void what_the_cold_store_does_not_show_is_not_gone_on_with() {
        fixture.hot.put(rows().toArray(Row[]::new));
        fixture.cold.catalogLags(1_000);
        assertThatThrownBy(() -> fixture.archiver().build().run()).isInstanceOf(SourceUnavailableException.class);
        fixture.cold.catalogLags(0);
        assertThat(fixture.archiver().build().run().windows().get(0).filesTakenOver())
                .isZero();
    }

    @Test
    void what_is_about_to_be_removed_is_not_gone_on_with() {
        fixture.hot.put(rows().toArray(Row[]::new));
        assertThatThrownBy(() -> run(StepHook.failingAt("cold.create", 3, new SourceUnavailableException("gone"))))
                .isInstanceOf(SourceUnavailableException.class);
        fixture.clock.advance(Duration.ofHours(13));
        assertThat(fixture.hot.journal().orElseThrow().listDeadVersions(Duration.ofHours(12)))
                .hasSize(1);
        assertThat(fixture.archiver().build().run().windows().get(0).filesTakenOver())
                .isZero();
    }

    @Test
    void what_cannot_be_copied_in_all_attempts_is_given_up_and_its_rows_are_copied() {
        List<Row> rows = rows();
        fixture.hot.put(rows.toArray(Row[]::new));
        assertThatThrownBy(() -> run(StepHook.failingAt("cold.create", 3, new SourceUnavailableException("gone"))))
                .isInstanceOf(SourceUnavailableException.class);
        AtomicInteger tries = new AtomicInteger();
        StepHook nothingIsCopied = step -> {
            if (step.equals("cold.copy")) {
                tries.incrementAndGet();
                throw new SourceUnavailableException("no such file");
            }
        };
        ArchiveReport.Window window = fixture.archiver(nothingIsCopied)
                .rowsPerFile(1)
                .attempts(2)
                .build()
                .run()
                .windows()
                .get(0);
        assertThat(tries).hasValue(2);
        assertThat(window.attempts()).isEqualTo(3);
        assertThat(window.filesTakenOver()).isZero();
        assertThat(fixture.read()).isEqualTo(rows);
        assertThat(fixture.hot.rows()).isEmpty();
    }

    @Test
    void an_attempt_that_may_still_be_writing_is_not_suspended() {
        List<Row> rows = rows();
        fixture.hot.put(rows.toArray(Row[]::new));
        assertThatThrownBy(() -> run(StepHook.doingAt("cold.finished", 2, () -> {
                    nanos.set(BUDGET.toNanos());
                    throw new SourceUnavailableException("no answer");
                })))
                .isInstanceOf(SourceUnavailableException.class);
        ArchiveReport next = fixture.archiver().rowsPerFile(1).build().run();
        assertThat(next.windows().get(0).version()).isEqualTo(2);
        assertThat(next.windows().get(0).filesTakenOver()).isEqualTo(1);
        assertThat(fixture.read()).isEqualTo(rows);
    }
}
