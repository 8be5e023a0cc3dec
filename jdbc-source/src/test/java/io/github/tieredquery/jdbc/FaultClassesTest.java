package io.github.tieredquery.jdbc;

import static io.github.tieredquery.table.ColumnType.INT32;
import static io.github.tieredquery.table.ColumnType.INT64;
import static io.github.tieredquery.table.ColumnType.STRING;
import static io.github.tieredquery.testkit.ArchiveSteps.LONG_LEASE;
import static io.github.tieredquery.testkit.ArchiveSteps.begin;
import static io.github.tieredquery.testkit.ArchiveSteps.copy;
import static io.github.tieredquery.testkit.ArchiveSteps.day;
import static io.github.tieredquery.testkit.ArchiveSteps.event;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.WindowAttempt;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.ArchiveSteps;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong with a set-up is said so by every database, and isn't taken for an outage. */
class FaultClassesTest {

    private static final Table EVENTS = Table.builder("faulty")
            .time("at")
            .key("id", INT64)
            .column("origin", STRING)
            .column("delay", INT32)
            .build();

    private static final Scan SCAN = Scan.of(
            EVENTS, new TimeRange(Instant.parse("2024-01-01T00:00:00Z"), Instant.parse("2025-01-01T00:00:00Z")));

    private static final String CHANGED =
            ": the database hasn't the table, a column of it or a function: it was changed"
                    + " after the source was built, or it is another one. Correct the table, or build the source anew with its"
                    + " present columns; the cause holds the database's own words";

    static Stream<TestDatabase> databases() {
        return Stream.of(PostgresDatabase.get(), MariaDatabase.get(), H2Database.get(), DuckDatabase.get());
    }

    private static void read(JdbcSource source) {
        try (RowCursor rows = source.open(SCAN, ScanControl.unlimited())) {
            rows.next();
        }
    }

    private static String state(TestDatabase database, String postgres, String maria, String h2) {
        return database instanceof PostgresDatabase
                ? "SQL state " + postgres
                : database instanceof MariaDatabase
                        ? "SQL state " + maria
                        : database instanceof H2Database ? "SQL state " + h2 : "error code 0";
    }

    /** Some drivers look at a statement when it is prepared. */
    private static String doing(TestDatabase database) {
        return database instanceof H2Database || database instanceof DuckDatabase
                ? ": preparing a query failed with "
                : ": reading failed with ";
    }

    @ParameterizedTest
    @MethodSource("databases")
    void a_column_or_table_that_has_gone_is_a_matter_of_configuration(TestDatabase database) {
        // H2 has another state for a table that is missing from a schema without any.
        database.createTable(EVENTS, List.of());
        String name = database.createTable(EVENTS, List.of());
        JdbcSource source =
                JdbcSource.builder(database.jdbi(), EVENTS).table(name).build();
        database.execute("ALTER TABLE " + database.quote(name) + " DROP COLUMN " + database.quote("delay"));
        assertThatThrownBy(() -> read(source))
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessage(source.name() + doing(database) + state(database, "42703", "42S22", "42S22") + CHANGED);
        database.execute("DROP TABLE " + database.quote(name));
        assertThatThrownBy(() -> source.count(SCAN, ScanControl.unlimited()))
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessage(source.name() + doing(database) + state(database, "42P01", "42S02", "42S02") + CHANGED);
        assertThat(database.dataSource().open()).isZero();
    }

    @Test
    void a_wrong_password_user_or_database_is_a_matter_of_configuration() {
        PostgresDatabase.get().execute("CREATE ROLE locked_out NOLOGIN");
        String url = PostgresDatabase.get().url().replaceAll("[?].*", "");
        String maria = MariaDatabase.get().url().replaceAll("[?].*", "");
        String login = ": the server doesn't take this user or password. Correct the connection's credentials";
        String database = ": there is no such database. Correct the connection's URL";
        assertConnectingFails(url + "?user=locked_out", "28000" + login);
        assertConnectingFails(url.replaceAll("/postgres$", "/nowhere") + "?user=postgres", "3D000" + database);
        assertConnectingFails(maria.replaceAll("/[^/]*$", "/nowhere") + "?user=root", "42000" + database);
        assertConnectingFails("jdbc:h2:mem:nowhere;IFEXISTS=TRUE", "90146" + database);
    }

    private static void assertConnectingFails(String url, String words) {
        assertThatThrownBy(() -> JdbcSource.builder(Jdbi.create(url), EVENTS).build())
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessage("jdbc:faulty: getting a connection failed with SQL state " + words
                        + "; the cause holds the database's own words");
    }

    @Test
    void a_right_that_was_taken_away_is_a_matter_of_configuration() {
        PostgresDatabase postgres = PostgresDatabase.get();
        String name = postgres.createTable(EVENTS, List.of());
        postgres.execute("CREATE ROLE curious LOGIN");
        postgres.execute("GRANT SELECT ON \"" + name + "\" TO curious");
        JdbcSource source = JdbcSource.builder(
                        Jdbi.create(postgres.url().replaceAll("[?].*", "") + "?user=curious"), EVENTS)
                .table(name)
                .build();
        read(source);
        postgres.execute("REVOKE SELECT ON \"" + name + "\" FROM curious");
        assertThatThrownBy(() -> read(source))
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessage(source.name() + ": reading failed with SQL state 42501: this database user may not do it."
                        + " Grant the right: readers need SELECT, an archiver DELETE too; the cause holds the"
                        + " database's own words");
    }

    static Stream<TestDatabase> serversWithTriggers() {
        return Stream.of(PostgresDatabase.get(), MariaDatabase.get());
    }

    /** What an accepted trigger does isn't looked through. */
    @ParameterizedTest
    @MethodSource("serversWithTriggers")
    void a_foreign_key_that_stands_in_a_triggers_way_is_a_matter_of_configuration(TestDatabase database) {
        List<Row> rows = List.of(event("2024-01-01T12:00:00Z", 1, "a"));
        String name = database.createTable(ArchiveSteps.EVENTS, rows);
        database.execute("CREATE TABLE parents_of_" + name + " (id bigint NOT NULL PRIMARY KEY)");
        database.execute("CREATE TABLE children_of_" + name + " (id bigint NOT NULL, CONSTRAINT of_" + name
                + " FOREIGN KEY (id) REFERENCES parents_of_" + name + " (id))");
        database.execute("INSERT INTO parents_of_" + name + " VALUES (1)");
        database.execute("INSERT INTO children_of_" + name + " VALUES (1)");
        String body = "DELETE FROM parents_of_" + name;
        if (database instanceof PostgresDatabase) {
            database.execute("CREATE FUNCTION on_" + name + "() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN " + body
                    + "; RETURN NULL; END'");
            body = "EXECUTE FUNCTION on_" + name + "()";
        }
        database.execute("CREATE TRIGGER on_" + name + " AFTER DELETE ON " + name + " FOR EACH ROW " + body);
        JdbcSource source = JdbcSource.builder(database.jdbi(), ArchiveSteps.EVENTS)
                .table(name)
                .journal("constrained_" + name)
                .acceptedTriggers("on_" + name)
                .build();
        prepared(source);
        try (WindowAttempt attempt = begin(source, day("2024-01-01"), LONG_LEASE)) {
            RowDigest copied = copy(source, attempt);
            assertThatThrownBy(() -> attempt.commit(copied, Long.MAX_VALUE))
                    .isExactlyInstanceOf(ConfigurationException.class)
                    .hasMessage(source.name() + ": committing table 'events', window " + attempt.window()
                            + ", version 1 failed with SQL state "
                            + (database instanceof PostgresDatabase ? "23503" : "23000")
                            + ": a constraint of the database stands in the way, a foreign key of another table's rows"
                            + " say; the same call fails until it is gone. Drop or change the constraint that the cause"
                            + " names; the cause holds the database's own words");
        }
        assertThat(JdbcJournalContract.ids(source)).containsExactly(1L);
    }
}
