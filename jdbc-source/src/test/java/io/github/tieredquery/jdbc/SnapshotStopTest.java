package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.LAYOUT;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.HotSnapshot;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever statement of a snapshot waits in the database, closing and timeouts stop it, and its connection is free. */
class SnapshotStopTest {

    private static final AtomicInteger ROLES = new AtomicInteger();
    private static final TimeRange ALWAYS =
            new TimeRange(Instant.parse("2000-01-01T00:00:00Z"), Instant.parse("2100-01-01T00:00:00Z"));

    private final PostgresDatabase database = PostgresDatabase.get();
    private final JdbcHotStores stores = new JdbcHotStores(database);
    private final String role = "stopped_" + ROLES.incrementAndGet();
    private final String journal = role;

    private String hot = "";
    private CountingDataSource pool;
    private JdbcSource store;

    /** What waits, and for what. */
    enum Waiting {
        /** Before the snapshot, so that no partition is detached meanwhile. */
        LOCK_OF_THE_TABLE("taking a snapshot of "),
        STATE_OF_THE_JOURNAL("taking a snapshot of "),
        MANIFESTS("reading manifests of "),
        TOMBSTONES("counting tombstones of "),
        LOOK_FOR_LATE_ROWS("looking for rows in ");

        private final String what;

        Waiting(String what) {
            this.what = what;
        }
    }

    @BeforeEach
    void create_a_table_that_a_role_of_its_own_reads() {
        JdbcSource owner = stores.create(journal, EVENTS, List.of());
        prepared(owner);
        hot = database.quote(stores.origin(owner).physicalName());
        database.execute("CREATE ROLE " + role + " LOGIN");
        database.execute("GRANT USAGE ON SCHEMA " + journal + " TO " + role);
        database.execute("GRANT SELECT ON ALL TABLES IN SCHEMA " + journal + ", public TO " + role);
        database.execute("INSERT INTO " + hot + " (at, id) VALUES ('2024-01-01 00:00:00Z', 1)");
        pool = new CountingDataSource(database.server().getDatabase(role, "postgres"));
        store = stores.over(Jdbi.create(pool), owner);
    }

    @ParameterizedTest
    @EnumSource(Waiting.class)
    void closing_the_query_stops_it(Waiting waiting) throws Exception {
        ScanControl control = ScanControl.unlimited();
        try (Connection blocker = block(waiting)) {
            CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> read(control));
            awaitWaiting();

            control.cancel();

            assertThatThrownBy(() -> reading.get(60, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(QueryCancelledException.class)
                    .hasMessage("the query was cancelled while " + waiting.what + store.name());
            blocker.rollback();
        }
        assertThatTheConnectionIsFree();
    }

    @ParameterizedTest
    @EnumSource(Waiting.class)
    void a_timeout_stops_it(Waiting waiting) throws Exception {
        try (Connection blocker = block(waiting)) {
            assertThatThrownBy(() -> read(ScanControl.within(Duration.ofMillis(300))))
                    .isInstanceOf(QueryTimedOutException.class)
                    .hasMessage("the timeout of PT0.3S passed while " + waiting.what + store.name()
                            + "; what ran was stopped. Narrow the query or allow more time");
            blocker.rollback();
        }
        assertThatTheConnectionIsFree();
    }

    @Test
    void a_cursor_that_cannot_be_closed_keeps_no_connection() {
        AtomicBoolean failing = new AtomicBoolean();
        JdbcSource breaking = stores.over(Jdbi.create(() -> failing(pool.getConnection(), failing)), store);
        HotSnapshot snapshot = breaking.snapshot(ScanControl.unlimited());
        snapshot.open(Scan.of(EVENTS, ALWAYS));
        snapshot.open(Scan.of(EVENTS, ALWAYS));
        failing.set(true);

        assertThatThrownBy(snapshot::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the driver fails")
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .as("the other cursor is closed too")
                        .hasSize(1));

        assertThatTheConnectionIsFree();
    }

    /** A connection whose prepared statements can't be closed while a driver fails. */
    private static Connection failing(Connection connection, AtomicBoolean failing) {
        return proxy(
                Connection.class,
                connection,
                method -> {},
                result -> result instanceof PreparedStatement statement
                        ? proxy(
                                PreparedStatement.class,
                                statement,
                                method -> {
                                    if (method.equals("close") && failing.get()) {
                                        throw new IllegalStateException("the driver fails");
                                    }
                                },
                                each -> each)
                        : result);
    }

    private static <T> T proxy(Class<T> type, T target, Consumer<String> before, UnaryOperator<Object> after) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    before.accept(method.getName());
                    try {
                        return after.apply(method.invoke(target, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private void read(ScanControl control) {
        try (HotSnapshot snapshot = store.snapshot(control)) {
            snapshot.manifests(ALWAYS, LAYOUT);
            snapshot.tombstones(ALWAYS);
            snapshot.hasRows(ALWAYS);
        }
    }

    private void assertThatTheConnectionIsFree() {
        assertThat(pool.open()).isZero();
        database.execute("DROP POLICY IF EXISTS slow ON " + hot);
        database.execute("ALTER TABLE " + hot + " DISABLE ROW LEVEL SECURITY");
        read(ScanControl.unlimited());
        assertThat(pool.opened()).isGreaterThan(1);
        assertThat(pool.open()).isZero();
    }

    /** A transaction that keeps a table for itself; rows of the hot table are kept back by a policy that sleeps. */
    private Connection block(Waiting waiting) throws SQLException {
        Connection blocker = database.server().getPostgresDatabase().getConnection();
        try (Statement statement = blocker.createStatement()) {
            if (waiting == Waiting.LOOK_FOR_LATE_ROWS) {
                statement.execute("CREATE OR REPLACE FUNCTION slow() RETURNS boolean LANGUAGE plpgsql AS"
                        + " 'BEGIN PERFORM pg_sleep(600); RETURN true; END'");
                statement.execute("ALTER TABLE " + hot + " ENABLE ROW LEVEL SECURITY");
                statement.execute("CREATE POLICY slow ON " + hot + " USING (slow())");
            }
            blocker.setAutoCommit(false);
            switch (waiting) {
                case LOCK_OF_THE_TABLE -> lock(statement, hot);
                case STATE_OF_THE_JOURNAL -> lock(statement, journal + ".archive");
                case MANIFESTS -> lock(statement, journal + ".manifest");
                case TOMBSTONES -> lock(statement, journal + ".tombstone");
                case LOOK_FOR_LATE_ROWS -> {}
            }
        }
        return blocker;
    }

    private static void lock(Statement statement, String table) throws SQLException {
        statement.execute("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
    }

    private void awaitWaiting() throws SQLException {
        Instant end = Instant.now().plusSeconds(60);
        try (Connection connection = database.server().getPostgresDatabase().getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT count(*) FROM pg_stat_activity WHERE"
                                + " usename = ? AND state = 'active' AND (wait_event_type = 'Lock' OR wait_event = 'PgSleep')")) {
            statement.setString(1, role);
            while (true) {
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    if (rows.getLong(1) > 0) {
                        return;
                    }
                }
                assertThat(Instant.now()).as("nothing waits").isBefore(end);
            }
        }
    }
}
