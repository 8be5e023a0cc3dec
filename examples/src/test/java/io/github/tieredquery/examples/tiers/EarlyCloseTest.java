package io.github.tieredquery.examples.tiers;

import static io.github.tieredquery.table.ColumnType.INT64;
import static io.github.tieredquery.table.ColumnType.STRING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.fault.Counters;
import io.github.tieredquery.athenalocal.fault.QueryGate;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;

/**
 * A stream over both tiers that ends before its rows do, while hot rows are read and the cold query has started early:
 * nothing runs on, and every connection is free. The hot tier has one connection and the cold one two, so whatever is
 * not given back is missing in the next query.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EarlyCloseTest {

    private static final Table EVENTS = Table.builder("events")
            .time("at")
            .key("id", INT64)
            .column("note", STRING)
            .build();
    private static final Query NEWEST_FIRST = Query.between(
                    Instant.parse("2024-01-01T00:00:00Z"), Instant.parse("2025-01-01T00:00:00Z"))
            .newestFirst();
    private static final Instant OLD = Instant.parse("2024-02-20T00:00:00Z");
    private static final Instant NEW = Instant.parse("2024-03-05T00:00:00Z");
    private static final int HOT_ROWS = 4_000;
    private static final int COLD_ROWS = 30_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TwoTiers tiers = TwoTiers.start();
    private final HikariDataSource onlyConnection = tiers.pool(1);
    private final AwsAccess narrow = tiers.access().maxConnections(2).build();
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final JdbcSource hot;
    private final AthenaSource cold;
    private final TieredQuery<Row> events;
    private Counters before;

    EarlyCloseTest() {
        tiers.createTable(EVENTS);
        tiers.insert(EVENTS, rows(OLD, 0, COLD_ROWS));
        tiers.insert(EVENTS, rows(NEW, COLD_ROWS, HOT_ROWS));
        hot = tiers.hot(EVENTS, onlyConnection).fetchSize(100).build();
        cold = tiers.cold(EVENTS, narrow)
                .layout(HivePartitionLayout.daily(ZoneOffset.UTC))
                .results(tiers.results().readAhead(1, 1 << 20))
                .build();
        events = TieredQuery.builder(EVENTS)
                .hot(hot)
                .cold(cold)
                .executor(executor)
                .build();
        before = tiers.athena().counters();
    }

    private static List<Row> rows(Instant day, long firstId, int count) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(EVENTS.rowType()
                    .row(new @Nullable Object[] {day.plusSeconds(i), firstId + i, "a note of some length " + i}));
        }
        return rows;
    }

    @BeforeAll
    void archive_the_old_rows() {
        try (JdbcSource archivers = tiers.hot(EVENTS).build()) {
            assertThat(Archiver.builder(archivers, cold)
                            .keep(Period.ofDays(30))
                            .clock(InstantSource.fixed(Instant.parse("2024-03-31T12:00:00Z")))
                            .settle(Duration.ZERO)
                            .build()
                            .run()
                            .rows())
                    .isEqualTo(COLD_ROWS);
        }
        assertThatAllRowsCome();
    }

    @BeforeEach
    void count_from_here() {
        before = tiers.athena().counters();
    }

    @AfterEach
    void the_next_query_finds_all_it_needs() {
        assertThatAllRowsCome();
        assertThatNothingIsHeld();
    }

    @AfterAll
    void stop() throws InterruptedException {
        executor.shutdown();
        assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        cold.close();
        hot.close();
        narrow.close();
        onlyConnection.close();
        tiers.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = QueryExecutionState.class,
            names = {"QUEUED", "RUNNING"})
    void after_ten_hot_rows_the_cold_query_is_stopped(QueryExecutionState state) {
        try (QueryGate hold = holdQueries(state);
                Stream<Row> stream = events.stream(NEWEST_FIRST)) {
            Iterator<Row> rows = stream.iterator();
            read(rows, 10);
            hold.awaitHeld(1, PATIENCE);
            // Whoever closes before the answer to the start is there leaves the stopping to the thread that starts.
            await(() -> calls("GetQueryExecution") > 0);
            assertThat(tiers.athena().counters().activeQueries()).isEqualTo(1);
            assertThat(connectionsInUse()).isEqualTo(1);

            stream.close();

            assertThat(stopped()).isEqualTo(1);
            assertThatNothingIsHeld();
            assertThatThrownBy(rows::next)
                    .isInstanceOf(QueryCancelledException.class)
                    .hasMessage("the query was cancelled while starting to read the next tier");
        }
    }

    @Test
    void after_ten_hot_rows_the_reading_of_the_cold_result_ends() {
        try (Stream<Row> stream = events.stream(NEWEST_FIRST)) {
            read(stream.iterator(), 10);
            await(() -> gets() > 0);
            assertThat(connectionsInUse()).isEqualTo(1);

            stream.close();

            assertThatNothingIsHeld();
            assertThat(stopped()).as("the query had succeeded").isZero();
        }
    }

    @Test
    void after_ten_cold_rows_the_reading_of_the_cold_result_ends() {
        try (Stream<Row> stream = events.stream(NEWEST_FIRST)) {
            read(stream.iterator(), HOT_ROWS + 10);
            assertThat(gets()).isPositive();
            assertThat(connectionsInUse())
                    .as("archived rows alone need no snapshot")
                    .isZero();

            stream.close();

            assertThatNothingIsHeld();
            assertThat(stopped()).isZero();
        }
    }

    @Test
    void closing_from_another_thread_wakes_who_waits_for_the_cold_query() {
        try (QueryGate hold = holdQueries(QueryExecutionState.RUNNING);
                Stream<Row> stream = events.stream(NEWEST_FIRST)) {
            Iterator<Row> rows = stream.iterator();
            CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> read(rows, HOT_ROWS + 1));
            hold.awaitHeld(1, PATIENCE);

            stream.close();

            assertThatThrownBy(() -> reader.get(60, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(QueryCancelledException.class)
                    .message()
                    .startsWith("the query was cancelled while ");
            await(() -> stopped() == 1);
            await(() -> connectionsInUse() == 0);
            assertThatNothingIsHeld();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = QueryExecutionState.class,
            names = {"QUEUED", "RUNNING"})
    void a_timeout_stops_the_cold_query_and_says_so(QueryExecutionState state) {
        try (QueryGate hold = holdQueries(state);
                Stream<Row> stream = events.stream(NEWEST_FIRST.timeout(Duration.ofSeconds(3)))) {
            Iterator<Row> rows = stream.iterator();
            read(rows, HOT_ROWS);
            hold.awaitHeld(1, PATIENCE);

            assertThatThrownBy(rows::next)
                    .isInstanceOf(QueryTimedOutException.class)
                    .message()
                    .matches("the timeout of PT3S passed while waiting for athena:default.events \\(execution"
                            + " [0-9a-f-]{36}\\); what ran was stopped. Narrow the query or allow more time");
            // On a thread of its own, which the reader doesn't wait for.
            await(() -> stopped() == 1);
            assertThatNothingIsHeld();
        }
    }

    /** Not the look-ups of partitions, which have no order. */
    private QueryGate holdQueries(QueryExecutionState state) {
        return tiers.athena().faults().holdInState(state, sql -> sql.contains("ORDER BY"));
    }

    private static void read(Iterator<Row> rows, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(rows.next().int64("id")).isEqualTo(HOT_ROWS + COLD_ROWS - 1 - i);
        }
    }

    private void assertThatAllRowsCome() {
        try (Stream<Row> stream = events.stream(NEWEST_FIRST)) {
            Iterator<Row> rows = stream.iterator();
            read(rows, HOT_ROWS + COLD_ROWS);
            assertThat(rows.hasNext()).isFalse();
        }
    }

    private void assertThatNothingIsHeld() {
        // Athena, like the real one, answers before a stopped query has left.
        await(() -> tiers.athena().counters().activeQueries() == 0);
        assertThat(connectionsInUse()).isZero();
        try {
            onlyConnection.getConnection().close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private int connectionsInUse() {
        return onlyConnection.getHikariPoolMXBean().getActiveConnections();
    }

    private long stopped() {
        return calls("StopQueryExecution");
    }

    private long calls(String operation) {
        return tiers.athena().counters().since(before).athena(operation);
    }

    private long gets() {
        return tiers.athena().counters().since(before).s3("GetObject");
    }

    private static void await(BooleanSupplier condition) {
        Instant end = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as("it never came").isBefore(end);
            Thread.onSpinWait();
        }
    }
}
