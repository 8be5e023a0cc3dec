package io.github.tieredquery.archive;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.ArchiveReport.LaterDeletes;
import io.github.tieredquery.archive.ArchiveReport.Stop;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.StepHook;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Windows whose rows are deleted part by part after the commit. */
class LaterDeletesTest {

    private final ArchiveFixture fixture = new ArchiveFixture(
            "2024-03-04T10:00:00Z", HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"));
    private final List<Row> rows = new ArrayList<>();

    LaterDeletesTest() {
        for (int id = 0; id < 10; id++) {
            rows.add(flight("2024-03-01T0" + id + ":00:00Z", id, id % 2 == 0 ? "SFO" : "BER", id));
        }
        fixture.hot.put(rows.toArray(Row[]::new));
    }

    private ArchiveReport run() {
        return fixture.archiver().rowsPerDelete(3).build().run();
    }

    /** Archives the day, and dies before some part of it is deleted. */
    private void archiveAndDieAtPart(int part) {
        assertThatThrownBy(() -> fixture.archiver(
                                StepHook.failingAt("journal.delete", part, new SourceUnavailableException("gone")))
                        .rowsPerDelete(3)
                        .build()
                        .run())
                .hasMessage("gone");
    }

    private long times(String step) {
        return fixture.steps.stream().filter(step::equals).count();
    }

    @Test
    void a_run_deletes_what_its_commits_have_left() {
        ArchiveReport report = run();
        assertThat(report.stop()).isEqualTo(Stop.NOTHING_LEFT);
        assertThat(report.windows()).hasSize(1);
        assertThat(report.laterDeletes()).isEqualTo(new LaterDeletes(10, 0));
        assertThat(times("journal.deleted")).isEqualTo(4);
        assertThat(report.sweeps()).isEmpty();
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(fixture.read()).isEqualTo(rows);
    }

    @Test
    void progress_tells_of_each_part() {
        List<ArchiveProgress> heard = new ArrayList<>();
        fixture.archiver().rowsPerDelete(3).listener(heard::add).build().run();
        assertThat(heard.stream().filter(each -> each.phase() == ArchivePhase.DELETE))
                .extracting(ArchiveProgress::rows)
                .containsExactly(0L, 3L, 6L, 9L);
    }

    @Test
    void until_then_each_row_is_read_counted_and_aggregated_once() {
        archiveAndDieAtPart(2);
        assertThat(fixture.hot.rows()).hasSize(7);
        assertThat(fixture.watermark()).isEqualTo("2024-03-02T00:00:00Z");
        TieredQuery<Row> flights = TieredQuery.builder(Flights.TABLE)
                .hot(fixture.hot)
                .cold(fixture.cold)
                .build();
        assertThat(fixture.read()).isEqualTo(rows);
        assertThat(flights.count(ArchiveFixture.EVERYTHING)).isEqualTo(10);
        assertThat(flights
                        .aggregate(
                                ArchiveFixture.EVERYTHING,
                                Aggregation.by("origin").count())
                        .stream()
                        .map(row -> row.value("count")))
                .containsExactly(5L, 5L);
        List<Row> paged = new ArrayList<>();
        @Nullable String token = null;
        do {
            Page<Row> page = flights.page(ArchiveFixture.EVERYTHING.newestFirst(), 3, token);
            paged.addAll(page.rows());
            token = page.nextToken();
            if (paged.size() == 3) {
                run();
            }
        } while (token != null);
        Collections.reverse(paged);
        assertThat(paged).isEqualTo(rows);
    }

    @Test
    void the_next_run_goes_on_without_writing_anything() {
        archiveAndDieAtPart(2);
        ArchiveReport report = run();
        assertThat(report.laterDeletes()).isEqualTo(new LaterDeletes(7, 0));
        assertThat(report.windows()).isEmpty();
        assertThat(report.sweeps()).isEmpty();
        assertThat(times("cold.create")).isZero();
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(fixture.read()).isEqualTo(rows);
    }

    @Test
    void a_budget_ends_the_deletion_between_two_parts() {
        AtomicLong nanos = new AtomicLong();
        Archiver archiver = fixture.archiver(step -> {
                    if (step.equals("journal.delete")) {
                        nanos.addAndGet(Duration.ofMinutes(3).toNanos());
                    }
                })
                .rowsPerDelete(3)
                .build();
        ArchiveReport report = BudgetedRun.run(archiver, Duration.ofMinutes(5), nanos::get);
        assertThat(report.stop()).isEqualTo(Stop.BUDGET);
        assertThat(report.windows()).hasSize(1);
        assertThat(report.laterDeletes()).isEqualTo(new LaterDeletes(3, 7));
        assertThat(fixture.read()).isEqualTo(rows);
        assertThat(run().laterDeletes()).isEqualTo(new LaterDeletes(7, 0));
    }

    @Test
    void a_part_with_a_changed_row_is_left_to_the_sweep_which_writes_only_what_changed() {
        archiveAndDieAtPart(1);
        Row changed = flight("2024-03-01T00:00:00Z", 0, "SFO", 99);
        fixture.hot.put(changed);
        ArchiveReport report = run();
        assertThat(report.laterDeletes()).as("seven in parts, two by the sweep").isEqualTo(new LaterDeletes(9, 0));
        assertThat(report.sweeps()).hasSize(1);
        assertThat(report.sweeps().get(0).lateRows()).isEqualTo(1);
        assertThat(times("cold.copied")).as("the other partition").isEqualTo(1);
        assertThat(fixture.hot.rows()).isEmpty();
        rows.set(0, changed);
        assertThat(fixture.read()).isEqualTo(rows);
    }

    @Test
    void late_rows_that_equal_archived_ones_are_deleted_without_a_new_version() {
        run();
        fixture.hot.put(rows.get(2), rows.get(3));
        fixture.steps.clear();
        ArchiveReport report = run();
        assertThat(report.laterDeletes()).isEqualTo(new LaterDeletes(2, 0));
        assertThat(report.sweeps()).isEmpty();
        assertThat(report.unswept()).isEmpty();
        assertThat(times("cold.create") + times("cold.copy")).isZero();
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(fixture.read()).isEqualTo(rows);
    }

    @Test
    void a_row_that_was_erased_and_inserted_again_just_as_it_was_is_written_anew() {
        run();
        Eraser.of(fixture.hot).erase(List.of(rows.get(2)));
        fixture.hot.put(rows.get(2));
        ArchiveReport report = run();
        assertThat(report.sweeps()).hasSize(1);
        assertThat(report.laterDeletes()).isEqualTo(new LaterDeletes(0, 0));
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(fixture.read()).isEqualTo(rows);
    }
}
