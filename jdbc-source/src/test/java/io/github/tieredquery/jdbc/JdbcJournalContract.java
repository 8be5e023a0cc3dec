package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.LAYOUT;
import static io.github.tieredquery.testkit.ArchiveSteps.LONG_LEASE;
import static io.github.tieredquery.testkit.ArchiveSteps.archive;
import static io.github.tieredquery.testkit.ArchiveSteps.begin;
import static io.github.tieredquery.testkit.ArchiveSteps.copy;
import static io.github.tieredquery.testkit.ArchiveSteps.day;
import static io.github.tieredquery.testkit.ArchiveSteps.event;
import static io.github.tieredquery.testkit.ArchiveSteps.events;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static io.github.tieredquery.testkit.ArchiveSteps.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.archive.RecoveryReport;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.OutcomeUnknownException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.UnknownHistoryException;
import io.github.tieredquery.jdbc.internal.dialect.Isolation;
import io.github.tieredquery.jdbc.internal.journal.JdbcJournal;
import io.github.tieredquery.jdbc.internal.journal.JournalTables;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt.Outcome;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.store.EraseResult;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredMark;
import io.github.tieredquery.store.SweepAttempt;
import io.github.tieredquery.store.SweepCommit;
import io.github.tieredquery.store.WindowAttempt;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.ContractRows;
import io.github.tieredquery.testkit.MarksContract;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.SourceContract;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a journal in a database has to give beyond the contract. */
abstract class JdbcJournalContract extends MarksContract {

    static final TimeRange MONDAY = day("2024-01-01");
    static final TimeRange ALL = new TimeRange(MONDAY.from(), day("2024-02-01").to());
    private static final AtomicInteger JOURNALS = new AtomicInteger();

    final String journalName = "journal_of_jdbc_" + JOURNALS.incrementAndGet();
    private JdbcHotStores stores = new JdbcHotStores(database());
    private long openBefore;

    abstract TestDatabase database();

    /**
     * Another client's insert into the window that is just being committed: done at once, or waiting for the commit.
     */
    abstract void awaitRacingInsert(CompletableFuture<?> insert) throws Exception;

    @Override
    protected JdbcHotStores stores() {
        return stores;
    }

    static List<Row> rowsOfMonday() {
        return List.of(
                event("2024-01-01T00:00:00Z", 1, "a"),
                event("2024-01-01T12:00:00Z", 2, "b"),
                event("2024-01-01T23:59:59.999999Z", 3, null));
    }

    JdbcSource store() {
        JdbcSource store = stores.create(journalName, EVENTS, rowsOfMonday());
        prepared(store);
        return store;
    }

    static List<Long> ids(HotStore store) {
        return rows(store.open(Scan.of(store.table(), ALL), ScanControl.unlimited())).stream()
                .map(row -> row.int64("id"))
                .toList();
    }

    static JdbcJournal journal(HotStore store) {
        return (JdbcJournal) store.journal().orElseThrow();
    }

    @BeforeEach
    void remember_open_connections() {
        openBefore = database().dataSource().open();
    }

    @AfterEach
    void no_connection_is_kept() {
        assertThat(database().dataSource().open()).isEqualTo(openBefore);
    }

    static String undeclared(JdbcSource store, String column) {
        return store.name() + " has the columns [" + column + "], which table 'events' doesn't: archiving rows would"
                + " lose their values. Append them to the Table, or name them in JdbcSourceBuilder.excludedColumns(…) if"
                + " they needn't be archived";
    }

    private void addColumn(JdbcSource store, String column, String definition) {
        String name = stores.origin(store).physicalName();
        database()
                .execute("ALTER TABLE " + database().quote(name) + " ADD COLUMN "
                        + database().quote(column) + " " + definition);
    }

    @Test
    void a_column_that_nobody_has_declared_is_refused_unless_it_is_excluded() {
        JdbcSource store = store();
        addColumn(store, "Gate ä", "integer");
        assertThatThrownBy(() -> prepared(store))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(undeclared(store, "Gate ä"));
        JdbcSource excluding = JdbcSource.builder(database().jdbi(), EVENTS)
                .table(stores.origin(store).physicalName())
                .journal(journalName)
                .excludedColumns("Gate ä", "not there yet")
                .build();
        prepared(excluding);
        archive(excluding, MONDAY);
        assertThat(ids(store)).isEmpty();
    }

    @Test
    void a_column_that_the_database_computes_from_others_need_not_be_declared_and_one_that_it_counts_does() {
        JdbcSource store = store();
        String stored = database() instanceof H2Database ? "" : " STORED";
        addColumn(store, "twice", "bigint GENERATED ALWAYS AS (" + database().quote("id") + " * 2)" + stored);
        prepared(store);
        archive(store, MONDAY);
        assertThat(ids(store)).isEmpty();
        boolean maria = database() instanceof MariaDatabase;
        addColumn(store, "number", "bigint " + (maria ? "AUTO_INCREMENT UNIQUE" : "GENERATED ALWAYS AS IDENTITY"));
        assertThatThrownBy(() -> prepared(store))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(undeclared(store, "number"));
    }

    @Test
    void an_insert_that_races_the_commit_survives_as_a_late_row() {
        JdbcSource store = store();
        List<CompletableFuture<?>> inserts = new ArrayList<>();
        journal(store).betweenRereadAndDelete = () -> {
            CompletableFuture<?> insert = CompletableFuture.runAsync(
                    () -> stores.insert(store, List.of(event("2024-01-01T12:00:00.000001Z", 9, "a"))));
            inserts.add(insert);
            try {
                awaitRacingInsert(insert);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
        archive(store, MONDAY);
        assertThat(inserts).hasSize(1);
        inserts.forEach(CompletableFuture::join);
        assertThat(ids(store)).containsExactly(9L);
        try (HotSnapshot snapshot = store.snapshot(ScanControl.unlimited())) {
            assertThat(snapshot.journal().watermark()).isEqualTo(MONDAY.to());
            assertThat(snapshot.hasRows(MONDAY)).isTrue();
            assertThat(snapshot.manifests(MONDAY, LAYOUT)).hasSize(3);
        }
    }

    @Test
    void an_insert_that_races_the_commit_of_a_sweep_survives_as_a_late_row() {
        JdbcSource store = store();
        archive(store, MONDAY);
        List<Row> late = List.of(event("2024-01-01T12:00:00Z", 7, "a"), event("2024-01-01T13:00:00Z", 8, "a"));
        stores.insert(store, late);
        List<CompletableFuture<?>> inserts = new ArrayList<>();
        journal(store).betweenRereadAndDelete = () -> {
            CompletableFuture<?> insert = CompletableFuture.runAsync(
                    () -> stores.insert(store, List.of(event("2024-01-01T12:00:00.000001Z", 9, "a"))));
            inserts.add(insert);
            try {
                awaitRacingInsert(insert);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
        SweepCommit seen = new SweepCommit(MONDAY, journal(store).state().epoch(), late);
        try (SweepAttempt attempt =
                journal(store).beginSweep(MONDAY, "contract", LONG_LEASE).orElseThrow()) {
            assertThat(attempt.commit(copy(store, attempt), seen)).isEqualTo(Outcome.COMMITTED);
        }
        assertThat(inserts).hasSize(1);
        inserts.forEach(CompletableFuture::join);
        assertThat(ids(store)).containsExactly(9L);
    }

    @Test
    void no_row_goes_between_the_comparison_and_the_end_of_a_commit_that_deletes_none() {
        JdbcSource store = store();
        TimeRange noon =
                new TimeRange(Instant.parse("2024-01-01T12:00:00Z"), Instant.parse("2024-01-01T12:00:00.000001Z"));
        List<CompletableFuture<?>> deletes = new ArrayList<>();
        journal(store).betweenRereadAndDelete = () -> {
            CompletableFuture<?> delete = CompletableFuture.runAsync(() -> stores.delete(store, noon));
            deletes.add(delete);
            assertThatThrownBy(() -> delete.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        };
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            assertThat(attempt.commit(copy(store, attempt), 1)).isEqualTo(Outcome.COMMITTED);
        }
        assertThat(deletes).hasSize(1);
        deletes.forEach(CompletableFuture::join);
        assertThat(ids(store)).as("its twin is archived").containsExactly(1L, 3L);
        journal(store).betweenRereadAndDelete = () -> {};
        assertThat(journal(store).undeleted().stream().map(journal(store)::delete))
                .contains(true, false);
    }

    @Test
    void a_snapshot_that_is_taken_while_a_commit_is_under_way_shows_nothing_of_it() {
        JdbcSource store = store();
        JdbcSource reader = stores.another(store, EVENTS);
        AtomicInteger looks = new AtomicInteger();
        journal(store).betweenRereadAndDelete = () -> {
            try (HotSnapshot snapshot = reader.snapshot(ScanControl.unlimited())) {
                assertThat(snapshot.journal().watermark()).isNull();
                assertThat(snapshot.count(Scan.of(EVENTS, ALL))).isEqualTo(3);
                looks.incrementAndGet();
            }
        };
        archive(store, MONDAY);
        assertThat(looks).hasValue(1);
    }

    @Test
    void a_commit_whose_answer_is_lost_is_neither_called_done_nor_failed() {
        for (FailingCommits.Break moment :
                List.of(FailingCommits.Break.BEFORE_COMMIT, FailingCommits.Break.AFTER_COMMIT)) {
            boolean tookEffect = moment == FailingCommits.Break.AFTER_COMMIT;
            HotStore plain = stores.create(journalName, events("events " + moment), rowsOfMonday());
            FailingCommits network = new FailingCommits(database().dataSource());
            HotStore store = stores.over(network.jdbi(), plain);
            prepared(store);
            WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE);
            RowDigest copied = copy(store, attempt);
            network.fail(moment);
            assertThatThrownBy(() -> attempt.commit(copied, Long.MAX_VALUE))
                    .isInstanceOf(OutcomeUnknownException.class)
                    .hasMessage(store.name() + ": committing table 'events " + moment
                            + "', window [2024-01-01T00:00:00Z, 2024-01-02T00:00:00Z), version 1: the answer to COMMIT"
                            + " was lost (SQL state 08006), so it may or may not have happened. The journal's state"
                            + " tells: if its versions show 1, it happened")
                    .cause()
                    .hasMessage("An I/O error occurred");
            network.fail(FailingCommits.Break.NEVER);
            assertThat(journal(plain).state().versions().shows(attempt.version()))
                    .isEqualTo(tookEffect);
            assertThat(journal(plain).state().watermark()).isEqualTo(tookEffect ? MONDAY.to() : null);
            assertThat(ids(plain)).hasSize(tookEffect ? 0 : 3);
            attempt.close();
            TimeRange next = tookEffect ? day("2024-01-02") : MONDAY;
            archive(plain, next);
            assertThat(ids(plain)).isEmpty();
            assertThat(journal(plain).state().epoch()).isEqualTo(tookEffect ? 2 : 1);
        }
    }

    @Test
    void a_lease_that_cannot_be_given_back_is_held_until_it_expires() {
        HotStore plain = store();
        FailingCommits network = new FailingCommits(database().dataSource());
        HotStore store = stores.over(network.jdbi(), plain);
        WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE);
        network.fail(FailingCommits.Break.BEFORE_COMMIT);
        attempt.close();
        network.fail(FailingCommits.Break.NEVER);
        assertThat(journal(plain).beginWindow(MONDAY, "other", LONG_LEASE)).isEmpty();
    }

    @Test
    void processes_that_prepare_at_once_share_one_journal() throws Exception {
        int processes = 6;
        HotStore store = stores.create(journalName, EVENTS, rowsOfMonday());
        ExecutorService threads = Executors.newFixedThreadPool(processes);
        try {
            List<Callable<Boolean>> races = new ArrayList<>();
            for (int i = 0; i < processes; i++) {
                HotStore own = stores.another(store, EVENTS);
                races.add(() -> {
                    prepared(own);
                    return true;
                });
            }
            for (Future<Boolean> race : threads.invokeAll(races)) {
                assertThat(race.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        archive(store, MONDAY);
        assertThat(ids(store)).isEmpty();
    }

    @Test
    void of_two_processes_that_prepare_at_once_differently_one_is_refused() throws Exception {
        HotStore store = stores.create(journalName, EVENTS, rowsOfMonday());
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Callable<Boolean>> races = new ArrayList<>();
            for (HivePartitionLayout layout : List.of(LAYOUT, LAYOUT.thenBy("note"))) {
                HotStore own = stores.another(store, EVENTS);
                races.add(() -> {
                    try {
                        journal(own).prepare(ArchiveIdentity.of(EVENTS, layout));
                        return true;
                    } catch (ConfigurationException e) {
                        assertThat(e)
                                .hasMessageContaining("tenant, tq_version in Z")
                                .hasMessageContaining("tenant, note, tq_version in Z");
                        return false;
                    }
                });
            }
            List<Boolean> results = new ArrayList<>();
            for (Future<Boolean> race : threads.invokeAll(races)) {
                results.add(race.get());
            }
            assertThat(results).containsExactlyInAnyOrder(true, false);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void connections_go_back_as_they_came() throws Exception {
        for (boolean autoCommit : new boolean[] {true, false}) {
            try (Connection connection = database().dataSource().getConnection()) {
                int before = connection.getTransactionIsolation();
                int isolation = Connection.TRANSACTION_SERIALIZABLE;
                connection.setTransactionIsolation(isolation);
                connection.setAutoCommit(autoCommit);
                HotStore plain = stores.create(journalName, events("events " + autoCommit), rowsOfMonday());
                HotStore store = stores.over(onlyConnection(connection), plain);
                Runnable asItCame = () -> {
                    try {
                        assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
                        assertThat(connection.isReadOnly()).isFalse();
                        assertThat(connection.getTransactionIsolation()).isEqualTo(isolation);
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                };
                prepared(store);
                asItCame.run();
                HotSnapshot snapshot = store.snapshot(ScanControl.unlimited());
                RowCursor cursor = snapshot.open(Scan.of(store.table(), ALL));
                assertThat(cursor.next()).isNotNull();
                snapshot.close();
                asItCame.run();
                WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE);
                asItCame.run();
                RowDigest copied = copy(plain, attempt);
                asItCame.run();
                stores.insert(plain, List.of(event("2024-01-01T00:00:01Z", 7, null)));
                assertThat(attempt.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.ROWS_CHANGED);
                asItCame.run();
                attempt.close();
                archive(store, MONDAY);
                asItCame.run();
                assertThat(journal(plain).state().epoch()).isEqualTo(1);
                if (!autoCommit) {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
                connection.setTransactionIsolation(before);
            }
        }
    }

    /** A pool of one connection. */
    private static Jdbi onlyConnection(Connection connection) {
        return Jdbi.create(() -> (Connection) java.lang.reflect.Proxy.newProxyInstance(
                JdbcJournalContract.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        return null;
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (java.lang.reflect.InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Test
    void a_physical_table_may_have_any_name() {
        String physicalName = "o'th\"er `t` ; -- :x <y> ?1 {z} ä";
        Table table = events("hostile");
        String made = database().createTable(table, rowsOfMonday());
        database()
                .execute("ALTER TABLE " + database().quote(made) + " RENAME TO "
                        + database().quote(physicalName));
        JdbcSource store = JdbcSource.builder(database().jdbi(), table)
                .table(physicalName)
                .journal(journalName)
                .build();
        prepared(store);
        archive(store, MONDAY);
        assertThat(ids(store)).isEmpty();
        database().execute("DROP TABLE " + database().quote(physicalName));
    }

    @Test
    void the_journals_tables_are_asked_for_by_name() {
        JdbcSource store = stores.create(journalName, EVENTS, List.of());
        String missing = " failed, since the tables of the journal '" + journalName
                + "' aren't there. The archiver creates them, or a DBA does with the statements of"
                + " JdbcSource.journalDdl()";
        assertThatThrownBy(() -> store.snapshot(ScanControl.unlimited()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(store.name() + ": taking a snapshot" + missing);
        assertThatThrownBy(() -> journal(store).state())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(store.name() + ": reading the journal" + missing);
        JdbcSource known = store();
        assertThat(ids(known)).hasSize(3);
        JdbcSource unknown = stores.create(journalName, events("unknown"), List.of());
        assertThatThrownBy(() -> journal(unknown).beginWindow(MONDAY, "contract", LONG_LEASE))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(unknown.name() + ": the journal '" + journalName
                        + "' doesn't know the table 'unknown'; call prepare first");
    }

    @Test
    void a_dba_can_create_the_journal_with_the_printed_statements() {
        JdbcSource store = stores.create(journalName, EVENTS, rowsOfMonday());
        store.journalDdl().forEach(database()::execute);
        assertThat(journal(store).state().identity()).isNull();
        prepared(store);
        archive(store, MONDAY);
        assertThat(ids(store)).isEmpty();
    }

    @Test
    void a_journal_of_a_newer_library_is_refused_by_archivers_and_readers() {
        JdbcSource store = store();
        int known = JournalTables.SCHEMA_VERSION;
        database().execute("UPDATE " + journal(store).tables.schema + " SET schema_version = " + (known + 1));
        String newer = store.name() + ": the journal '" + journalName + "' has the schema version " + (known + 1)
                + ", and this library understands versions up to " + known
                + ". Use the library's version that wrote it, or a newer one";
        ArchiveIdentity identity = ArchiveIdentity.of(EVENTS, LAYOUT);
        assertThatThrownBy(() -> journal(store).prepare(identity))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(newer);
        assertThatThrownBy(() -> store.snapshot(ScanControl.unlimited()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(newer);
    }

    @Test
    void a_journal_without_tombstones_gets_them_and_keeps_what_it_knows() {
        JdbcSource store = store();
        archive(store, MONDAY);
        JournalTables tables = journal(store).tables;
        database().execute("DROP TABLE " + tables.finishedFile);
        database().execute("DROP TABLE " + tables.undeleted);
        database().execute("DROP TABLE " + tables.place);
        database().execute("DROP TABLE " + tables.mark);
        database().execute("DROP TABLE " + tables.tombstone);
        database().execute("UPDATE " + tables.schema + " SET schema_version = 1");
        prepared(store);
        assertThat(journal(store).state().watermark()).isEqualTo(MONDAY.to());
        assertThat(Eraser.of(store).erase(rowsOfMonday())).isEqualTo(new EraseResult(0, 3));
    }

    @Test
    void a_journal_of_version_two_gets_its_further_tables_while_an_attempt_is_open() {
        JdbcSource store = store();
        archive(store, MONDAY);
        WindowAttempt open = begin(store, day("2024-01-02"), Duration.ZERO);
        JournalTables tables = journal(store).tables;
        database().execute("DROP TABLE " + tables.finishedFile);
        database().execute("DROP TABLE " + tables.place);
        database().execute("DROP TABLE " + tables.mark);
        database().execute("DROP TABLE " + tables.undeleted);
        database().execute("UPDATE " + tables.schema + " SET schema_version = 2");
        prepared(store);
        assertThat(journal(store).state().watermark()).isEqualTo(MONDAY.to());
        try (WindowAttempt attempt = begin(store, day("2024-01-02"), LONG_LEASE)) {
            assertThat(attempt.version()).isGreaterThan(open.version());
            assertThat(attempt.copiedFiles(LAYOUT.checkedAgainst(EVENTS))).isEmpty();
            assertThat(attempt.commit(copy(store, attempt), Long.MAX_VALUE)).isEqualTo(Outcome.COMMITTED);
        }
    }

    @Test
    void a_backup_of_a_journal_without_marks_goes_on_at_a_place_that_has_got_one_since() {
        JdbcSource store = store();
        MemoryColdStore cold = new MemoryColdStore("cold", EVENTS, LAYOUT);
        Archiver archiver = Archiver.builder(store, cold)
                .keep(Period.ofDays(1))
                .clock(() -> Instant.parse("2024-01-03T00:00:00Z"))
                .sweepEvery(Duration.ZERO)
                .settle(Duration.ZERO)
                .build();
        archiver.run();
        JournalTables tables = journal(store).tables;
        database().execute("DROP TABLE " + tables.place);
        database().execute("DROP TABLE " + tables.mark);
        database().execute("UPDATE " + tables.schema + " SET schema_version = 3");
        StoredMark old = cold.mark(ScanControl.unlimited()).orElseThrow();
        ArchiveMark mark = new ArchiveMark("lost", 7, "nonce", 4, 9, 2, Instant.parse("2024-01-03T01:00:00Z"));
        assertThat(cold.mark(mark, old, ScanControl.unlimited())).isTrue();

        assertThatThrownBy(archiver::run)
                .isInstanceOf(UnknownHistoryException.class)
                .hasMessageStartingWith(
                        "archive of table 'events': cold has a mark of the archive lost, number 7, issued"
                                + " at 2024-01-03T01:00:00Z, when versions up to 4 were given out; the journal has given out"
                                + " versions up to 1 and no mark yet: it is of a time before there were marks. ");
        assertThat(archiver.recover())
                .isEqualTo(new RecoveryReport(List.of(), 3, 4, null, mark.issued(), 2, List.of()));

        assertThat(cold.mark(ScanControl.unlimited()).orElseThrow().mark().archive())
                .isEqualTo("lost");
        stores.insert(store, List.of(event("2024-01-01T06:00:00Z", 7, "late")));
        archiver.run();
        assertThat(journal(store).history().version()).isEqualTo(5);
        assertThat(ids(store)).isEmpty();
    }

    /** As a database does that fails over to a replica that lacks its last commits. */
    @Test
    void a_commit_whose_manifests_the_database_has_lost_deletes_nothing() {
        JdbcSource store = store();
        JournalTables tables = journal(store).tables;
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            database().execute("DELETE FROM " + tables.file);
            database().execute("DELETE FROM " + tables.manifest);
            assertThatThrownBy(() -> attempt.commit(copied, Long.MAX_VALUE))
                    .isInstanceOf(SourceUnavailableException.class)
                    .hasMessage("table 'events', window " + MONDAY + ", version 1: " + store.name()
                            + " has lost manifests that were recorded: those of 0 rows are there, of 3. Nothing was"
                            + " deleted. Run the archiver again");
        }
        assertThat(ids(store)).hasSize(3);
        assertThat(journal(store).state().watermark()).isNull();
    }

    @Test
    void a_journal_that_was_created_in_part_is_completed() {
        JdbcSource store = store();
        database().execute("DELETE FROM " + journal(store).tables.schema);
        assertThatThrownBy(() -> store.snapshot(ScanControl.unlimited()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(store.name() + ": the tables of the journal '" + journalName
                        + "' are there but not of this library's version. The archiver brings them there, or a DBA does with the statements"
                        + " of JdbcSource.journalDdl()");
        prepared(store);
        archive(store, MONDAY);
        assertThat(ids(store)).isEmpty();
    }

    @Tag(SourceContract.TIMES)
    @Test
    void rows_at_changes_of_clocks_are_deleted_by_their_keys() {
        List<Row> rows = ContractRows.of(ContractRows.CLOCKS);
        JdbcSource store = stores.create(journalName, ContractRows.CLOCKS, rows);
        List<Row> deleted = rows.subList(0, rows.size() / 2);
        JdbcJournal journal = journal(store);
        long number = journal.transactions.run(
                "deleting rows",
                Isolation.REPEATABLE_READ,
                "",
                connection -> journal.hotRows.delete(
                        connection,
                        deleted.stream().map(ContractRows.CLOCKS::keyOf).toList()));
        assertThat(number).isEqualTo(deleted.size());
        TimeRange all = new TimeRange(Instant.parse("2011-01-01T00:00:00Z"), Instant.parse("2025-01-01T00:00:00Z"));
        assertThat(rows(store.open(Scan.of(ContractRows.CLOCKS, all), ScanControl.unlimited())))
                .containsExactlyInAnyOrderElementsOf(rows.subList(rows.size() / 2, rows.size()));
    }
}
