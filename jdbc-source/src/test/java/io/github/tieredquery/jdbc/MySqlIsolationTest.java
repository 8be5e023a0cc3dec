package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.archive;
import static io.github.tieredquery.testkit.ArchiveSteps.day;
import static io.github.tieredquery.testkit.ArchiveSteps.event;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.jdbc.internal.dialect.Dialect;
import io.github.tieredquery.jdbc.internal.dialect.Isolation;
import io.github.tieredquery.jdbc.internal.journal.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How transactions of MariaDB and MySQL get their isolation, by both drivers: none leaves anything in the session,
 * which behind a pooler is somebody else's, and the one of MariaDB begins in a single statement.
 */
class MySqlIsolationTest {

    private static final String SESSION =
            "SELECT CONCAT(@@SESSION.transaction_isolation, ' ', @@SESSION.transaction_read_only, ' ', @@autocommit)";

    /** A way to begin a transaction, and what it has to be. */
    private enum Begin {
        SHORT("REPEATABLE READ"),
        READ_COMMITTED("READ COMMITTED"),
        SNAPSHOT("REPEATABLE READ"),
        SCAN("REPEATABLE READ");

        private final String isolation;

        Begin(String isolation) {
            this.isolation = isolation;
        }

        void run(Dialect dialect, Connection connection) throws SQLException {
            switch (this) {
                case SHORT -> dialect.begin(connection, Isolation.REPEATABLE_READ);
                case READ_COMMITTED -> dialect.begin(connection, Isolation.READ_COMMITTED);
                case SNAPSHOT -> dialect.beginSnapshot(connection);
                case SCAN -> dialect.beginScan(connection);
            }
        }

        List<String> statements(boolean mariaDb) {
            String set = "SET TRANSACTION ISOLATION LEVEL " + isolation;
            String start = switch (this) {
                case SHORT, READ_COMMITTED -> "START TRANSACTION";
                case SNAPSHOT -> "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";
                case SCAN -> "START TRANSACTION READ ONLY";
            };
            return mariaDb ? List.of("BEGIN NOT ATOMIC " + set + "; " + start + "; END") : List.of(set, start);
        }
    }

    static Stream<Arguments> ways() {
        List<Arguments> ways = new ArrayList<>();
        for (Begin begin : Begin.values()) {
            for (SqlDialect dialect : List.of(SqlDialect.MARIADB, SqlDialect.MYSQL)) {
                ways.add(Arguments.of(begin, dialect, MariaDatabase.get(), "MariaDB's driver"));
                ways.add(Arguments.of(begin, dialect, MariaDatabase.byMySqlDriver(""), "MySQL's driver"));
            }
        }
        return ways.stream();
    }

    @ParameterizedTest(name = "{0} of {1} by {3}")
    @MethodSource("ways")
    void a_transaction_has_its_isolation_and_the_session_keeps_its_own(
            Begin begin, SqlDialect dialect, MariaDatabase database, String driver) throws SQLException {
        String table = database.createTable(EVENTS, List.of(event("2024-01-01T12:00:00Z", 1, "a")));
        Dialect statements = dialect.dialect();
        try (Connection connection = database.newConnection();
                Connection admin = database.newConnection()) {
            Sql.execute(connection, "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE");
            long id = Sql.queryLong(connection, "SELECT CONNECTION_ID()");
            String before = text(connection, SESSION);
            List<String> sent = logged(admin, id, () -> {
                begin.run(statements, connection);
                assertThat(Sql.queryLong(connection, "SELECT count(*) FROM " + table))
                        .isEqualTo(1);
                assertThat(isolation(admin, id)).as(driver).isEqualTo(begin.isolation);
                statements.end(connection);
            });
            List<String> expected = new ArrayList<>(begin.statements(dialect == SqlDialect.MARIADB));
            expected.add("SELECT count(*) FROM " + table);
            expected.add("ROLLBACK");
            assertThat(sent).containsExactlyElementsOf(expected);

            assertThat(text(connection, SESSION)).isEqualTo(before).isEqualTo("SERIALIZABLE OFF ON");
            Sql.execute(connection, "START TRANSACTION");
            Sql.queryLong(connection, "SELECT count(*) FROM " + table);
            assertThat(isolation(admin, id)).as("the next transaction").isEqualTo("SERIALIZABLE");
            Sql.execute(connection, "ROLLBACK");
        }
    }

    /** Whatever a source does, the sessions that it gives back are as they were. */
    @ParameterizedTest(name = "by {1}")
    @MethodSource("drivers")
    void sessions_are_given_back_as_they_were_taken(MariaDatabase database, String driver) throws SQLException {
        String journal = "isolated_by_" + (driver.startsWith("MySQL") ? "mysql" : "mariadb");
        String table = database.createTable(
                EVENTS, List.of(event("2024-01-01T12:00:00Z", 1, "a"), event("2024-01-02T12:00:00Z", 2, "b")));
        List<Connection> all = new ArrayList<>();
        try {
            for (int i = 0; i < 6; i++) {
                Connection connection = database.dataSource().getConnection();
                all.add(connection);
                Sql.execute(connection, "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE");
            }
            close(all);
            JdbcSource source = JdbcSource.builder(Jdbi.create(database.dataSource()), EVENTS)
                    .table(table)
                    .journal(journal)
                    .build();
            prepared(source);
            archive(source, day("2024-01-01"));
            Eraser.of(source).erase(List.of(event("2024-01-02T12:00:00Z", 2, "b")));
            assertThat(JdbcJournalContract.ids(source)).isEmpty();

            for (int i = 0; i < 6; i++) {
                Connection connection = database.dataSource().getConnection();
                all.add(connection);
                assertThat(text(connection, SESSION)).isEqualTo("SERIALIZABLE OFF ON");
            }
        } finally {
            for (Connection connection : all) {
                Sql.execute(connection, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            }
            close(all);
        }
    }

    static Stream<Arguments> drivers() {
        return Stream.of(
                Arguments.of(MariaDatabase.withOptions("autocommit=true"), "MariaDB's driver"),
                Arguments.of(MariaDatabase.byMySqlDriver(""), "MySQL's driver"));
    }

    private static void close(List<Connection> connections) throws SQLException {
        for (Connection connection : connections) {
            connection.close();
        }
        connections.clear();
    }

    /** What a session sends to the server meanwhile, as the server's own log has it. */
    private static List<String> logged(Connection admin, long session, Work work) throws SQLException {
        Sql.execute(admin, "SET GLOBAL log_output = 'TABLE'");
        Sql.execute(admin, "TRUNCATE TABLE mysql.general_log");
        Sql.execute(admin, "SET GLOBAL general_log = ON");
        try {
            work.run();
        } finally {
            Sql.execute(admin, "SET GLOBAL general_log = OFF");
        }
        List<String> sent = new ArrayList<>();
        try (Statement statement = admin.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log WHERE thread_id = " + session)) {
            while (rows.next()) {
                sent.add(rows.getString(1));
            }
        }
        return sent;
    }

    private interface Work {
        void run() throws SQLException;
    }

    /** That of a session's transaction. The server shows the same list for a tenth of a second. */
    private static String isolation(Connection admin, long session) throws SQLException {
        try {
            Thread.sleep(150);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return text(
                admin,
                "SELECT trx_isolation_level FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id = " + session);
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).as(sql).isTrue();
            return rows.getString(1);
        }
    }
}
