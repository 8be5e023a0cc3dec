package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.LAYOUT;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.tieredquery.error.OutcomeUnknownException;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.ContractRows;
import io.github.tieredquery.testkit.FaultyProxy;
import io.github.tieredquery.testkit.FaultyProxy.Direction;
import io.github.tieredquery.testkit.FaultyProxy.Fault;
import io.github.tieredquery.testkit.FaultyProxy.Kind;
import io.github.tieredquery.testkit.Hiccups;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the network between a service and its database swallows, calls end in their time and one second. */
abstract class SilentNetworkContract {

    private static final AtomicInteger JOURNALS = new AtomicInteger();
    private static final Pattern PORT = Pattern.compile("localhost:(\\d+)");
    private static final Duration TIME = Duration.ofMillis(400);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int MANY = 20_000;
    private static final Table NUMBERS = Table.builder("numbers")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("padding", ColumnType.STRING)
            .build();
    private static final TimeRange ALWAYS =
            new TimeRange(Instant.parse("2000-01-01T00:00:00Z"), Instant.parse("2100-01-01T00:00:00Z"));

    private final TestServer server = server();
    private final JdbcHotStores stores = new JdbcHotStores(server);
    private final FaultyProxy network = FaultyProxy.to(port(server.url()));
    private final CountingDataSource pool =
            new CountingDataSource(dataSource(PORT.matcher(server.url()).replaceFirst("localhost:" + network.port())));

    abstract TestServer server();

    abstract DataSource dataSource(String url);

    /** A FROM expression with so many rows, each some hundred bytes long. */
    abstract String manyRows(int rows);

    private static int port(String url) {
        Matcher port = PORT.matcher(url);
        assertThat(port.find()).isTrue();
        return Integer.parseInt(port.group(1));
    }

    @AfterEach
    void close_the_network() {
        network.close();
    }

    private JdbcSource source(DataSource connections) {
        return JdbcSource.builder(Jdbi.create(connections), NUMBERS)
                .from(manyRows(MANY))
                .fetchSize(100)
                .build();
    }

    private static long read(JdbcSource source, ScanControl control) {
        long rows = 0;
        try (RowCursor cursor = source.open(Scan.of(NUMBERS, ALWAYS), control)) {
            while (cursor.next() != null) {
                rows++;
            }
        }
        return rows;
    }

    private static void assertInTime(Duration time, ThrowingCallable call) {
        Hiccups.Watch watch = Hiccups.start();
        Throwable failure = catchThrowable(call);
        assertThat(watch.elapsed()).as("%s", failure).isLessThan(time.plus(SECOND));
    }

    private void assertNothingIsOut() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (pool.open() > 0) {
            assertThat(System.nanoTime()).as("connections are out").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TO_SERVER, 0",
        "TO_SERVER, 30",
        "TO_SERVER, 150",
        "TO_CLIENT, 0",
        "TO_CLIENT, 10",
        "TO_CLIENT, 60",
        "TO_CLIENT, 300",
        "TO_CLIENT, 3000",
        "TO_CLIENT, 30000",
        "TO_CLIENT, 300000"
    })
    void a_read_ends_in_its_time_wherever_its_packets_vanish(Direction direction, long bytes) throws Exception {
        JdbcSource source = source(pool);
        network.inject(new Fault(Kind.SWALLOW, direction, bytes, 0));
        Hiccups.Watch watch = Hiccups.start();
        assertThatThrownBy(() -> read(source, ScanControl.within(TIME)))
                .isInstanceOfAny(QueryTimedOutException.class, SourceUnavailableException.class);
        assertThat(watch.elapsed()).isLessThan(TIME.plus(SECOND));
        assertNothingIsOut();
        assertThat(network.heal()).isTrue();
        assertThat(read(source, ScanControl.unlimited())).isEqualTo(MANY);
        assertNothingIsOut();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void the_message_says_what_was_waited_for(int connections) throws Exception {
        JdbcSource source = source(pool);
        if (connections == 1) {
            pool.closeIdle();
        }
        network.inject(new Fault(Kind.SWALLOW, Direction.TO_SERVER, 0, connections));
        assertThatThrownBy(() -> read(source, ScanControl.within(TIME)))
                .isInstanceOf(QueryTimedOutException.class)
                .hasMessage(
                        connections == 1
                                ? source.name()
                                        + ": the query's timeout passed while it waited for a connection: the pool is"
                                        + " empty, since all its connections are in use, or the database takes no new"
                                        + " one. Let fewer queries run at a time, or give the pool more connections;"
                                        + " each stream holds one until it is closed"
                                : "the timeout of PT0.4S passed while opening " + source.name()
                                        + "; what ran was stopped. Narrow the query or allow more time");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 10, 100, 100_000})
    void closing_a_cursor_of_a_query_without_a_timeout_takes_less_than_a_second(long bytes) throws Exception {
        JdbcSource source = source(pool);
        RowCursor cursor = source.open(Scan.of(NUMBERS, ALWAYS), ScanControl.unlimited());
        assertThat(cursor.next()).isNotNull();
        network.inject(new Fault(Kind.SWALLOW, Direction.TO_CLIENT, bytes, 0));
        assertInTime(Duration.ZERO, cursor::close);
        assertNothingIsOut();
    }

    @Test
    void closing_frees_whoever_reads_in_a_query_without_a_timeout() throws Exception {
        JdbcSource source = source(pool);
        ScanControl control = ScanControl.unlimited();
        RowCursor cursor = source.open(Scan.of(NUMBERS, ALWAYS), control);
        network.inject(new Fault(Kind.SWALLOW, Direction.TO_CLIENT, 20_000, 0));
        CompletableFuture<Throwable> reading = CompletableFuture.supplyAsync(() -> catchThrowable(() -> {
            while (cursor.next() != null) {
                continue;
            }
        }));
        network.awaitActive();
        assertInTime(Duration.ZERO, () -> {
            control.cancel();
            cursor.close();
        });
        network.heal();
        assertThat(reading.get(60, TimeUnit.SECONDS)).isInstanceOf(QueryCancelledException.class);
        assertNothingIsOut();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 20, 100, 300, 600, 1_000})
    void a_snapshot_ends_in_its_time(long bytes) throws Exception {
        JdbcSource store = store();
        network.inject(new Fault(Kind.SWALLOW, Direction.TO_CLIENT, bytes, 0));
        ScanControl control = ScanControl.within(TIME);
        assertInTime(TIME, () -> {
            try (HotSnapshot snapshot = store.snapshot(control)) {
                snapshot.manifests(ALWAYS, LAYOUT);
                snapshot.tombstones(ALWAYS);
                snapshot.hasRows(ALWAYS);
                for (RowCursor rows = snapshot.open(Scan.of(EVENTS, ALWAYS)); rows.next() != null; ) {
                    continue;
                }
            }
        });
        assertNothingIsOut();
    }

    private JdbcSource store() {
        JdbcSource direct = stores.create("silent_" + JOURNALS.incrementAndGet(), EVENTS, List.of());
        prepared(direct);
        return stores.over(Jdbi.create(pool), direct);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 20, 60, 120, 200, 300, 400, 500, 600, 700, 800})
    void a_transaction_of_the_journal_ends_in_its_time_and_is_all_or_nothing(long bytes) throws Exception {
        JdbcSource store = store();
        Row key = ContractRows.row(EVENTS.keyType(), Instant.parse("2024-01-01T00:00:00Z"), 1L);
        TimeRange window = new TimeRange(Instant.parse("2023-01-01T00:00:00Z"), Instant.parse("2024-01-01T00:00:00Z"));
        ArchiveJournal journal = store.journal().orElseThrow().within(ScanControl.within(TIME));
        network.inject(new Fault(Kind.SWALLOW, Direction.TO_CLIENT, bytes, 0));
        List<Throwable> failures = new ArrayList<>();
        assertInTime(TIME, () -> {
            Throwable failure = catchThrowable(() -> {
                journal.erase(List.of(key));
                journal.beginWindow(window, "somebody", Duration.ofMinutes(5));
            });
            failures.add(failure);
        });
        assertThat(network.isActive()).as("%s", failures).isTrue();
        assertThat(failures.get(0))
                .isInstanceOfAny(
                        QueryTimedOutException.class, OutcomeUnknownException.class, SourceUnavailableException.class);
        network.heal();
        assertNothingIsOut();
        // The database isn't held up by what was broken off.
        store.journal().orElseThrow().erase(List.of(key));
    }

    @Test
    void a_commit_whose_answer_vanishes_has_an_unknown_outcome() throws Exception {
        JdbcSource store = store();
        Row key = ContractRows.row(EVENTS.keyType(), Instant.parse("2024-01-01T00:00:00Z"), 1L);
        ArchiveJournal journal = stores.over(Jdbi.create(() -> silentAtCommit(pool.getConnection())), store)
                .journal()
                .orElseThrow();
        ArchiveJournal hasty = journal.within(ScanControl.within(TIME));
        Hiccups.Watch watch = Hiccups.start();
        assertThatThrownBy(() -> hasty.erase(List.of(key)))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessage(store.name() + ": erasing 1 keys: the answer to COMMIT was lost (no answer came in time),"
                        + " so it may or may not have happened. Erase the keys again, unless somebody has inserted rows"
                        + " with them since");
        assertThat(watch.elapsed()).isLessThan(TIME.plus(SECOND));
        network.heal();
        assertNothingIsOut();
    }

    /** COMMIT is the driver's call on PostgreSQL, and a statement on MariaDB. */
    private Connection silentAtCommit(Connection connection) {
        return watched(Connection.class, connection, (method, arguments) -> {
            if (method.equals("commit")) {
                silenceAnswers();
            }
        });
    }

    private Statement silentAtCommit(Statement statement) {
        return watched(Statement.class, statement, (method, arguments) -> {
            if (method.equals("execute") && arguments.contains("COMMIT")) {
                silenceAnswers();
            }
        });
    }

    private void silenceAnswers() {
        network.inject(new Fault(Kind.SWALLOW, Direction.TO_CLIENT, 0, 0));
    }

    private <T> T watched(Class<T> type, T target, BiConsumer<String, List<Object>> before) {
        return type.cast(Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    before.accept(method.getName(), arguments == null ? List.of() : Arrays.asList(arguments));
                    try {
                        Object result = method.invoke(target, arguments);
                        return method.getReturnType() == Statement.class ? silentAtCommit((Statement) result) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    /** A pool that lets its callers wait for ever. */
    private static DataSource limited(CountingDataSource pool, int connections) {
        Semaphore free = new Semaphore(connections);
        return (DataSource) Proxy.newProxyInstance(
                SilentNetworkContract.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (dataSource, called, none) -> {
                    free.acquire();
                    Connection connection = pool.getConnection();
                    return Proxy.newProxyInstance(
                            SilentNetworkContract.class.getClassLoader(),
                            new Class<?>[] {Connection.class},
                            (proxy, method, arguments) -> {
                                if (method.getName().equals("close")) {
                                    free.release();
                                }
                                try {
                                    return method.invoke(connection, arguments);
                                } catch (InvocationTargetException e) {
                                    throw e.getCause();
                                }
                            });
                });
    }

    @Test
    void five_hundred_threads_on_ten_connections_end_in_time_and_hear_that_the_pool_is_empty() throws Exception {
        JdbcSource source = source(limited(pool, 10));
        ScanControl slow = ScanControl.unlimited();
        List<RowCursor> holding = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            holding.add(source.open(Scan.of(NUMBERS, ALWAYS), slow));
        }
        ExecutorService threads = Executors.newFixedThreadPool(500);
        try {
            List<Future<Throwable>> failures = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                failures.add(threads.submit(() -> {
                    Hiccups.Watch watch = Hiccups.start();
                    Throwable failure = catchThrowable(() -> read(source, ScanControl.within(TIME)));
                    assertThat(watch.elapsed()).isLessThan(TIME.plus(SECOND));
                    return failure;
                }));
            }
            for (Future<Throwable> failure : failures) {
                assertThat(failure.get(60, TimeUnit.SECONDS))
                        .isInstanceOf(QueryTimedOutException.class)
                        .hasMessage(source.name() + ": the query's timeout passed while it waited for a connection: the"
                                + " pool is empty, since all its connections are in use, or the database takes no new"
                                + " one. Let fewer queries run at a time, or give the pool more connections; each"
                                + " stream holds one until it is closed");
            }
        } finally {
            threads.shutdownNow();
        }
        // Connections that come to those who have given up are given back.
        holding.forEach(RowCursor::close);
        assertNothingIsOut();
        assertThat(read(source, ScanControl.within(Duration.ofMinutes(1)))).isEqualTo(MANY);
    }

    @Test
    void a_connection_is_given_back_with_the_socket_timeout_that_it_had() throws Exception {
        JdbcSource source = source(pool);
        try (Connection connection = pool.getConnection()) {
            connection.setNetworkTimeout(Runnable::run, 123_000);
        }
        assertThat(read(source, ScanControl.within(Duration.ofMinutes(1)))).isEqualTo(MANY);
        try (RowCursor left = source.open(Scan.of(NUMBERS, ALWAYS), ScanControl.within(Duration.ofMinutes(1)))) {
            assertThat(left.next()).isNotNull();
        }
        try (Connection connection = pool.getConnection()) {
            assertThat(connection.getNetworkTimeout()).isEqualTo(123_000);
        }
        assertThat(pool.closeIdle()).isEqualTo(1);
    }
}
