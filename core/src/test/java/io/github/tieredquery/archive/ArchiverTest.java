package io.github.tieredquery.archive;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.archive.ArchiveReport.Stop;
import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.StepHook;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ArchiverTest {

    private static final Row FIRST = flight("2024-03-01T06:00:00Z", 1, "SFO", 5);
    private static final Row LAST_OF_DAY = flight("2024-03-01T23:59:59.999999Z", 2, "BER", null);
    private static final Row MIDNIGHT = flight("2024-03-02T00:00:00Z", 3, "SFO", 0);
    private static final Row AFTER_GAP = flight("2024-03-06T12:00:00Z", 4, "SFO", 7);
    private static final Row YOUNG = flight("2024-03-09T00:00:00Z", 5, "SFO", 7);
    private static final List<Row> ROWS = List.of(FIRST, LAST_OF_DAY, MIDNIGHT, AFTER_GAP, YOUNG);

    private final ArchiveFixture fixture = new ArchiveFixture(
            "2024-03-10T10:00:00Z", HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"));

    private static TimeRange range(String from, String to) {
        return new TimeRange(Instant.parse(from), Instant.parse(to));
    }

    private static List<TimeRange> windows(ArchiveReport report) {
        return report.windows().stream().map(ArchiveReport.Window::range).toList();
    }

    @Test
    void days_are_archived_oldest_first_and_gaps_are_stepped_over() {
        fixture.hot.put(ROWS);
        ArchiveReport report = fixture.archiver().build().run();
        assertThat(windows(report))
                .containsExactly(
                        range("2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z"),
                        range("2024-03-02T00:00:00Z", "2024-03-03T00:00:00Z"),
                        range("2024-03-06T00:00:00Z", "2024-03-07T00:00:00Z"));
        assertThat(report.stop()).isEqualTo(Stop.NOTHING_LEFT);
        assertThat(report.watermark()).isEqualTo("2024-03-08T00:00:00Z");
        assertThat(report.retentionLimit()).isEqualTo("2024-03-08T00:00:00Z");
        assertThat(fixture.hot.rows()).containsExactly(YOUNG);
        assertThat(fixture.read()).isEqualTo(ROWS);
        assertThat(fixture.cold.registered())
                .containsExactly(
                        "year=2024/month=03/day=01/origin=BER/tq_version=0000000001",
                        "year=2024/month=03/day=01/origin=SFO/tq_version=0000000001",
                        "year=2024/month=03/day=02/origin=SFO/tq_version=0000000002",
                        "year=2024/month=03/day=06/origin=SFO/tq_version=0000000004");
    }

    @Test
    void the_report_adds_up() {
        fixture.hot.put(ROWS);
        ArchiveReport report = fixture.archiver().build().run();
        ArchiveReport.Window first = report.windows().get(0);
        long bytes = (long) FIRST.toString().length() + LAST_OF_DAY.toString().length();
        assertThat(first)
                .isEqualTo(new ArchiveReport.Window(
                        range("2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z"),
                        1,
                        2,
                        bytes,
                        2,
                        2,
                        0,
                        1,
                        first.elapsed()));
        assertThat(report.rows()).isEqualTo(4);
        assertThat(report.files()).isEqualTo(4);
        assertThat(report.bytes())
                .isEqualTo(bytes
                        + MIDNIGHT.toString().length()
                        + AFTER_GAP.toString().length());
    }

    @Test
    void an_empty_store_has_nothing_to_archive_and_no_watermark() {
        ArchiveReport report = fixture.archiver().build().run();
        assertThat(report.windows()).isEmpty();
        assertThat(report.stop()).isEqualTo(Stop.NOTHING_LEFT);
        assertThat(report.watermark()).isNull();
    }

    @Test
    void a_second_run_does_nothing_and_a_later_day_goes_on_at_the_watermark() {
        fixture.hot.put(ROWS);
        fixture.archiver().build().run();
        assertThat(fixture.archiver().build().run().windows()).isEmpty();
        fixture.clock.advance(Duration.ofDays(2));
        assertThat(windows(fixture.archiver().build().run()))
                .containsExactly(range("2024-03-09T00:00:00Z", "2024-03-10T00:00:00Z"));
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(fixture.watermark()).isEqualTo("2024-03-10T00:00:00Z");
        assertThat(fixture.read()).isEqualTo(ROWS);
    }

    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2024-03-30T23:00:00Z, 2024-03-31T22:00:00Z",
        "Europe/Berlin, 2024-10-26T22:00:00Z, 2024-10-27T23:00:00Z",
        "America/Sao_Paulo, 2018-11-04T03:00:00Z, 2018-11-05T02:00:00Z",
        "Pacific/Apia, 2011-12-29T10:00:00Z, 2011-12-30T10:00:00Z",
        "America/St_Johns, 2010-11-07T02:30:00Z, 2010-11-08T03:30:00Z"
    })
    void windows_are_local_days_also_where_clocks_change(String zone, Instant from, Instant to) {
        ArchiveFixture local =
                new ArchiveFixture(to.plus(5, ChronoUnit.DAYS).toString(), HivePartitionLayout.daily(ZoneId.of(zone)));
        List<Row> rows = List.of(
                flight(from.minus(1, ChronoUnit.MICROS), 1, "SFO", 1),
                flight(from, 2, "SFO", 2),
                flight(to.minus(1, ChronoUnit.MICROS), 3, "SFO", 3),
                flight(to, 4, "SFO", 4));
        local.hot.put(rows);
        ArchiveReport report = local.archiver().build().run();
        assertThat(windows(report)).hasSize(3).contains(new TimeRange(from, to));
        assertThat(report.windows().get(1).rows()).isEqualTo(2);
        assertThat(local.read()).isEqualTo(rows);
    }

    /**
     * In Newfoundland, 00:01 on the 7th was followed by 23:01 on the 6th: its window leaves a partition and comes back.
     */
    @Test
    void a_partition_that_comes_back_within_its_window_is_written_on() {
        ArchiveFixture local =
                new ArchiveFixture("2010-11-20T00:00:00Z", HivePartitionLayout.daily(ZoneId.of("America/St_Johns")));
        List<Row> rows = List.of(
                flight("2010-11-07T02:30:30Z", 1, "SFO", 1),
                flight("2010-11-07T02:45:00Z", 2, "SFO", 2),
                flight("2010-11-07T03:30:30Z", 3, "SFO", 3),
                flight("2010-11-07T12:00:00Z", 4, "SFO", 4));
        local.hot.put(rows);
        ArchiveReport report = local.archiver().rowsPerFile(1).build().run();
        assertThat(local.read()).isEqualTo(rows);
        assertThat(report.windows()).hasSize(1);
        assertThat(report.files()).isEqualTo(4);
        assertThat(local.cold.files())
                .containsExactly(
                        "mem://year=2010/month=11/day=06/tq_version=0000000001/part-1",
                        "mem://year=2010/month=11/day=07/tq_version=0000000001/part-1",
                        "mem://year=2010/month=11/day=07/tq_version=0000000001/part-2",
                        "mem://year=2010/month=11/day=07/tq_version=0000000001/part-3");
        PartitionManifest seventh = local.hot.manifests().stream()
                .filter(manifest -> manifest.rows() == 3)
                .findFirst()
                .orElseThrow();
        assertThat(seventh.minTime()).isEqualTo("2010-11-07T02:30:30Z");
        assertThat(seventh.maxTime()).isEqualTo("2010-11-07T12:00:00Z");
        assertThat(seventh.digest().rows()).isEqualTo(3);
    }

    @Test
    void months_are_the_windows_of_a_monthly_layout() {
        ArchiveFixture monthly =
                new ArchiveFixture("2024-03-10T10:00:00Z", HivePartitionLayout.monthly(ZoneOffset.UTC));
        monthly.hot.put(flight("2024-01-31T00:00:00Z", 1, "SFO", 1), FIRST);
        ArchiveReport report = monthly.archiver().build().run();
        assertThat(windows(report)).containsExactly(range("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z"));
        assertThat(report.watermark()).isEqualTo("2024-03-01T00:00:00Z");
        assertThat(report.retentionLimit()).isEqualTo("2024-03-01T00:00:00Z");
    }

    @Test
    void files_end_at_their_limits() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            rows.add(flight("2024-03-01T06:00:00Z", i, "SFO", 5));
        }
        fixture.hot.put(rows);
        long twoRows = rows.get(0).toString().length() + 1L;
        ArchiveReport report =
                fixture.archiver().rowsPerFile(3).bytesPerFile(1 << 20).build().run();
        assertThat(report.windows().get(0).files()).isEqualTo(3);
        ArchiveFixture other = new ArchiveFixture("2024-03-10T10:00:00Z", HivePartitionLayout.daily(ZoneOffset.UTC));
        other.hot.put(rows);
        assertThat(other.archiver().bytesPerFile(twoRows).build().run().files()).isEqualTo(4);
    }

    @Test
    void progress_is_told_at_each_step_and_after_each_file() {
        fixture.hot.put(FIRST, LAST_OF_DAY);
        fixture.clock.set(Instant.parse("2024-03-04T00:00:00Z"));
        List<ArchiveProgress> heard = new ArrayList<>();
        fixture.archiver().listener(heard::add).build().run();
        TimeRange day = range("2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z");
        long one = LAST_OF_DAY.toString().length();
        long both = one + FIRST.toString().length();
        assertThat(heard)
                .containsExactly(
                        new ArchiveProgress(day, 1, ArchivePhase.COPY, 0, 0, 0),
                        new ArchiveProgress(day, 1, ArchivePhase.COPY, 1, one, 1),
                        new ArchiveProgress(day, 1, ArchivePhase.COPY, 2, both, 2),
                        new ArchiveProgress(day, 1, ArchivePhase.PUBLISH, 2, both, 2),
                        new ArchiveProgress(day, 1, ArchivePhase.VERIFY, 2, both, 2),
                        new ArchiveProgress(day, 1, ArchivePhase.COMMIT, 2, both, 2),
                        new ArchiveProgress(day, 1, ArchivePhase.DONE, 2, both, 2));
    }

    @Test
    void rows_that_change_between_copy_and_commit_are_copied_again_under_a_new_version() {
        fixture.hot.put(FIRST);
        Row changed = flight("2024-03-01T06:00:00Z", 1, "SFO", 6);
        ArchiveReport report = fixture.archiver(StepHook.doingAt("journal.commit", 1, () -> fixture.hot.put(changed)))
                .build()
                .run();
        assertThat(report.windows()).hasSize(1);
        assertThat(report.windows().get(0).attempts()).isEqualTo(2);
        assertThat(report.windows().get(0).version()).isEqualTo(2);
        assertThat(fixture.read()).containsExactly(changed);
    }

    @Test
    void rows_that_change_each_time_stay_where_they_are() {
        fixture.hot.put(FIRST);
        AtomicLong delay = new AtomicLong();
        ArchiveReport report = fixture.archiver(step -> {
                    if (step.equals("journal.commit")) {
                        fixture.hot.put(flight("2024-03-01T06:00:00Z", 1, "SFO", (int) delay.incrementAndGet()));
                    }
                })
                .attempts(4)
                .build()
                .run();
        assertThat(report.stop()).isEqualTo(Stop.ROWS_KEPT_CHANGING);
        assertThat(report.windows()).isEmpty();
        assertThat(report.watermark()).isNull();
        assertThat(delay).hasValue(4);
        assertThat(fixture.hot.rows()).isEqualTo(fixture.read()).hasSize(1);
    }

    @Test
    void a_row_that_is_inserted_after_the_commit_is_late_and_read_once_until_it_is_swept_and_then_too() {
        fixture.hot.put(FIRST);
        List<Row> beforeSweep = new ArrayList<>();
        fixture.archiver(step -> {
                    if (step.equals("journal.committed") && beforeSweep.isEmpty()) {
                        fixture.hot.put(LAST_OF_DAY);
                    } else if (step.equals("journal.beginSweep")) {
                        assertThat(fixture.hot.rows()).containsExactly(LAST_OF_DAY);
                        beforeSweep.addAll(fixture.read());
                    }
                })
                .build()
                .run();
        assertThat(beforeSweep).containsExactly(FIRST, LAST_OF_DAY);
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(fixture.read()).containsExactly(FIRST, LAST_OF_DAY);
    }

    @Test
    void a_lease_that_is_held_elsewhere_stops_the_run_until_it_runs_out() {
        fixture.hot.put(FIRST);
        fixture.hot
                .journal()
                .orElseThrow()
                .beginWindow(range("2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z"), "dead", Duration.ofMinutes(5));
        ArchiveReport report = fixture.archiver().build().run();
        assertThat(report.stop()).isEqualTo(Stop.LEASE_HELD_ELSEWHERE);
        assertThat(report.windows()).isEmpty();
        fixture.clock.advance(Duration.ofMinutes(5));
        assertThat(fixture.archiver().build().run().stop()).isEqualTo(Stop.NOTHING_LEFT);
        assertThat(fixture.read()).containsExactly(FIRST);
    }

    @ParameterizedTest
    @CsvSource({"journal.renew, 1", "journal.renew, 2", "journal.renew, 3", "journal.commit, 1"})
    void an_archiver_that_outlives_its_lease_gives_way(String step, int nth) {
        fixture.hot.put(ROWS);
        List<ArchiveReport> other = new ArrayList<>();
        ArchiveReport report = fixture.archiver(StepHook.doingAt(step, nth, () -> {
                    fixture.clock.advance(Duration.ofMinutes(5));
                    other.add(fixture.archiver().build().run());
                }))
                .build()
                .run();
        assertThat(other.get(0).windows()).hasSize(3);
        assertThat(report.stop()).isEqualTo(Stop.LEASE_HELD_ELSEWHERE);
        assertThat(report.windows()).isEmpty();
        assertThat(report.watermark()).isEqualTo("2024-03-08T00:00:00Z");
        assertThat(fixture.read()).isEqualTo(ROWS);
    }

    @Test
    void a_window_that_another_archiver_has_just_committed_is_stepped_over() {
        fixture.hot.put(ROWS);
        ArchiveReport report = fixture.archiver(StepHook.doingAt(
                        "journal.beginWindow",
                        1,
                        () -> fixture.archiver().build().run()))
                .build()
                .run();
        assertThat(report.stop()).isEqualTo(Stop.NOTHING_LEFT);
        assertThat(report.windows()).isEmpty();
        assertThat(fixture.read()).isEqualTo(ROWS);
    }

    static Stream<String> steps() {
        ArchiveFixture fixture = new ArchiveFixture(
                "2024-03-10T10:00:00Z",
                HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"));
        fixture.hot.put(ROWS);
        fixture.archiver().rowsPerFile(1).build().run();
        List<String> numbered = new ArrayList<>();
        for (int i = 0; i < fixture.steps.size(); i++) {
            numbered.add(i + " " + fixture.steps.get(i));
        }
        return numbered.stream();
    }

    /** A failure releases the lease; a death doesn't. Neither loses a row, shows one twice or leaves anything open. */
    @ParameterizedTest
    @MethodSource("steps")
    void after_a_failure_or_a_death_at_any_step_the_next_run_completes(String numbered) {
        int at = Integer.parseInt(numbered.substring(0, numbered.indexOf(' ')));
        for (boolean dies : new boolean[] {false, true}) {
            ArchiveFixture own = new ArchiveFixture(
                    "2024-03-10T10:00:00Z",
                    HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"));
            own.hot.put(ROWS);
            int[] step = new int[1];
            StepHook hook = taken -> {
                int now = step[0]++;
                if (now == at || (dies && now > at)) {
                    throw new SourceUnavailableException("the network is gone");
                }
            };
            Archiver archiver = own.archiver(hook).rowsPerFile(1).build();
            if (!dies && numbered.endsWith(" journal.close")) {
                // What it was needed for is done; the window after it has to wait.
                assertThat(archiver.run().stop()).isIn(Stop.NOTHING_LEFT, Stop.LEASE_HELD_ELSEWHERE);
            } else {
                assertThatThrownBy(archiver::run)
                        .isInstanceOf(SourceUnavailableException.class)
                        .hasMessage("the network is gone");
            }
            assertThat(own.read()).isEqualTo(ROWS);
            if (dies) {
                own.clock.advance(Duration.ofMinutes(5));
            }
            // A failure to give the lease back holds the next run up until it has run out.
            ArchiveReport next = own.archiver().build().run();
            if (next.stop() == Stop.LEASE_HELD_ELSEWHERE) {
                assertThat(numbered).matches("\\d+ journal\\.(close|begun)");
                own.clock.advance(Duration.ofMinutes(5));
                next = own.archiver().build().run();
            }
            assertThat(next.stop()).isEqualTo(Stop.NOTHING_LEFT);
            assertThat(own.hot.rows()).containsExactly(YOUNG);
            assertThat(own.read()).isEqualTo(ROWS);
            assertThat(own.leftOpen()).isZero();
        }
    }

    @Test
    void partitions_that_the_cold_store_does_not_show_are_an_error_and_nothing_is_deleted() {
        fixture.hot.put(FIRST, LAST_OF_DAY);
        fixture.cold.catalogLags(1_000);
        assertThatThrownBy(() -> fixture.archiver().build().run())
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessage("archiving table 'flights', window [2024-03-01T00:00:00Z, 2024-03-02T00:00:00Z), version 1:"
                        + " cold:flights doesn't show what was written: 2 of 2 files are missing or have other counts,"
                        + " the first is mem://year=2024/month=03/day=01/origin=BER/tq_version=0000000001/part-1."
                        + " Nothing was deleted. Look at the table's partitions and at its location");
        assertThat(fixture.hot.rows()).containsExactly(FIRST, LAST_OF_DAY);
        assertThat(fixture.watermark()).isNull();
        assertThat(fixture.read()).containsExactly(FIRST, LAST_OF_DAY);
    }

    @Test
    void a_catalog_that_lags_is_asked_again() {
        fixture.hot.put(ROWS);
        fixture.cold.catalogLags(3);
        assertThat(fixture.archiver().build().run().stop()).isEqualTo(Stop.NOTHING_LEFT);
        assertThat(fixture.steps.stream().filter("cold.listVisibleFiles"::equals))
                .hasSize(3 * 4);
        assertThat(fixture.read()).isEqualTo(ROWS);
    }

    @Test
    void a_value_that_the_format_refuses_keeps_its_window_and_all_later_ones_in_the_hot_store() {
        fixture.hot.put(ROWS);
        MemoryColdStore picky = fixture.cold.refusing(row -> row.equals(MIDNIGHT));
        assertThatThrownBy(() -> fixture.archiver(StepHook.NONE, picky).build().run())
                .isInstanceOf(ArchiveRefusedException.class)
                .hasMessage("cold:flights can't hold the row " + MIDNIGHT);
        assertThat(fixture.hot.rows()).containsExactly(MIDNIGHT, AFTER_GAP, YOUNG);
        assertThat(fixture.watermark()).isEqualTo("2024-03-02T00:00:00Z");
        assertThat(fixture.read()).isEqualTo(ROWS);
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void a_budget_that_has_passed_ends_the_run_and_the_next_one_goes_on() {
        fixture.hot.put(ROWS);
        AtomicLong nanos = new AtomicLong();
        Duration budget = Duration.ofMinutes(10);
        ScanControl control = ScanControl.within(budget, nanos::get);
        ArchiveReport report = fixture.archiver(
                        StepHook.doingAt("cold.listVisibleFiles", 2, () -> nanos.set(budget.toNanos())))
                .build()
                .run(control, budget);
        assertThat(report.stop()).isEqualTo(Stop.BUDGET);
        assertThat(windows(report)).containsExactly(range("2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z"));
        assertThat(fixture.read()).isEqualTo(ROWS);
        assertThat(fixture.leftOpen()).isZero();
        assertThat(windows(fixture.archiver().build().run(budget)))
                .containsExactly(
                        range("2024-03-02T00:00:00Z", "2024-03-03T00:00:00Z"),
                        range("2024-03-06T00:00:00Z", "2024-03-07T00:00:00Z"));
    }

    @Test
    void a_window_that_would_not_fit_into_the_rest_of_the_budget_is_not_begun() {
        fixture.hot.put(ROWS);
        AtomicLong nanos = new AtomicLong();
        Duration budget = Duration.ofMinutes(10);
        ScanControl control = ScanControl.within(budget, nanos::get);
        ArchiveReport report = fixture.archiver(step -> {
                    fixture.steps.add(step);
                    if (step.equals("journal.commit")) {
                        nanos.addAndGet(Duration.ofMinutes(6).toNanos());
                    }
                })
                .build()
                .run(control, budget);
        assertThat(report.stop()).isEqualTo(Stop.BUDGET);
        assertThat(report.windows()).hasSize(1);
        assertThat(fixture.steps.stream().filter("journal.beginWindow"::equals)).hasSize(1);
    }

    @Test
    void a_timeout_of_a_store_is_not_the_end_of_a_budget() {
        fixture.hot.put(ROWS);
        QueryTimedOutException timeout = new QueryTimedOutException("the statement took too long");
        assertThatThrownBy(() -> fixture.archiver(StepHook.failingAt("hot.open", 2, timeout))
                        .build()
                        .run())
                .isSameAs(timeout);
        assertThatThrownBy(() -> fixture.archiver(StepHook.failingAt("hot.open", 2, timeout))
                        .build()
                        .run(Duration.ofDays(1)))
                .isSameAs(timeout);
    }

    @Test
    void a_lease_is_renewed_while_rows_are_copied() {
        fixture.hot.put(ROWS);
        fixture.archiver().lease(Duration.ofNanos(1)).build().run();
        int copying = fixture.steps.indexOf("cold.finished");
        assertThat(fixture.steps.subList(copying, copying + 3))
                .containsExactly("cold.finished", "journal.recordFile", "journal.renew");
    }

    @Test
    void an_archive_that_was_written_otherwise_is_refused() {
        fixture.hot.put(ROWS);
        fixture.archiver().build().run();
        MemoryColdStore other =
                new MemoryColdStore("cold:flights", Flights.TABLE, HivePartitionLayout.daily(ZoneOffset.UTC));
        assertThatThrownBy(() -> fixture.archiver(StepHook.NONE, other).build().run())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("partitioned year, month, day, origin, tq_version in Z")
                .hasMessageContaining("partitioned year, month, day, tq_version in Z");
    }

    @Test
    void settings_that_make_no_sense_are_refused_at_the_call() {
        ArchiverBuilder builder = Archiver.builder(fixture.hot, fixture.cold);
        assertThatThrownBy(() -> builder.keep(Period.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("keep(P0D): keep at least a day in the hot store");
        assertThatThrownBy(() -> builder.keep(Period.of(0, 1, -1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.lease(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lease(PT0S): the time is positive");
        assertThatThrownBy(() -> builder.settle(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("settle(PT-0.000000001S): the time is 0 or more");
        assertThatThrownBy(() -> builder.rowsPerFile(0)).hasMessage("rowsPerFile(0): the number is positive");
        assertThatThrownBy(() -> builder.bytesPerFile(0)).hasMessage("bytesPerFile(0): the number is positive");
        assertThatThrownBy(() -> builder.attempts(0)).hasMessage("attempts(0): the number is positive");
        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("nothing tells how long rows stay in hot:flights; say keep(…)");
        assertThatThrownBy(() -> fixture.archiver().build().run(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the budget is PT0S; it is positive");
    }

    @Test
    void settings_that_contradict_each_other_are_refused_with_the_reason() {
        assertThatThrownBy(() -> fixture.archiver()
                        .settle(Duration.ofSeconds(2))
                        .lease(Duration.ofSeconds(16))
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("lease(PT16S) runs out while the catalog is waited for, which takes PT16S at a time with"
                        + " settle(PT2S), so that another archiver takes over again and again; lease for longer, or"
                        + " settle for less");
        fixture.archiver()
                .settle(Duration.ofSeconds(2))
                .lease(Duration.ofSeconds(17))
                .build();
        assertThatThrownBy(() -> fixture.archiver()
                        .removeAfter(Duration.ofMinutes(5))
                        .lease(Duration.ofMinutes(5))
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "removeAfter(PT5M) isn't longer than lease(PT5M): an archiver that doesn't know yet that its"
                                + " lease is over could write files of a version whose files were removed already, and readers"
                                + " would see them; keep dead files for longer");
        assertThatThrownBy(() ->
                        fixture.archiver().settle(Duration.ofSeconds(2)).build().run(Duration.ofSeconds(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the budget is PT2S, and settle(PT2S) alone takes as long: no window would ever be archived;"
                                + " allow more");
        assertThatThrownBy(() -> fixture.archiver().rowsPerDelete(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rowsPerDelete(0): the number is positive");
    }

    @Test
    void stores_that_do_not_fit_are_refused() {
        Table other =
                Table.builder("other").time("at").key("id", ColumnType.INT64).build();
        assertThatThrownBy(() -> Archiver.builder(new MemoryHotStore("hot:other", other, fixture.clock), fixture.cold)
                        .keep(Period.ofDays(1))
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("hot:other holds\n  " + other + "\nbut cold:flights holds\n  " + Flights.TABLE);
    }

    @Test
    void a_layout_that_costs_more_than_it_must_is_told_of_once_in_a_run() {
        for (int id = 0; id < 1_001; id++) {
            fixture.hot.put(
                    flight("2024-03-01T06:00:00Z", id, "airport " + id, 1),
                    flight("2024-03-02T06:00:00Z", id, "airport " + id, 1));
        }
        ArchiveReport report = fixture.archiver().build().run();
        assertThat(report.windows()).hasSize(2);
        assertThat(report.advice())
                .satisfiesExactly(
                        files -> assertThat(files)
                                .matches("table 'flights', window \\[2024-03-01T00:00:00Z, 2024-03-02T00:00:00Z\\): its"
                                        + " 1001 files have [0-9]+ bytes on average\\. Athena opens each of them, and reads"
                                        + " few large ones for less\\. Partition by fewer columns than \\[origin\\]"),
                        values -> assertThat(values)
                                .isEqualTo("table 'flights', window [2024-03-01T00:00:00Z, 2024-03-02T00:00:00Z): the"
                                        + " partition column 'origin' has 1001 values in it, each a partition that"
                                        + " queries look up. Partition by a column with fewer values, and filter by"
                                        + " this one"));
        fixture.hot.put(flight("2024-03-03T06:00:00Z", 1, "SFO", 1));
        assertThat(fixture.archiver().build().run().advice()).isEmpty();
    }
}
