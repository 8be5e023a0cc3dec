package io.github.tieredquery.archive;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.archive.ArchiveReport.Stop;
import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.store.CleanUpResult;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.ColdRows;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.StepHook;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What those are shown who ask the cold store by themselves, and when. */
class ExposureTest {

    private static final Row FIRST = flight("2024-03-01T06:00:00Z", 1, "SFO", 1);
    private static final Row SECOND = flight("2024-03-01T12:00:00Z", 2, "BER", 2);
    private static final Row LATE = flight("2024-03-01T18:00:00Z", 3, "SFO", 3);
    private static final Row NEXT_DAY = flight("2024-03-02T06:00:00Z", 4, "SFO", 4);

    private final HivePartitionLayout layout =
            HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin");
    private final ArchiveFixture fixture = new ArchiveFixture("2024-03-06T08:00:00Z", layout);

    private static StepHook failingOnce() {
        return StepHook.failingAt("cold.publishView", 1, new SourceUnavailableException("the catalog is away"));
    }

    /** Notes what is shown at each step, up to the one that replaces it. */
    private StepHook noting(List<List<Row>> shown) {
        AtomicBoolean replaced = new AtomicBoolean();
        return step -> {
            if (!replaced.get()) {
                shown.add(fixture.cold.exposedRows());
                replaced.set(step.equals("cold.publishView"));
            }
        };
    }

    private ArchiveReport run() {
        return fixture.archiver().build().run();
    }

    @Test
    void what_is_archived_and_swept_is_shown_at_the_end_of_the_run_and_before_anything_is_removed() {
        fixture.hot.put(FIRST, SECOND);
        run();
        assertThat(fixture.cold.exposedRows()).containsExactly(FIRST, SECOND);
        fixture.hot.put(LATE);
        fixture.steps.clear();
        run();
        assertThat(fixture.steps).containsSubsequence("journal.commitSweep", "journal.state", "cold.publishView");
        assertThat(fixture.cold.exposedRows()).containsExactly(FIRST, SECOND, LATE);
        fixture.clock.advance(Duration.ofHours(12));
        fixture.steps.clear();
        assertThat(run().removed().versions()).isEqualTo(1);
        assertThat(fixture.steps).containsSubsequence("cold.publishView", "cold.drop", "cold.remove");
        assertThat(fixture.cold.exposedRows()).containsExactly(FIRST, SECOND, LATE);
    }

    @Test
    void at_no_step_is_anything_shown_but_what_has_counted_at_the_end_of_a_run() {
        fixture.hot.put(FIRST, SECOND);
        List<List<Row>> shown = new ArrayList<>();
        fixture.archiver(noting(shown)).build().run();
        fixture.hot.put(LATE, NEXT_DAY);
        assertThatThrownBy(() -> fixture.archiver(
                                StepHook.failingAt("cold.published", 1, new IllegalStateException("gone")))
                        .build()
                        .run())
                .hasMessage("gone");
        fixture.archiver(noting(shown)).build().run();
        assertThat(shown.stream().distinct()).containsExactly(List.of(), List.of(FIRST, SECOND));
        assertThat(fixture.cold.exposedRows()).containsExactly(FIRST, SECOND, LATE, NEXT_DAY);
    }

    @Test
    void what_a_crashed_run_has_not_shown_the_next_one_shows_though_it_has_nothing_to_do() {
        fixture.hot.put(FIRST);
        assertThatThrownBy(() -> fixture.archiver(
                                StepHook.failingAt("cold.publishView", 1, new IllegalStateException("gone")))
                        .build()
                        .run())
                .hasMessage("gone");
        assertThat(fixture.cold.exposedRows()).isEmpty();
        assertThat(run().windows()).isEmpty();
        assertThat(fixture.cold.exposedRows()).containsExactly(FIRST);
    }

    @Test
    void if_it_fails_all_is_archived_and_nothing_removed_and_the_run_fails_at_its_end() {
        fixture.hot.put(FIRST, SECOND);
        run();
        fixture.hot.put(LATE);
        run();
        fixture.clock.advance(Duration.ofHours(12));
        fixture.hot.put(NEXT_DAY);
        assertThatThrownBy(() -> fixture.archiver(failingOnce()).build().run())
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessage("the catalog is away");
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(fixture.cold.files()).hasSize(5);
        assertThat(fixture.read()).containsExactly(FIRST, SECOND, LATE, NEXT_DAY);
        ArchiveReport next = run();
        assertThat(next.windows()).isEmpty();
        assertThat(next.removed().versions()).isEqualTo(1);
        assertThat(fixture.cold.exposedRows()).containsExactly(FIRST, SECOND, LATE, NEXT_DAY);
    }

    @Test
    void a_refused_row_is_told_of_before_that() {
        fixture.hot.put(FIRST, NEXT_DAY);
        MemoryColdStore refusing = fixture.cold.refusing(NEXT_DAY::equals);
        assertThatThrownBy(
                        () -> fixture.archiver(failingOnce(), refusing).build().run())
                .isInstanceOf(ArchiveRefusedException.class);
        assertThatThrownBy(
                        () -> fixture.archiver(StepHook.NONE, refusing).build().run())
                .isInstanceOf(ArchiveRefusedException.class);
        assertThat(fixture.cold.exposedRows()).containsExactly(FIRST);
    }

    @Test
    void a_run_that_ends_with_its_budget_shows_what_it_has_archived() {
        fixture.hot.put(FIRST, NEXT_DAY);
        AtomicLong minutes = new AtomicLong();
        ArchiveReport report = BudgetedRun.run(
                fixture.archiver()
                        .listener(progress -> minutes.set(progress.phase() == ArchivePhase.DONE ? 8 : minutes.get()))
                        .build(),
                Duration.ofMinutes(15),
                () -> Duration.ofMinutes(minutes.get()).toNanos());
        assertThat(report.stop()).isEqualTo(Stop.BUDGET);
        assertThat(report.windows()).hasSize(1);
        assertThat(fixture.cold.exposedRows()).containsExactly(FIRST);
    }

    @Test
    void a_run_whose_window_is_broken_off_shows_those_before_it() {
        fixture.hot.put(FIRST, NEXT_DAY, flight("2024-03-02T07:00:00Z", 5, "SFO", 5));
        AtomicLong minutes = new AtomicLong();
        ArchiveReport report = BudgetedRun.run(
                fixture.archiver()
                        .rowsPerFile(1)
                        .listener(progress -> minutes.set(
                                progress.window().contains(Instant.parse("2024-03-02T06:00:00Z"))
                                                && progress.files() == 1
                                        ? 14
                                        : 0))
                        .build(),
                Duration.ofMinutes(15),
                () -> Duration.ofMinutes(minutes.get()).toNanos());
        assertThat(report.suspended()).isNotNull();
        assertThat(fixture.cold.exposedRows()).containsExactly(FIRST);
    }

    @Test
    void of_an_adoption_nothing_is_shown_before_it_ends() {
        MemoryColdStore old = new MemoryColdStore("cold:old", Flights.TABLE, layout.withoutVersion());
        ColdRows.write(old, 1, List.of(FIRST, NEXT_DAY));
        MemoryColdStore cold = fixture.cold.adopting(old);
        List<List<Row>> shown = new ArrayList<>();
        StepHook noting = noting(shown);
        fixture.adoption(
                        step -> {
                            if (step.equals("journal.beginAdoption")) {
                                fixture.archiver(StepHook.NONE, fixture.cold)
                                        .build()
                                        .run();
                            }
                            noting.at(step);
                        },
                        cold)
                .run();
        assertThat(shown.stream().distinct()).containsExactly(List.of());
        assertThat(fixture.cold.exposedRows()).containsExactly(FIRST, NEXT_DAY);
        assertThat(run().removed()).isEqualTo(CleanUpResult.NOTHING);
    }
}
