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
import io.github.tieredquery.jdbc.internal.journal.JdbcJournal;
import io.github.tieredquery.jdbc.internal.journal.Sql;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt.Outcome;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.WindowAttempt;
import io.github.tieredquery.table.Row;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DetachPartitionsTest {

    private static final TimeRange MONDAY = day("2024-01-01");
    private static final TimeRange ALL =
            new TimeRange(MONDAY.from(), day("2024-03-01").to());
    private static final AtomicInteger TABLES = new AtomicInteger();

    private final PostgresDatabase database = PostgresDatabase.get();
    private final String name = "detached_" + TABLES.incrementAndGet();

    private JdbcSourceBuilder source() {
        return JdbcSource.builder(database.jdbi(), EVENTS)
                .table(name)
                .journal(name + "_journal")
                .acceptedKeyWithoutIndex()
                .detachPartitions();
    }

    /** A table with three rows on Monday and one on Tuesday. */
    private JdbcSource store(String... partitions) {
        createTable(" PARTITION BY RANGE (at)");
        for (String partition : partitions) {
            database.execute("CREATE TABLE " + name + "_" + partition);
        }
        insert("2024-01-01 00:00:00+00", 1);
        insert("2024-01-01 12:00:00+00", 2);
        insert("2024-01-01 23:59:59.999999+00", 3);
        insert("2024-01-02 00:00:00+00", 4);
        JdbcSource store = source().build();
        prepared(store);
        return store;
    }

    private void createTable(String partitioned) {
        database.execute("CREATE TABLE " + name + " (at timestamptz NOT NULL, id bigint NOT NULL,"
                + " tenant text COLLATE \"C\", note text COLLATE \"C\")" + partitioned);
    }

    private String of(String partition, String from, String to) {
        return partition + " PARTITION OF " + name + " FOR VALUES FROM ('" + from + " 00:00:00+00') TO ('" + to
                + " 00:00:00+00')";
    }

    private String monday() {
        return of("monday", "2024-01-01", "2024-01-02");
    }

    private String other() {
        return "other PARTITION OF " + name + " DEFAULT";
    }

    private void insert(String at, int id) {
        database.execute("INSERT INTO " + name + " VALUES ('" + at + "', " + id + ", 'a', NULL)");
    }

    private List<String> partitions() {
        List<String> names = new ArrayList<>();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet tables = statement.executeQuery("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname"
                        + " LIKE '" + name + "\\_%' ORDER BY 1")) {
            while (tables.next()) {
                names.add(tables.getString(1).substring(name.length() + 1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return names;
    }

    private static List<Long> ids(HotStore store) {
        return rows(store.open(Scan.of(EVENTS, ALL), ScanControl.unlimited())).stream()
                .map(row -> row.int64("id"))
                .toList();
    }

    private static JdbcJournal journal(JdbcSource store) {
        return (JdbcJournal) store.journal().orElseThrow();
    }

    @Test
    void the_partition_of_a_window_is_detached_and_dropped() {
        JdbcSource store = store(monday(), of("tuesday", "2024-01-02", "2024-01-03"), other());
        assertThat(partitions()).containsExactly("monday", "other", "tuesday");
        archive(store, MONDAY);
        assertThat(partitions()).containsExactly("other", "tuesday");
        assertThat(ids(store)).containsExactly(4L);
        assertThat(journal(store).state().watermark()).isEqualTo(MONDAY.to());
        insert("2024-01-01 13:00:00+00", 9);
        assertThat(ids(store)).as("a late row goes to the default partition").containsExactly(9L, 4L);
        archive(store, day("2024-01-02"));
        assertThat(partitions()).containsExactly("other");
    }

    @Test
    void several_partitions_of_a_window_are_dropped_and_its_other_rows_are_deleted() {
        JdbcSource store = store(
                "night PARTITION OF " + name + " FOR VALUES FROM ('2024-01-01 00:00:00+00') TO"
                        + " ('2024-01-01 06:00:00+00')",
                "evening PARTITION OF " + name + " FOR VALUES FROM ('2024-01-01 18:00:00+00') TO"
                        + " ('2024-01-02 00:00:00+00')",
                other());
        archive(store, MONDAY);
        assertThat(partitions()).containsExactly("other");
        assertThat(ids(store)).containsExactly(4L);
    }

    @Test
    void a_partition_that_reaches_beyond_the_window_stays_and_the_rows_are_deleted() {
        JdbcSource store = store(of("january", "2024-01-01", "2024-02-01"));
        archive(store, MONDAY);
        assertThat(partitions()).containsExactly("january");
        assertThat(ids(store)).containsExactly(4L);
        archive(store, day("2024-01-02"));
        assertThat(ids(store)).isEmpty();
    }

    @Test
    void open_ends_reach_beyond_every_window() {
        JdbcSource store = store(
                "old PARTITION OF " + name + " FOR VALUES FROM (MINVALUE) TO ('2024-01-01 12:00:00+00')",
                "new PARTITION OF " + name + " FOR VALUES FROM ('2024-01-01 12:00:00+00') TO (MAXVALUE)");
        archive(store, MONDAY);
        assertThat(partitions()).containsExactly("new", "old");
        assertThat(ids(store)).containsExactly(4L);
    }

    @Test
    void rows_that_changed_since_the_copy_leave_the_partition_where_it_is() {
        JdbcSource store = store(monday(), other());
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            insert("2024-01-01 13:00:00+00", 9);
            assertThat(attempt.commit(copied, Long.MAX_VALUE)).isEqualTo(Outcome.ROWS_CHANGED);
        }
        assertThat(partitions()).containsExactly("monday", "other");
        assertThat(ids(store)).containsExactly(1L, 2L, 9L, 3L, 4L);
        archive(store, MONDAY);
        assertThat(partitions()).containsExactly("other");
        assertThat(ids(store)).containsExactly(4L);
    }

    @Test
    void a_column_that_nobody_has_declared_leaves_the_partition_where_it_is() {
        JdbcSource store = store(monday(), other());
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            database.execute("ALTER TABLE " + name + " ADD COLUMN gate text DEFAULT 'B12'");
            assertThatThrownBy(() -> attempt.commit(copied, Long.MAX_VALUE))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(JdbcJournalContract.undeclared(store, "gate"));
        }
        assertThat(partitions()).containsExactly("monday", "other");
        assertThat(ids(store)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(journal(store).state().watermark()).isNull();
    }

    private void createItems(String to, String action) {
        database.execute("ALTER TABLE " + to + " ADD PRIMARY KEY (at, id)");
        database.execute("CREATE TABLE i_" + name + " (oat timestamptz, oid bigint, CONSTRAINT k_" + name
                + " FOREIGN KEY (oat, oid) REFERENCES " + to + " (at, id) ON DELETE " + action + ")");
        database.execute("INSERT INTO i_" + name + " SELECT at, id FROM " + to);
    }

    private long items() {
        try (Connection connection = database.dataSource().getConnection()) {
            return Sql.queryLong(connection, "SELECT count(oid) FROM i_" + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String keyOf(String action) {
        return "foreign key 'k_" + name + "' of public.i_" + name + " " + DeleteEffectsContract.would(action);
    }

    private void assertRefused(JdbcSource store, String message) {
        try (WindowAttempt attempt = begin(store, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            assertThatThrownBy(() -> attempt.commit(copied, Long.MAX_VALUE))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(store.name() + message.replace("VERSION", String.valueOf(attempt.version())));
        }
        assertThat(partitions()).containsExactly("monday", "other");
        assertThat(ids(store)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(journal(store).state().watermark()).isNull();
    }

    @Test
    void a_key_that_follows_leaves_the_partition_where_it_is_and_acts_if_it_is_accepted() {
        JdbcSource store = store(monday(), other());
        createItems(name, "CASCADE");
        assertRefused(
                store, ": no row is archived or erased: " + keyOf("CASCADE") + ". " + DeleteEffectsContract.CASCADE);
        assertThat(items()).isEqualTo(4);
        archive(source().acceptedCascades("k_" + name).build(), MONDAY);
        assertThat(partitions()).as("the key acts on rows that are deleted").containsExactly("monday", "other");
        assertThat(ids(store)).containsExactly(4L);
        assertThat(items()).isEqualTo(1);
    }

    @Test
    void a_key_of_one_partition_counts() {
        JdbcSource store = store(monday(), other());
        createItems(name + "_monday", "SET NULL");
        assertRefused(
                store, ": no row is archived or erased: " + keyOf("SET NULL") + ". " + DeleteEffectsContract.CASCADE);
        assertThat(items()).isEqualTo(3);
    }

    @Test
    void a_trigger_of_one_partition_counts_and_runs_if_it_is_accepted() {
        JdbcSource store = store(monday(), other());
        database.execute("CREATE TABLE i_" + name + " (oid bigint)");
        database.execute("CREATE FUNCTION f_" + name + "() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO i_"
                + name + " VALUES (OLD.id); RETURN OLD; END'");
        database.execute("CREATE TRIGGER t_" + name + " AFTER DELETE ON " + name
                + "_monday FOR EACH ROW EXECUTE FUNCTION" + " f_" + name + "()");
        assertRefused(
                store,
                ": no row is archived or erased: trigger 't_" + name + "' of public." + name
                        + "_monday would run (AFTER DELETE). " + DeleteEffectsContract.TRIGGER);
        archive(source().acceptedTriggers("t_" + name).build(), MONDAY);
        assertThat(items()).isEqualTo(3);
    }

    @Test
    void rows_that_others_still_point_at_leave_the_partition_where_it_is() {
        JdbcSource store = store(monday(), other());
        createItems(name, "RESTRICT");
        JdbcSource accepting = source().acceptedReferences("k_" + name).build();
        assertRefused(
                accepting,
                ": committing table 'events', window " + MONDAY + ", version VERSION was refused by the database (SQL"
                        + " state 23503), since rows of other tables point at rows that are to be deleted or changed: "
                        + keyOf("RESTRICT") + ". Delete or archive those rows first, and keep these at least as long;"
                        + " nothing was changed");
        database.execute("DELETE FROM i_" + name);
        archive(accepting, MONDAY);
        assertThat(partitions()).containsExactly("other");
        assertThat(ids(store)).containsExactly(4L);
    }

    @Test
    void a_partition_that_a_view_shows_by_itself_is_refused() {
        JdbcSource store = store(monday(), other());
        database.execute("CREATE VIEW v_" + name + " AS SELECT * FROM " + name + "_monday");
        assertRefused(
                store,
                ": the partition " + name
                        + "_monday can't be dropped, since a view or a foreign key is of the partition"
                        + " itself (SQL state 2BP01); make it one of the whole table, or leave detachPartitions() out."
                        + " Nothing was changed");
    }

    @Test
    void an_insert_that_races_the_commit_survives_in_the_default_partition() {
        JdbcSource store = store(monday(), other());
        List<CompletableFuture<?>> inserts = new ArrayList<>();
        journal(store).betweenRereadAndDelete =
                () -> inserts.add(CompletableFuture.runAsync(() -> insert("2024-01-01 13:00:00+00", 9)));
        archive(store, MONDAY);
        assertThat(inserts).hasSize(1);
        inserts.forEach(CompletableFuture::join);
        assertThat(partitions()).containsExactly("other");
        assertThat(ids(store)).containsExactly(9L, 4L);
    }

    @Test
    void a_reader_with_an_open_snapshot_keeps_its_partition() {
        JdbcSource store = store(monday(), other());
        try (HotSnapshot snapshot = store.snapshot(ScanControl.unlimited());
                RowCursor cursor = snapshot.open(Scan.of(EVENTS, ALL))) {
            Row first = cursor.next();
            archive(store, MONDAY);
            assertThat(partitions()).as("rows are deleted instead").containsExactly("monday", "other");
            List<Row> rest = rows(cursor);
            assertThat(first).isNotNull();
            assertThat(rest).hasSize(3);
        }
        assertThat(ids(store)).containsExactly(4L);
    }

    @Test
    void a_table_that_is_not_partitioned_by_its_time_is_refused_at_the_start() {
        ArchiveIdentity identity = ArchiveIdentity.of(EVENTS, LAYOUT);
        createTable("");
        JdbcSource plain = source().build();
        assertThatThrownBy(() -> journal(plain).prepare(identity))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("postgresql:" + name
                        + " can't be archived: it isn't partitioned; leave detachPartitions() out");
        database.execute("DROP TABLE " + name);
        createTable(" PARTITION BY RANGE (id)");
        JdbcSource byId = source().build();
        assertThatThrownBy(() -> journal(byId).prepare(identity))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("postgresql:" + name + " can't be archived: it isn't partitioned by RANGE (\"at\"), so no"
                        + " partition is a stretch of time; leave detachPartitions() out");
    }

    @Test
    void other_databases_and_sources_without_a_journal_are_refused_when_they_are_built() {
        assertThatThrownBy(() -> JdbcSource.builder(database.jdbi(), EVENTS)
                        .acceptedKeyWithoutIndex()
                        .detachPartitions()
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("table 'events': detachPartitions() is for an archiver, which needs a journal(…)");
        MariaDatabase maria = MariaDatabase.get();
        String table = maria.createTable(EVENTS, List.of());
        assertThatThrownBy(() -> JdbcSource.builder(maria.jdbi(), EVENTS)
                        .table(table)
                        .journal("detached")
                        .acceptedKeyWithoutIndex()
                        .detachPartitions()
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("mariadb:" + table + ": detachPartitions() is for PostgreSQL; in mariadb DETACH and DROP"
                        + " would commit what the transaction has done so far, and a crash then would lose rows. Leave"
                        + " it out");
    }
}
