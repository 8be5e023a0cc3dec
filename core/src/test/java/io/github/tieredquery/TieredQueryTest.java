package io.github.tieredquery;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.MissingPartitionException;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.plan.SliceReport;
import io.github.tieredquery.plan.Tier;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.StepHook;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TieredQueryTest {

    private static final Query ALL = QueryFixture.ALL;
    private static final TimeRange BELOW =
            new TimeRange(Instant.parse("2024-03-01T00:00:00Z"), Instant.parse("2024-03-05T00:00:00Z"));

    private final QueryFixture fixture = new QueryFixture();

    private TieredQuery<Row> flights() {
        return fixture.flights().build();
    }

    @Test
    void both_tiers_answer_as_one_in_both_orders() {
        assertThat(fixture.hot.rows()).hasSize(4);
        assertThat(flights().list(ALL)).isEqualTo(fixture.rows);
        assertThat(flights().list(ALL.newestFirst())).isEqualTo(fixture.newestFirst());
        assertThat(flights().count(ALL)).isEqualTo(8);
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void a_tier_that_has_no_part_in_the_range_is_not_asked() {
        flights().list(Query.between(Instant.parse("2024-03-05T00:00:00Z"), Instant.parse("2024-03-09T00:00:00Z")));
        assertThat(fixture.steps).noneMatch(step -> step.startsWith("cold."));
        fixture.steps.clear();
        flights().list(Query.between(BELOW.from(), BELOW.to()));
        assertThat(fixture.steps).doesNotContain("hot.open", "hot.next").contains("cold.open");
    }

    @Test
    void a_newest_page_that_hot_rows_fill_does_not_start_cold() {
        assertThat(flights().list(ALL.newestFirst().limit(4)))
                .isEqualTo(fixture.newestFirst().subList(0, 4));
        assertThat(fixture.steps).noneMatch(step -> step.startsWith("cold."));
        assertThat(flights().list(ALL.newestFirst().limit(5)))
                .isEqualTo(fixture.newestFirst().subList(0, 5));
        assertThat(fixture.steps).contains("cold.open");
    }

    @Test
    void nothing_is_touched_before_the_first_row_is_asked_for() {
        fixture.steps.clear();
        flights().stream(ALL).close();
        assertThat(fixture.steps).isEmpty();
    }

    @Test
    void a_query_that_cannot_have_rows_asks_nobody() {
        fixture.steps.clear();
        assertThat(flights().list(ALL.limit(0))).isEmpty();
        assertThat(flights().list(Query.between(BELOW.from(), BELOW.from()))).isEmpty();
        assertThat(flights().list(ALL.where(Filter.in("origin", List.of())))).isEmpty();
        assertThat(flights().count(ALL.limit(0))).isZero();
        assertThat(flights().explain(ALL.limit(0)).slices()).isEmpty();
        assertThat(fixture.steps).isEmpty();
    }

    @Test
    void a_late_version_that_no_longer_matches_hides_the_archived_one() {
        fixture.late(2, 100);
        Query small = ALL.where(Filter.lt("delay", 50)).columns("id");
        assertThat(flights().list(small))
                .extracting(row -> row.int64("id"))
                .containsExactly(1L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(flights().count(small)).isEqualTo(7);
        assertThat(flights().list(small.limit(2)))
                .extracting(row -> row.int64("id"))
                .containsExactly(1L, 3L);
        assertThat(flights().list(small.newestFirst().limit(6)))
                .extracting(row -> row.int64("id"))
                .containsExactly(8L, 7L, 6L, 5L, 4L, 3L);
    }

    @Test
    void a_limit_next_to_the_largest_is_one() {
        fixture.late(2, 100);
        assertThat(flights().list(ALL.limit(Long.MAX_VALUE - 1))).isEqualTo(fixture.rows);
        assertThat(flights().count(ALL.limit(Long.MAX_VALUE - 1))).isEqualTo(8);
    }

    @Test
    void restrictions_add_up_and_hold_for_every_question() {
        TieredQuery<Row> restricted =
                flights().restrictedTo(Filter.eq("origin", "SFO")).restrictedTo(Filter.gt("delay", 2));
        assertThat(restricted.list(ALL)).extracting(row -> row.int64("id")).containsExactly(4L, 6L, 8L);
        assertThat(restricted.list(ALL.where(Filter.or(Filter.all(), Filter.eq("origin", "BER")))))
                .extracting(row -> row.int64("id"))
                .containsExactly(4L, 6L, 8L);
        assertThat(restricted.count(ALL.where(Filter.eq("origin", "BER")))).isZero();
        assertThat(restricted.explain(ALL).query())
                .isEqualTo("flights [2024-03-01T00:00:00Z, 2024-04-01T00:00:00Z) restricted by origin, delay"
                        + " oldest first");
        assertThat(flights().count(ALL)).isEqualTo(8);
        assertThatThrownBy(() -> flights().restrictedTo(Filter.eq("tenant", 1)))
                .isInstanceOf(BadQueryException.class)
                .hasMessageContaining("'tenant'");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closing_at_any_point_cancels_and_releases_everything(boolean early) {
        fixture.late(3, 30);
        for (Query query : List.of(ALL, ALL.newestFirst(), ALL.newestFirst().limit(7))) {
            for (int read = 0; read <= 9; read++) {
                TieredQueryBuilder builder = fixture.flights();
                ScanControl control = ScanControl.unlimited();
                Stream<Row> stream = (early ? builder.executor(Runnable::run) : builder).build().stream(query, control);
                Iterator<Row> rows = stream.iterator();
                for (int i = 0; i < read && rows.hasNext(); i++) {
                    rows.next();
                }
                stream.close();
                assertThat(fixture.leftOpen())
                        .as("after %s rows of %s", read, query)
                        .isZero();
                assertThat(control.isStopped())
                        .isEqualTo(read <= 7 || (read == 8 && query.limit().isEmpty()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hot.snapshot",
                "hot.look",
                "hot.count",
                "hot.open",
                "hot.next",
                "hot.manifests",
                "cold.unregistered",
                "cold.open",
                "cold.next"
            })
    void a_failure_at_any_step_releases_everything_and_never_looks_like_the_end(String step) {
        fixture.late(3, 30);
        for (Query query : List.of(ALL.limit(8), ALL.newestFirst().limit(8), ALL, ALL.newestFirst())) {
            for (boolean early : new boolean[] {false, true}) {
                SourceUnavailableException failure = new SourceUnavailableException("the network is gone");
                int[] thrown = new int[1];
                TieredQueryBuilder builder = fixture.flights(taken -> {
                    if (taken.equals(step)) {
                        thrown[0]++;
                        throw failure;
                    }
                });
                ScanControl control = ScanControl.unlimited();
                Iterator<Row> rows = (early ? builder.executor(Runnable::run) : builder)
                        .build().stream(query, control).iterator();
                if (step.equals("hot.count") && query.limit().isEmpty()) {
                    continue;
                }
                assertThatThrownBy(() -> rows.forEachRemaining(row -> {})).isSameAs(failure);
                assertThat(thrown[0]).isEqualTo(1);
                assertThat(fixture.leftOpen()).as("%s at %s", query, step).isZero();
                assertThat(control.isStopped()).isTrue();
                assertThatThrownBy(rows::hasNext).isInstanceOf(QueryCancelledException.class);
            }
        }
    }

    /** Closes in the middle of each step that the reading thread takes, as another thread would. */
    @Test
    void closing_from_elsewhere_during_any_step_releases_everything_and_never_looks_like_the_end() {
        fixture.late(3, 30);
        for (Query query : List.of(ALL, ALL.newestFirst(), ALL.newestFirst().limit(8))) {
            for (boolean early : new boolean[] {false, true}) {
                int closed = 0;
                for (int at = 0; at < 40; at++) {
                    closed += closeAtStep(query, early, at) ? 1 : 0;
                }
                assertThat(closed).isGreaterThan(10);
            }
        }
    }

    private boolean closeAtStep(Query query, boolean early, int at) {
        List<Stream<Row>> streams = new ArrayList<>();
        int[] step = new int[1];
        TieredQueryBuilder builder = fixture.flights(taken -> {
            if (step[0]++ == at) {
                streams.get(0).close();
            }
        });
        Stream<Row> stream = (early ? builder.executor(Runnable::run) : builder).build().stream(query);
        streams.add(stream);
        Iterator<Row> rows = stream.iterator();
        List<Row> seen = new ArrayList<>();
        try {
            rows.forEachRemaining(seen::add);
            assertThat(seen).hasSize(8);
            return false;
        } catch (QueryCancelledException | IllegalStateException e) {
            return true;
        } finally {
            assertThat(fixture.leftOpen())
                    .as("%s, closed at step %s", query, at)
                    .isZero();
        }
    }

    @Test
    void a_timeout_stops_the_query_wherever_it_passes() {
        for (int at = 0; at <= 8; at++) {
            AtomicLong nanos = new AtomicLong();
            ScanControl control = ScanControl.within(Duration.ofSeconds(10), nanos::get);
            Iterator<Row> rows = flights().stream(ALL.newestFirst(), control).iterator();
            for (int i = 0; i < at; i++) {
                rows.next();
            }
            nanos.set(Duration.ofSeconds(10).toNanos());
            assertThatThrownBy(() -> rows.forEachRemaining(row -> {}))
                    .isInstanceOf(QueryTimedOutException.class)
                    .hasMessageMatching("the timeout of PT10S passed while .*; what ran was stopped\\."
                            + " Narrow the query or allow more time");
            assertThat(fixture.leftOpen()).isZero();
        }
        assertThatThrownBy(() -> flights().count(ALL.timeout(Duration.ofNanos(1))))
                .isInstanceOf(QueryTimedOutException.class);
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void a_timeout_that_is_meant_as_for_ever_is_one() {
        Query patient = ALL.timeout(Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(flights().list(patient)).isEqualTo(fixture.rows);
        assertThat(ScanControl.within(Duration.ofSeconds(Long.MAX_VALUE)).isStopped())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_long_cold_read_holds_no_snapshot_of_the_database(boolean early) {
        for (Query query : List.of(ALL, ALL.newestFirst())) {
            TieredQueryBuilder builder = fixture.flights();
            try (Stream<Row> stream = (early ? builder.executor(Runnable::run) : builder).build().stream(query)) {
                Iterator<Row> rows = stream.iterator();
                int coldRows = 0;
                while (rows.hasNext()) {
                    rows.next();
                    if (fixture.cold.openCursors() > 0 && fixture.hot.openCursors() == 0) {
                        coldRows++;
                        assertThat(fixture.hot.openSnapshots()).as("%s", query).isZero();
                    }
                }
                assertThat(coldRows).as("rows that were read of the archive").isGreaterThan(1);
            }
        }
    }

    @Test
    void cold_starts_early_only_when_it_is_certain_to_be_needed() {
        List<String> order = new ArrayList<>();
        TieredQuery<Row> flights =
                fixture.flights(order::add).executor(Runnable::run).build();
        assertThat(flights.list(ALL.newestFirst())).isEqualTo(fixture.newestFirst());
        assertThat(order.indexOf("cold.open")).isLessThan(order.indexOf("hot.open"));
        order.clear();
        assertThat(flights.list(ALL.newestFirst().limit(3))).hasSize(3);
        assertThat(order).doesNotContain("cold.open");
        order.clear();
        assertThat(flights.list(ALL)).isEqualTo(fixture.rows);
        assertThat(order.indexOf("cold.open")).isLessThan(order.indexOf("hot.open"));
    }

    @Test
    void an_early_start_needs_no_free_thread() {
        for (boolean late : new boolean[] {false, true}) {
            if (late) {
                fixture.late(2, 20);
            }
            assertThat(fixture.flights().executor(task -> {}).build().list(ALL.newestFirst()))
                    .isEqualTo(fixture.newestFirst());
            assertThat(fixture.flights()
                            .executor(task -> {
                                throw new java.util.concurrent.RejectedExecutionException("full");
                            })
                            .build()
                            .list(ALL.newestFirst()))
                    .isEqualTo(fixture.newestFirst());
            assertThat(fixture.leftOpen()).isZero();
        }
    }

    @Test
    void a_reader_on_the_only_thread_of_the_executor_does_not_wait_for_itself() throws Exception {
        ExecutorService single = Executors.newSingleThreadExecutor();
        try {
            TieredQuery<Row> flights =
                    fixture.flights(StepHook.NONE).executor(single).build();
            Future<List<Row>> rows = single.submit(() -> flights.list(ALL.newestFirst()));
            assertThat(rows.get()).isEqualTo(fixture.newestFirst());
        } finally {
            single.shutdown();
        }
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void an_early_start_that_comes_too_late_is_left_and_asked_anew() {
        List<Runnable> tasks = new ArrayList<>();
        fixture.steps.clear();
        TieredQuery<Row> flights = fixture.flights().executor(tasks::add).build();
        Iterator<Row> rows = flights.stream(ALL.newestFirst()).iterator();
        rows.next();
        fixture.clock.advance(Duration.ofMinutes(11));
        tasks.forEach(Runnable::run);
        assertThat(fixture.steps).doesNotContain("cold.open");
        rows.forEachRemaining(row -> {});
        assertThat(fixture.steps.stream().filter("hot.snapshot"::equals)).hasSize(2);
        assertThat(fixture.steps.stream().filter("cold.open"::equals)).hasSize(1);
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void an_old_snapshot_does_not_decide_what_cold_shows() {
        fixture.steps.clear();
        Iterator<Row> rows = flights().stream(ALL.newestFirst()).iterator();
        rows.next();
        fixture.clock.advance(Duration.ofMinutes(10));
        rows.next();
        rows.next();
        rows.next();
        fixture.clock.advance(Duration.ofNanos(1));
        assertThat(rows.next()).isEqualTo(fixture.rows.get(3));
        assertThat(fixture.steps.stream().filter("hot.snapshot"::equals)).hasSize(2);
        long count = fixture.flights(StepHook.doingAt("hot.count", 1, () -> fixture.clock.advance(Duration.ofHours(1))))
                .build()
                .count(ALL);
        assertThat(count).isEqualTo(8);
    }

    @Test
    void a_partition_that_the_catalog_lacks_is_an_error_and_not_a_gap() {
        fixture.cold.forget("year=2024/month=03/day=02/origin=SFO/tq_version=0000000002");
        fixture.cold.forget("year=2024/month=03/day=04/origin=SFO/tq_version=0000000004");
        String message = "table 'flights', range " + BELOW + ": cold:flights doesn't know 2 of 4 partitions with 2"
                + " archived rows, the first is year=2024/month=03/day=02/origin=SFO/tq_version=0000000002. Register"
                + " them again (the archiver's publish step, or MSCK REPAIR TABLE); without them the answer would lack"
                + " rows";
        assertThatThrownBy(() -> flights().list(ALL))
                .isInstanceOf(MissingPartitionException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> flights().count(ALL.where(Filter.gt("delay", 0))))
                .isInstanceOf(MissingPartitionException.class)
                .hasMessage(message);
        assertThatThrownBy(
                        () -> flights().restrictedTo(Filter.eq("origin", "SFO")).list(ALL))
                .isInstanceOfSatisfying(
                        MissingPartitionException.class,
                        missing -> assertThat(missing.partition())
                                .isEqualTo("year=2024/month=03/day=02/origin=SFO/tq_version=0000000002"))
                .hasMessage("table 'flights', range " + BELOW + ": cold:flights doesn't know 2 of 2 partitions with 2"
                        + " archived rows, the first is year=2024/month=03/day=02/origin=…/tq_version=0000000002."
                        + " Register them again (the archiver's publish step, or MSCK REPAIR TABLE); without them the"
                        + " answer would lack rows");
        assertThat(flights().count(ALL)).as("the manifests need no catalog").isEqualTo(8);
        assertThat(flights().list(ALL.where(Filter.eq("origin", "BER")))).hasSize(4);
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void a_partition_that_was_seen_is_looked_up_again_only_after_a_while() {
        TieredQuery<Row> flights = flights();
        flights.list(ALL.where(Filter.eq("origin", "BER")));
        assertThat(fixture.cold.lookUps()).isEqualTo(1);
        flights.list(ALL);
        assertThat(fixture.cold.lookUps()).isEqualTo(2);
        flights.list(ALL);
        flights.restrictedTo(Filter.eq("origin", "SFO")).count(ALL);
        assertThat(fixture.cold.lookUps()).isEqualTo(2);
        fixture.clock.advance(Duration.ofMinutes(11));
        flights.list(ALL);
        assertThat(fixture.cold.lookUps()).isEqualTo(3);
    }

    @Test
    void an_archive_that_was_written_with_another_layout_is_refused() {
        MemoryColdStore other =
                new MemoryColdStore("cold:flights", Flights.TABLE, HivePartitionLayout.daily(ZoneOffset.UTC));
        TieredQuery<Row> flights =
                TieredQuery.builder(Flights.TABLE).hot(fixture.hot).cold(other).build();
        String described = Flights.TABLE.describe() + " partitioned year, month, day, ";
        for (Runnable use :
                List.<Runnable>of(() -> flights.list(ALL), () -> flights.count(ALL), () -> flights.explain(ALL))) {
            assertThatThrownBy(use::run)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("the archive was written with\n  " + described + "origin, tq_version in Z"
                            + "\nbut this process is configured with\n  " + described + "tq_version in Z"
                            + "\nThat is: the layout is year, month, day, origin, tq_version in Z in the archive, and"
                            + " year, month, day, tq_version in Z here. Configure it as the archive was written, or use"
                            + " another journal");
        }
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void the_listener_hears_each_slice_once_and_may_fail() {
        fixture.late(3, 30);
        List<SliceReport> reports = new ArrayList<>();
        TieredQuery<Row> flights = fixture.flights()
                .listener(report -> {
                    reports.add(report);
                    throw new IllegalStateException("the listener's own trouble");
                })
                .build();
        flights.list(ALL);
        assertThat(reports).extracting(SliceReport::tier).containsExactly(Tier.LATE, Tier.COLD, Tier.HOT);
        assertThat(reports).extracting(SliceReport::rows).containsExactly(1L, 4L, 4L);
        assertThat(reports)
                .extracting(SliceReport::source)
                .containsExactly("hot:flights", "cold:flights", "hot:flights");
        assertThat(reports.get(1).range()).isEqualTo(BELOW);
        assertThat(reports.get(1).stats().bytesScanned()).isPositive();
        assertThat(reports.get(1).cost())
                .isEqualTo(BigDecimal.valueOf(reports.get(1).stats().bytesScanned(), 3));
        assertThat(reports.get(2).stats()).isEqualTo(ScanStats.UNKNOWN);
        assertThat(reports.get(2).cost()).isEqualTo(BigDecimal.ZERO);
        reports.clear();
        try (Stream<Row> rows = flights.stream(ALL)) {
            assertThat(rows.iterator().next()).isEqualTo(fixture.rows.get(0));
        }
        assertThat(reports).extracting(SliceReport::tier).containsExactly(Tier.LATE, Tier.COLD);
    }

    @Test
    void a_query_that_does_not_fit_is_refused_at_the_call() {
        assertThatThrownBy(() -> flights().stream(ALL.columns("id", "tenant")))
                .isInstanceOf(BadQueryException.class)
                .hasMessage(
                        "table 'flights' has no column 'tenant' to choose; it has [departed_at, id, origin, delay]");
        assertThatThrownBy(() -> flights().list(ALL.columns("id", "id")))
                .isInstanceOf(BadQueryException.class)
                .hasMessage("table 'flights': column 'id' stands twice among the chosen ones");
        assertThatThrownBy(() -> flights().count(ALL.where(Filter.eq("tenant", 1))))
                .isInstanceOf(BadQueryException.class)
                .hasMessageContaining("'tenant'");
        assertThatThrownBy(() -> flights().explain(ALL.where(Filter.eq("delay", "late"))))
                .isInstanceOf(BadQueryException.class)
                .hasMessageContaining("'delay'");
        assertThatThrownBy(() -> Query.between(BELOW.to(), BELOW.from()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the range is inverted: it goes from 2024-03-05T00:00:00Z to 2024-03-01T00:00:00Z");
        assertThat(fixture.steps).isEmpty();
    }

    @Test
    void a_row_that_moves_between_the_stages_is_seen_once() {
        Iterator<Row> rows = flights().stream(ALL).iterator();
        List<Row> seen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            seen.add(rows.next());
        }
        fixture.clock.advance(Duration.ofDays(2));
        fixture.archive();
        rows.forEachRemaining(seen::add);
        assertThat(seen).isEqualTo(fixture.rows);
        assertThat(fixture.hot.rows()).hasSize(2);
    }

    @Test
    void late_rows_come_in_their_place() {
        Row late = flight("2024-03-02T18:00:00Z", 77, "OSL", null);
        fixture.hot.put(late);
        fixture.rows.add(2, late);
        assertThat(flights().list(ALL)).isEqualTo(fixture.rows);
        assertThat(flights().count(ALL)).isEqualTo(9);
        assertThat(flights().list(ALL.where(Filter.isNull("delay")))).containsExactly(late);
    }
}
