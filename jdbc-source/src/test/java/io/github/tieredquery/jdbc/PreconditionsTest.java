package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.LAYOUT;
import static io.github.tieredquery.testkit.ArchiveSteps.LONG_LEASE;
import static io.github.tieredquery.testkit.ArchiveSteps.archive;
import static io.github.tieredquery.testkit.ArchiveSteps.begin;
import static io.github.tieredquery.testkit.ArchiveSteps.copy;
import static io.github.tieredquery.testkit.ArchiveSteps.day;
import static io.github.tieredquery.testkit.ArchiveSteps.event;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.PendingDelete;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.SweepAttempt;
import io.github.tieredquery.store.SweepCommit;
import io.github.tieredquery.store.WindowAttempt;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.MemoryColdStore;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the promise stands on and the database may not give, which the archiver looks for before it deletes. */
class PreconditionsTest {

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final TimeRange MONDAY = day("2024-01-01");
    private static final List<Row> ROWS =
            List.of(event("2024-01-01T00:00:00Z", 1, "a"), event("2024-01-01T12:00:00Z", 2, "b"));

    private final String name = "preconditions_" + NAMES.incrementAndGet();

    static Stream<TestDatabase> databases() {
        return Stream.of(PostgresDatabase.get(), MariaDatabase.get(), H2Database.get());
    }

    private JdbcSourceBuilder source(TestDatabase database, String table) {
        return JdbcSource.builder(database.jdbi(), EVENTS).table(table).journal(name);
    }

    private String withoutIndex(TestDatabase database) {
        database.execute("CREATE TABLE " + database.quote(name) + " ("
                + String.join(
                        ", ",
                        EVENTS.rowType().columns().stream()
                                .map(column -> database.quote(column.name()) + " "
                                        + database.typeOf(
                                                column, EVENTS.orderColumns().contains(column.name()))
                                        + (column.nullable() ? "" : " NOT NULL"))
                                .toList())
                + ")");
        if (database instanceof MariaDatabase) {
            database.execute("CREATE INDEX by_time ON " + name + " (at)");
        }
        return name;
    }

    private String refusal(TestDatabase database, JdbcSource source) {
        return source.name() + " can't be archived: no unique index of it covers [" + database.quote("at") + ", "
                + database.quote("id")
                + "], or some of them alone, so that two rows can have one time and key, of which"
                + " readers and pages would lose one. Create one, or, if the application never writes two such rows, say"
                + " so with JdbcSourceBuilder.acceptedKeyWithoutIndex()";
    }

    @ParameterizedTest
    @MethodSource("databases")
    void a_key_that_no_index_keeps_unique_is_refused_unless_accepted(TestDatabase database) {
        JdbcSource source = source(database, withoutIndex(database)).build();
        String refusal = refusal(database, source);
        assertThatThrownBy(() -> prepared(source))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(refusal);

        prepared(source(database, name).acceptedKeyWithoutIndex().build());
        // Neither of these keeps two rows from having one time and key.
        database.execute("CREATE UNIQUE INDEX more_" + name + " ON " + database.quote(name) + " ("
                + database.quote("at") + ", " + database.quote("id") + ", " + database.quote("tenant")
                + (database instanceof MariaDatabase ? "(20)" : "") + ")");
        database.execute("CREATE INDEX plain_" + name + " ON " + database.quote(name) + " (" + database.quote("at")
                + ", " + database.quote("id") + ")");
        assertThatThrownBy(() -> prepared(source)).hasMessage(refusal);

        database.execute(
                "CREATE UNIQUE INDEX good_" + name + " ON " + database.quote(name) + " (" + database.quote("id") + ")");
        assertThatCode(() -> prepared(source)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE UNIQUE INDEX ON %s (at, id) WHERE id > 0",
                "CREATE UNIQUE INDEX ON %s (at, (id + 1))",
                "CREATE UNIQUE INDEX ON %s (at, id); CREATE TABLE %s_heir () INHERITS (%s)"
            })
    void an_index_of_postgresql_that_leaves_rows_out_is_none(String index) {
        TestDatabase postgres = PostgresDatabase.get();
        JdbcSource source = source(postgres, withoutIndex(postgres)).build();
        postgres.execute(index.replace("%s", name));
        assertThatThrownBy(() -> prepared(source)).hasMessage(refusal(postgres, source));
    }

    @Test
    void an_index_of_postgresql_may_include_other_columns_and_belong_to_partitions() {
        TestDatabase postgres = PostgresDatabase.get();
        JdbcSource source = source(postgres, withoutIndex(postgres)).build();
        postgres.execute("CREATE UNIQUE INDEX ON " + name + " (id, at) INCLUDE (note)");
        assertThatCode(() -> prepared(source)).doesNotThrowAnyException();
        postgres.execute("CREATE TABLE parts_" + name + " (LIKE " + name + ", PRIMARY KEY (at, id)) PARTITION BY RANGE"
                + " (at); CREATE TABLE parts_1_" + name + " PARTITION OF parts_" + name + " DEFAULT");
        assertThatCode(() -> prepared(JdbcSource.builder(postgres.jdbi(), EVENTS)
                        .table("parts_" + name)
                        .journal(name + "_parts")
                        .build()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void rows_with_one_time_and_key_are_refused_by_row_when_they_are_copied(TestDatabase database) {
        JdbcSource source = source(database, withoutIndex(database))
                .acceptedKeyWithoutIndex()
                .build();
        database.insert(name, EVENTS, ROWS);
        database.insert(name, EVENTS, List.of(ROWS.get(1)));
        MemoryColdStore cold = new MemoryColdStore("cold", EVENTS, LAYOUT);
        Archiver archiver = Archiver.builder(source, cold)
                .keep(Period.ofDays(1))
                .clock(() -> Instant.parse("2024-01-03T00:00:00Z"))
                .settle(Duration.ZERO)
                .build();
        assertThatThrownBy(archiver::run)
                .isInstanceOf(ArchiveRefusedException.class)
                .hasMessage("table 'events': the row [at=2024-01-01T12:00:00Z, id=2] is there twice, and rows are told"
                        + " apart by [at, id]. Delete one, and create a unique index on these columns; later rows wait"
                        + " for it");
        assertThat(JdbcJournalContract.ids(source)).containsExactly(1L, 2L, 2L);
        assertThat(source.journal().orElseThrow().state().watermark()).isNull();
    }

    /** The driver reads 2.25 as 2 where a whole number is asked for. */
    private void bendKey(TestDatabase database, String table) {
        widenKey(database, table);
        String id = database.quote("id");
        database.execute("UPDATE " + database.quote(table) + " SET " + id + " = 2.25 WHERE " + id + " = 2");
    }

    private void widenKey(TestDatabase database, String table) {
        String quoted = database.quote(table);
        String id = database.quote("id");
        database.execute(
                switch (database.getClass().getSimpleName()) {
                    case "MariaDatabase" -> "ALTER TABLE " + quoted + " MODIFY " + id + " DECIMAL(20, 2) NOT NULL";
                    case "PostgresDatabase" -> "ALTER TABLE " + quoted + " ALTER COLUMN " + id + " TYPE numeric(20, 2)";
                    default -> "ALTER TABLE " + quoted + " ALTER COLUMN " + id + " SET DATA TYPE NUMERIC(20, 2)";
                });
    }

    private static List<BigDecimal> idsAsTheyAre(TestDatabase database, String table) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "SELECT " + database.quote("id") + " FROM " + database.quote(table) + " ORDER BY 1")
                        .mapTo(BigDecimal.class)
                        .list());
    }

    @ParameterizedTest
    @MethodSource("databases")
    void rows_of_a_column_whose_type_has_changed_are_not_deleted(TestDatabase database) {
        String table = database.createTable(EVENTS, ROWS);
        JdbcSource source = source(database, table).build();
        prepared(source);
        String refused = refusedKey(database, source);
        try (WindowAttempt attempt = begin(source, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(source, attempt);
            bendKey(database, table);
            assertThatThrownBy(() -> attempt.commit(copied, Long.MAX_VALUE))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(refused);
        }
        assertThatThrownBy(() -> Eraser.of(source).erase(ROWS))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(refused);
        assertThatThrownBy(() -> prepared(source)).hasMessage(refused);
        assertThat(idsAsTheyAre(database, table)).containsExactly(new BigDecimal("1.00"), new BigDecimal("2.25"));
    }

    private static String refusedKey(TestDatabase database, JdbcSource source) {
        return source.name() + ", column 'id' (column 'id' of table 'events') is "
                + switch (database.getClass().getSimpleName()) {
                    case "MariaDatabase" -> "DECIMAL";
                    case "PostgresDatabase" -> "numeric";
                    default -> "NUMERIC";
                }
                + ", which isn't read as INT64";
    }

    @ParameterizedTest
    @MethodSource("databases")
    void a_type_that_changes_before_archived_rows_are_deleted_in_parts_rolls_that_back(TestDatabase database) {
        String table = database.createTable(EVENTS, ROWS);
        JdbcSource source = source(database, table).build();
        ArchiveJournal journal = prepared(source);
        try (WindowAttempt attempt = begin(source, MONDAY, LONG_LEASE)) {
            assertThat(attempt.commit(copy(source, attempt), 1)).isEqualTo(ArchiveAttempt.Outcome.COMMITTED);
        }
        List<PendingDelete> parts = journal.undeleted();
        assertThat(parts).hasSize(2);
        bendKey(database, table);
        assertThatThrownBy(() -> journal.delete(parts.get(1)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(refusedKey(database, source));
        assertThat(journal.undeleted()).isEqualTo(parts);
        assertThat(idsAsTheyAre(database, table)).containsExactly(new BigDecimal("1.00"), new BigDecimal("2.25"));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void a_type_that_changes_before_the_commit_of_a_sweep_rolls_it_back(TestDatabase database) {
        String table = database.createTable(EVENTS, List.of());
        JdbcSource source = source(database, table).build();
        ArchiveJournal journal = prepared(source);
        archive(source, MONDAY);
        database.insert(table, EVENTS, ROWS);
        SweepCommit late = new SweepCommit(MONDAY, journal.state().epoch(), ROWS);
        try (SweepAttempt attempt =
                journal.beginSweep(MONDAY, "contract", LONG_LEASE).orElseThrow()) {
            RowDigest written = copy(source, attempt);
            widenKey(database, table);
            assertThatThrownBy(() -> attempt.commit(written, late))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(refusedKey(database, source));
        }
        assertThat(idsAsTheyAre(database, table)).containsExactly(new BigDecimal("1.00"), new BigDecimal("2.00"));
    }

    /** One that is still read, but as other instants: the local times that the column now holds are Berlin's. */
    @Test
    void a_time_that_has_lost_its_zone_is_refused_with_both_types() {
        TestDatabase postgres = PostgresDatabase.get();
        String table = postgres.createTable(EVENTS, ROWS);
        JdbcSource source = source(postgres, table).build();
        prepared(source);
        String refused = "postgresql:" + table + ", column 'at' (column 'at' of table 'events') was timestamptz with 6"
                + " digits of a second when this source was built, and is timestamp with 6 digits of a second now, so"
                + " that its values may be read otherwise than they are; no row is deleted. Declare it as it is, and"
                + " start the process again";
        try (WindowAttempt attempt = begin(source, MONDAY, LONG_LEASE)) {
            RowDigest copied = copy(source, attempt);
            postgres.execute("ALTER TABLE " + table + " ALTER COLUMN at TYPE timestamp USING at AT TIME ZONE 'UTC'");
            assertThatThrownBy(() -> attempt.commit(copied, Long.MAX_VALUE))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(refused);
        }
        assertThatThrownBy(() -> prepared(source))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(refused);
        assertThatThrownBy(() -> Eraser.of(source).erase(ROWS))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(refused);
        assertThat(idsAsTheyAre(postgres, table)).hasSize(2);
    }

    /** What changes no value changes nothing. */
    @Test
    void a_text_that_may_be_longer_is_the_same() {
        TestDatabase postgres = PostgresDatabase.get();
        String table = postgres.createTable(EVENTS, ROWS);
        postgres.execute("ALTER TABLE " + table + " ALTER COLUMN note TYPE varchar(100)");
        JdbcSource source = source(postgres, table).build();
        prepared(source);
        postgres.execute("ALTER TABLE " + table + " ALTER COLUMN note TYPE text");
        try (WindowAttempt attempt = begin(source, MONDAY, LONG_LEASE)) {
            assertThat(attempt.commit(copy(source, attempt), Long.MAX_VALUE))
                    .isEqualTo(ArchiveAttempt.Outcome.COMMITTED);
        }
    }
}
