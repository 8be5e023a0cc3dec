package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.LAYOUT;
import static io.github.tieredquery.testkit.ArchiveSteps.LONG_LEASE;
import static io.github.tieredquery.testkit.ArchiveSteps.archive;
import static io.github.tieredquery.testkit.ArchiveSteps.begin;
import static io.github.tieredquery.testkit.ArchiveSteps.copy;
import static io.github.tieredquery.testkit.ArchiveSteps.day;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static io.github.tieredquery.testkit.ArchiveSteps.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.jdbc.internal.journal.AttemptStart;
import io.github.tieredquery.jdbc.internal.journal.InnoDbJournal;
import io.github.tieredquery.jdbc.internal.journal.JdbcAttempt;
import io.github.tieredquery.jdbc.internal.journal.JdbcWindowAttempt;
import io.github.tieredquery.jdbc.internal.journal.Sql;
import io.github.tieredquery.jdbc.internal.journal.WindowCommit;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt.Outcome;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.WindowAttempt;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JournalMariaTest extends JdbcJournalContract {

    @Override
    MariaDatabase database() {
        return MariaDatabase.get();
    }

    @Override
    void awaitRacingInsert(CompletableFuture<?> insert) throws Exception {
        awaitLockedOut(database(), insert);
    }

    /** The re-read's gap locks hold it back until the watermark has moved. */
    static void awaitLockedOut(MariaDatabase database, CompletableFuture<?> insert) throws Exception {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            long waiting = 0;
            while (waiting == 0 && !insert.isDone()) {
                // INNODB_TRX would show the same old state for as long as it is looked at often.
                try (ResultSet rows =
                        statement.executeQuery("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'")) {
                    rows.next();
                    waiting = rows.getLong(2);
                }
            }
        }
        assertThat(insert).isNotDone();
    }

    private String quoted(HotStore store) {
        return database().quote(stores().origin(store).physicalName());
    }

    /** Connections that wait for no lock, and that say when they are taken. */
    private Jdbi impatient(Runnable taken) {
        return Jdbi.create(() -> {
            taken.run();
            return DriverManager.getConnection(database().url() + "&sessionVariables=innodb_lock_wait_timeout=0");
        });
    }

    private Connection blocker(HotStore store) throws SQLException {
        Connection connection = database().dataSource().getConnection();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT * FROM " + quoted(store) + " WHERE id = 2 FOR UPDATE");
        }
        return connection;
    }

    @Test
    void a_lock_that_others_hold_on_a_row_is_tried_for_again() throws Exception {
        HotStore plain = store();
        AtomicReference<@Nullable Connection> blocker = new AtomicReference<>();
        AtomicInteger taken = new AtomicInteger();
        HotStore store = stores().over(
                        impatient(() -> {
                            Connection blocking = blocker.get();
                            if (taken.incrementAndGet() == 3 && blocking != null) {
                                rollBack(blocking);
                            }
                        }),
                        plain);
        try (WindowAttempt attempt = begin(plain, MONDAY, LONG_LEASE)) {
            JdbcAttempt impatient = new JdbcWindowAttempt(
                    journal(store),
                    new AttemptStart.Begun(
                            ((JdbcAttempt) attempt).archiveId(),
                            attempt.window(),
                            attempt.version(),
                            1,
                            attempt.mark(),
                            List.of()));
            RowDigest copied = copy(plain, impatient);
            blocker.set(blocker(plain));
            taken.set(0);
            assertThat(new WindowCommit(impatient).run(copied, Long.MAX_VALUE)).isEqualTo(Outcome.COMMITTED);
        }
        assertThat(taken).hasValue(3);
        assertThat(ids(plain)).isEmpty();
        Objects.requireNonNull(blocker.get()).close();
    }

    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_lock_that_others_keep_is_given_up_after_five_tries() throws Exception {
        HotStore plain = store();
        AtomicInteger taken = new AtomicInteger();
        HotStore store = stores().over(impatient(taken::incrementAndGet), plain);
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE);
                Connection blocker = blocker(plain)) {
            RowDigest copied = copy(store, attempt);
            taken.set(0);
            assertThatThrownBy(() -> attempt.commit(copied, Long.MAX_VALUE))
                    .isInstanceOf(SourceUnavailableException.class)
                    .hasMessage(store.name() + ": committing table 'events', window [2024-01-01T00:00:00Z,"
                            + " 2024-01-02T00:00:00Z), version 1 failed with SQL state HY000; the cause holds the"
                            + " database's own words");
            assertThat(taken).hasValue(5);
            rollBack(blocker);
            assertThat(attempt.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.COMMITTED);
        }
    }

    @Test
    void a_table_without_an_index_on_the_time_is_refused() {
        String name = "unindexed_" + journalName;
        database()
                .execute("CREATE TABLE " + name + " (at datetime(6) NOT NULL, id bigint NOT NULL, tenant text,"
                        + " note text, PRIMARY KEY (id, at))");
        JdbcSource store = JdbcSource.builder(database().jdbi(), EVENTS)
                .table(name)
                .journal(journalName)
                .build();
        ArchiveIdentity identity = ArchiveIdentity.of(EVENTS, LAYOUT);
        assertThatThrownBy(() -> journal(store).prepare(identity))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("mariadb:" + name + ": no index starts with the time column `at`, so archiving a window"
                        + " would lock the whole table; create one");
        database().execute("CREATE INDEX by_time ON " + name + " (at)");
        JdbcSource again = JdbcSource.builder(database().jdbi(), EVENTS)
                .table(name)
                .journal(journalName)
                .build();
        prepared(again);
        archive(again, MONDAY);
    }

    @Test
    void a_column_that_is_not_shown_by_itself_counts_and_a_table_whose_name_differs_in_case_does_not() {
        String name = "hidden_" + journalName;
        String columns = " (at datetime(6) NOT NULL, id bigint NOT NULL, tenant text, note text, PRIMARY KEY (at, id)";
        database().execute("CREATE TABLE " + name + columns + ")");
        database().execute("CREATE TABLE " + name.toUpperCase(Locale.ROOT) + columns + ", gate text)");
        JdbcSource store = JdbcSource.builder(database().jdbi(), EVENTS)
                .table(name)
                .journal(journalName)
                .build();
        prepared(store);
        database().execute("ALTER TABLE " + name + " ADD COLUMN belt integer INVISIBLE");
        assertThatThrownBy(() -> prepared(store))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(undeclared(store, "belt"));
    }

    @Test
    void the_times_of_a_rows_versions_are_not_computed_from_other_columns() {
        String name = "versioned_" + journalName;
        database()
                .execute("CREATE TABLE " + name + " (at datetime(6) NOT NULL, id bigint NOT NULL, tenant text,"
                        + " note text, PRIMARY KEY (at, id), since timestamp(6) GENERATED ALWAYS AS ROW START,"
                        + " until timestamp(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (since, until))"
                        + " WITH SYSTEM VERSIONING");
        JdbcSource store = JdbcSource.builder(database().jdbi(), EVENTS)
                .table(name)
                .journal(journalName)
                .build();
        assertThatThrownBy(() -> prepared(store))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(undeclared(store, "since, until"));
    }

    @Test
    void a_table_without_transactions_is_refused() {
        String name = "aria_" + journalName;
        database()
                .execute("CREATE TABLE " + name + " (at datetime(6) NOT NULL, id bigint NOT NULL, tenant text,"
                        + " note text, PRIMARY KEY (at, id)) ENGINE = Aria");
        JdbcSource store = JdbcSource.builder(database().jdbi(), EVENTS)
                .table("tieredquery", name)
                .journal(journalName)
                .build();
        ArchiveIdentity identity = ArchiveIdentity.of(EVENTS, LAYOUT);
        assertThatThrownBy(() -> journal(store).prepare(identity))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("mariadb:tieredquery." + name + " can't be archived: it isn't a table of InnoDB but [Aria],"
                        + " so deleting its rows can't be one transaction with the journal");
    }

    @Test
    void a_time_column_that_is_shown_in_the_sessions_zone_is_archived_by_instants() {
        String name = "instants_" + journalName;
        database()
                .execute("CREATE TABLE " + name + " (at timestamp(6) NOT NULL, id bigint NOT NULL, tenant text,"
                        + " note text, PRIMARY KEY (at, id))");
        database()
                .execute("INSERT INTO " + name + " VALUES (FROM_UNIXTIME(1704067199.999999), 1, 'a', 'before'),"
                        + " (FROM_UNIXTIME(1704067200), 2, 'a', 'first'), (FROM_UNIXTIME(1704153599.999999), 3, 'a', 'last'),"
                        + " (FROM_UNIXTIME(1704153600), 4, 'a', 'after')");
        JdbcSource store = JdbcSource.builder(database().jdbi(), EVENTS)
                .table(name)
                .journal(journalName)
                .build();
        prepared(store);
        archive(store, MONDAY);
        assertThat(rows(store.open(Scan.of(EVENTS, day("2023-12-31")), ScanControl.unlimited())))
                .hasSize(1);
        assertThat(ids(store)).containsExactly(4L);
        try (HotSnapshot snapshot = store.snapshot(ScanControl.unlimited())) {
            assertThat(snapshot.hasRows(MONDAY)).isFalse();
            assertThat(snapshot.manifests(MONDAY, LAYOUT))
                    .extracting(manifest -> manifest.minTime() + " " + manifest.maxTime())
                    .containsExactly("2024-01-01T00:00:00Z 2024-01-01T23:59:59.999999Z");
        }
    }

    @Test
    void the_clock_does_not_depend_on_the_sessions_zone() throws SQLException {
        try (Connection connection = database().dataSource().getConnection()) {
            long here = Sql.queryLong(connection, "SELECT " + new InnoDbJournal().clockMicros());
            Sql.execute(connection, "SET @before = @@time_zone, time_zone = '+09:00'");
            long there = Sql.queryLong(connection, "SELECT " + new InnoDbJournal().clockMicros());
            Sql.execute(connection, "SET time_zone = @before");
            assertThat(there - here).isBetween(0L, 60_000_000L);
            assertThat(Math.abs(here - System.currentTimeMillis() * 1_000)).isLessThan(60_000_000L);
        }
    }
}
