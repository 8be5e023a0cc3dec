package io.github.tieredquery.archive;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.CleanUpResult;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.StepHook;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is removed of versions that don't count any more, and when. */
class CleanUpTest {

    private static final Row FIRST = flight("2024-03-01T06:00:00Z", 1, "SFO", 1);
    private static final Row SECOND = flight("2024-03-01T12:00:00Z", 2, "BER", 2);
    private static final Row LATE = flight("2024-03-01T18:00:00Z", 3, "SFO", 3);

    private final ArchiveFixture fixture = new ArchiveFixture(
            "2024-03-06T08:00:00Z", HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"));

    private ArchiveReport run() {
        return fixture.archiver().build().run();
    }

    @Test
    void what_a_sweep_has_replaced_is_removed_after_the_grace_and_not_before() {
        fixture.hot.put(FIRST, SECOND);
        run();
        fixture.hot.put(LATE);
        assertThat(run().removed()).isEqualTo(CleanUpResult.NOTHING);
        fixture.clock.advance(Duration.ofHours(12).minusSeconds(1));
        assertThat(run().removed()).isEqualTo(CleanUpResult.NOTHING);
        assertThat(fixture.cold.files()).hasSize(4);
        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.steps.clear();
        ArchiveReport report = run();
        assertThat(report.removed().versions()).isEqualTo(1);
        assertThat(report.removed().partitions()).isEqualTo(2);
        assertThat(report.removed().files()).isEqualTo(2);
        assertThat(report.removed().bytes()).isPositive();
        assertThat(fixture.steps)
                .as("partitions before files, and the number last")
                .containsSubsequence("cold.drop", "cold.drop", "cold.remove", "cold.remove", "journal.forgetVersions");
        assertThat(fixture.cold.files()).hasSize(2).allMatch(file -> file.contains("tq_version=0000000003"));
        assertThat(fixture.cold.registered()).hasSize(2).allMatch(path -> path.contains("tq_version=0000000003"));
        assertThat(fixture.hot.journal().orElseThrow().state().versions().excluded())
                .isEmpty();
        assertThat(fixture.read()).containsExactly(FIRST, SECOND, LATE);
        assertThat(run().removed()).isEqualTo(CleanUpResult.NOTHING);
    }

    @Test
    void what_a_crashed_attempt_has_left_is_removed_though_no_manifest_tells_of_it() {
        fixture.hot.put(FIRST, SECOND);
        assertThatThrownBy(() -> fixture.archiver(
                                StepHook.failingAt("cold.create", 2, new IllegalStateException("the process is gone")))
                        .build()
                        .run())
                .hasMessage("the process is gone");
        assertThat(fixture.cold.files()).hasSize(1);
        fixture.clock.advance(Duration.ofHours(12));
        ArchiveReport report = run();
        assertThat(report.removed())
                .isEqualTo(new CleanUpResult(1, 0, 1, report.removed().bytes()));
        assertThat(fixture.cold.files()).hasSize(2).allMatch(file -> file.contains("tq_version=0000000002"));
        assertThat(fixture.read()).containsExactly(FIRST, SECOND);
    }

    @Test
    void a_crash_in_the_middle_leaves_the_rest_to_the_next_run() {
        fixture.hot.put(FIRST, SECOND);
        run();
        fixture.hot.put(LATE);
        run();
        fixture.clock.advance(Duration.ofHours(12));
        for (String step : List.of("cold.drop", "cold.remove", "journal.forgetVersions")) {
            assertThatThrownBy(() -> fixture.archiver(
                                    StepHook.failingAt(step, 1, new IllegalStateException("gone at " + step)))
                            .build()
                            .run())
                    .hasMessage("gone at " + step);
            assertThat(fixture.read()).containsExactly(FIRST, SECOND, LATE);
        }
        assertThat(run().removed()).isEqualTo(new CleanUpResult(1, 0, 0, 0));
        assertThat(fixture.hot.journal().orElseThrow().state().versions().excluded())
                .isEmpty();
    }

    @Test
    void a_clean_up_that_does_not_fit_into_the_budget_goes_on_in_the_next_run() {
        for (int i = 0; i < 45; i++) {
            fixture.hot.put(FIRST, SECOND);
            assertThatThrownBy(() -> fixture.archiver(
                                    StepHook.failingAt("journal.recordFile", 1, new IllegalStateException("gone")))
                            .build()
                            .run())
                    .hasMessage("gone");
        }
        run();
        fixture.clock.advance(Duration.ofHours(12));
        AtomicLong nanos = new AtomicLong();
        ArchiveReport report = fixture.archiver(
                        step -> nanos.addAndGet(step.equals("cold.removed") ? 6_000_000_000L : 0))
                .build()
                .run(ScanControl.within(Duration.ofSeconds(10), nanos::get), Duration.ofSeconds(10));
        assertThat(report.stop()).isEqualTo(ArchiveReport.Stop.BUDGET);
        assertThat(report.removed().versions()).isEqualTo(20);
        assertThat(run().removed().versions()).isEqualTo(25);
        assertThat(fixture.cold.files()).hasSize(2);
    }
}
