package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.LAYOUT;
import static io.github.tieredquery.testkit.ArchiveSteps.LONG_LEASE;
import static io.github.tieredquery.testkit.ArchiveSteps.archive;
import static io.github.tieredquery.testkit.ArchiveSteps.begin;
import static io.github.tieredquery.testkit.ArchiveSteps.copy;
import static io.github.tieredquery.testkit.ArchiveSteps.event;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static io.github.tieredquery.testkit.ArchiveSteps.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.jdbc.internal.journal.Sql;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt.Outcome;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.SweepAttempt;
import io.github.tieredquery.store.SweepCommit;
import io.github.tieredquery.store.WindowAttempt;
import io.github.tieredquery.table.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

class JournalPostgresTest extends JdbcJournalContract {

    @Override
    PostgresDatabase database() {
        return PostgresDatabase.get();
    }

    /** Nothing keeps it from committing before the DELETE, whose snapshot is older. */
    @Override
    void awaitRacingInsert(CompletableFuture<?> insert) {
        insert.join();
    }

    private String quoted(HotStore store) {
        return database().quote(stores().origin(store).physicalName());
    }

    @Test
    void a_row_that_changes_between_the_reread_and_the_delete_stops_the_commit() {
        JdbcSource store = store();
        AtomicInteger tries = new AtomicInteger();
        journal(store).betweenRereadAndDelete = () -> {
            tries.incrementAndGet();
            database().execute("UPDATE " + quoted(store) + " SET note = 'changed' WHERE id = 2");
        };
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            assertThat(attempt.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.ROWS_CHANGED);
        }
        assertThat(tries).as("the second try meets the change in its re-read").hasValue(1);
        assertThat(ids(store)).containsExactly(1L, 2L, 3L);
        assertThat(journal(store).state().watermark()).isNull();
    }

    @Test
    void a_row_that_was_only_touched_is_archived_by_the_next_try() {
        JdbcSource store = store();
        AtomicInteger tries = new AtomicInteger();
        journal(store).betweenRereadAndDelete = () -> {
            if (tries.incrementAndGet() == 1) {
                database().execute("UPDATE " + quoted(store) + " SET note = note");
            }
        };
        archive(store, MONDAY);
        assertThat(tries).hasValue(2);
        assertThat(ids(store)).isEmpty();
        assertThat(journal(store).state().epoch()).isEqualTo(1);
    }

    @Test
    void a_late_row_that_changes_between_the_reread_and_the_delete_of_a_sweep_stays() {
        JdbcSource store = store();
        archive(store, MONDAY);
        Row same = event("2024-01-01T11:00:00Z", 8, "a");
        Row late = event("2024-01-01T12:00:00Z", 9, "a");
        stores().insert(store, List.of(same, late));
        AtomicInteger tries = new AtomicInteger();
        journal(store).betweenRereadAndDelete = () -> {
            if (tries.incrementAndGet() == 1) {
                database().execute("UPDATE " + quoted(store) + " SET note = 'changed' WHERE id = 9");
            }
        };
        SweepCommit seen = new SweepCommit(MONDAY, journal(store).state().epoch(), List.of(same, late));
        try (SweepAttempt attempt =
                journal(store).beginSweep(MONDAY, "contract", LONG_LEASE).orElseThrow()) {
            assertThat(attempt.commit(copy(store, attempt), seen)).isEqualTo(Outcome.COMMITTED);
        }
        assertThat(tries).hasValue(2);
        assertThat(ids(store)).containsExactly(9L);
    }

    @Test
    void each_delete_of_many_keys_covers_a_stretch_of_time_of_its_own() {
        JdbcSource store = store();
        List<Row> keys = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            // Neighbours in time are far apart in the list.
            int minute = i * 7 % 300;
            keys.add(event(
                    Instant.parse("2024-01-01T01:00:00Z")
                            .plusSeconds(60L * minute)
                            .toString(),
                    100 + i,
                    "a"));
        }
        stores().insert(store, keys);
        String log = quoted(store).replace("\"", "") + "_deletes";
        database().execute("CREATE TABLE " + log + " (earliest timestamptz, latest timestamptz)");
        database()
                .execute("CREATE FUNCTION " + log + "() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO " + log
                        + " SELECT min(at), max(at) FROM gone; RETURN NULL; END'");
        database()
                .execute("CREATE TRIGGER logged AFTER DELETE ON " + quoted(store)
                        + " REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION " + log + "()");

        JdbcSource logging = JdbcSource.builder(database().jdbi(), EVENTS)
                .table(stores().origin(store).physicalName())
                .journal(journalName)
                .acceptedTriggers("logged")
                .build();
        assertThat(Eraser.of(logging).erase(keys).hotRows()).isEqualTo(300);

        assertThat(count(log)).isEqualTo(3);
        assertThat(count(log + " one, " + log
                        + " other WHERE one.earliest < other.earliest AND one.latest >= other.earliest"))
                .as("stretches that overlap")
                .isZero();
    }

    private long count(String from) {
        Long number = database()
                .jdbi()
                .withHandle(handle -> handle.createQuery("SELECT count(*) FROM " + from)
                        .mapTo(Long.class)
                        .one());
        return number;
    }

    @Test
    void a_window_that_others_keep_touching_is_given_up_after_five_tries() {
        JdbcSource store = store();
        AtomicInteger tries = new AtomicInteger();
        journal(store).betweenRereadAndDelete = () -> {
            tries.incrementAndGet();
            database().execute("UPDATE " + quoted(store) + " SET note = note");
        };
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            assertThatThrownBy(() -> attempt.commit(copied, Long.MAX_VALUE))
                    .isInstanceOf(SourceUnavailableException.class)
                    .hasMessage(store.name() + ": committing table 'events', window [2024-01-01T00:00:00Z,"
                            + " 2024-01-02T00:00:00Z), version 1 failed with SQL state 40001; the cause holds the"
                            + " database's own words");
        }
        assertThat(tries).hasValue(5);
        assertThat(ids(store)).hasSize(3);
    }

    @Test
    void a_reader_needs_select_only_and_cannot_prepare() {
        HotStore store = store();
        HotStore fresh = stores().create(journalName + "_new", EVENTS, List.of());
        String role = journalName + "_reader";
        database().execute("CREATE ROLE " + role + " LOGIN");
        database().execute("GRANT USAGE ON SCHEMA " + journalName + " TO " + role);
        database().execute("GRANT SELECT ON ALL TABLES IN SCHEMA " + journalName + " TO " + role);
        database().execute("GRANT SELECT ON " + quoted(store) + ", " + quoted(fresh) + " TO " + role);
        Jdbi limited = Jdbi.create(database().server().getDatabase(role, "postgres"));
        JdbcSource reader = stores().over(limited, store);
        archive(store, MONDAY);
        try (HotSnapshot snapshot = reader.snapshot(ScanControl.unlimited())) {
            assertThat(snapshot.journal().watermark()).isEqualTo(MONDAY.to());
            assertThat(snapshot.manifests(ALL, LAYOUT)).hasSize(3);
            assertThat(snapshot.hasRows(ALL)).isFalse();
            assertThat(rows(snapshot.open(Scan.of(EVENTS, ALL)))).isEmpty();
            assertThat(snapshot.count(Scan.of(EVENTS, ALL))).isZero();
        }
        assertThat(journal(reader).state()).isEqualTo(journal(store).state());
        ArchiveIdentity identity = ArchiveIdentity.of(EVENTS, LAYOUT);
        assertThatThrownBy(() -> journal(reader).prepare(identity))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        reader.name() + ": preparing the archive of 'events' was denied to this database user (SQL"
                                + " state 42501). A reader needs SELECT on the table and on the tables of the journal '"
                                + journalName
                                + "'; an archiver also needs DELETE on the table, with rowsPerDelete(…) UPDATE too, and INSERT,"
                                + " UPDATE and DELETE on the journal's. A DBA can create those with the statements of JdbcSource.journalDdl()");
        JdbcSource stranger = stores().over(limited, fresh);
        assertThatThrownBy(() -> journal(stranger).prepare(identity))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(stranger.name() + ": creating the journal '" + journalName + "_new' was denied to this"
                        + " database user (SQL state 42501). A reader needs SELECT on the table and on the tables of"
                        + " the journal '" + journalName + "_new'; an archiver also needs DELETE on the table, with"
                        + " rowsPerDelete(…) UPDATE too, and INSERT, UPDATE and DELETE on the journal's. A DBA can create those with the statements of"
                        + " JdbcSource.journalDdl()");
    }

    @Test
    void an_archiver_gets_by_without_the_right_to_create_tables() {
        JdbcSource owner = stores().create(journalName, EVENTS, rowsOfMonday());
        owner.journalDdl().forEach(database()::execute);
        String role = journalName + "_archiver";
        database().execute("CREATE ROLE " + role + " LOGIN");
        database().execute("GRANT USAGE ON SCHEMA " + journalName + " TO " + role);
        database()
                .execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + journalName + " TO " + role);
        database().execute("GRANT SELECT, DELETE ON " + quoted(owner) + " TO " + role);
        HotStore archiver = stores().over(Jdbi.create(database().server().getDatabase(role, "postgres")), owner);
        prepared(archiver);
        archive(archiver, MONDAY);
        assertThat(ids(owner)).isEmpty();
    }

    @Test
    void a_column_that_only_an_inheriting_table_has_counts() {
        JdbcSource store = store();
        database().execute("CREATE TABLE heir_" + journalName + " (gate text) INHERITS (" + quoted(store) + ")");
        assertThatThrownBy(() -> prepared(store))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(undeclared(store, "gate"));
    }

    @Test
    void a_column_waits_for_the_commit_that_is_deleting_rows() {
        JdbcSource store = store();
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            List<String> refused = new ArrayList<>();
            journal(store).betweenRereadAndDelete = () -> {
                try (Connection impatient =
                        database().server().getPostgresDatabase().getConnection()) {
                    Sql.execute(impatient, "SET lock_timeout = '1ms'");
                    Sql.execute(impatient, "ALTER TABLE " + quoted(store) + " ADD COLUMN gate text");
                } catch (SQLException e) {
                    refused.add(e.getSQLState());
                }
            };
            assertThat(attempt.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.COMMITTED);
            assertThat(refused).containsExactly("55P03");
        }
    }

    @Test
    void a_partition_cannot_be_detached_while_a_snapshot_is_open() throws SQLException {
        String name = "partitioned_" + journalName;
        database()
                .execute("CREATE TABLE " + name + " (at timestamptz NOT NULL, id bigint NOT NULL, tenant text,"
                        + " note text, PRIMARY KEY (at, id)) PARTITION BY RANGE (at)");
        database()
                .execute("CREATE TABLE " + name + "_1 PARTITION OF " + name
                        + " FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2024-01-02 00:00:00+00')");
        database().insert(name, EVENTS, rowsOfMonday());
        JdbcSource store = JdbcSource.builder(database().jdbi(), EVENTS)
                .table("public", name)
                .journal(journalName)
                .build();
        prepared(store);
        String detach = "ALTER TABLE " + name + " DETACH PARTITION " + name + "_1";
        try (Connection impatient = database().server().getPostgresDatabase().getConnection()) {
            Sql.execute(impatient, "SET lock_timeout = '1ms'");
            try (HotSnapshot snapshot = store.snapshot(ScanControl.unlimited())) {
                assertThatThrownBy(() -> Sql.execute(impatient, detach)).hasMessageContaining("lock timeout");
                assertThat(snapshot.count(Scan.of(EVENTS, ALL))).isEqualTo(3);
            }
            Sql.execute(impatient, detach);
        }
        assertThat(ids(store)).isEmpty();
    }
}
