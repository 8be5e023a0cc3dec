package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.archive;
import static io.github.tieredquery.testkit.ArchiveSteps.day;
import static io.github.tieredquery.testkit.ArchiveSteps.event;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.table.Row;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What the journal has committed survives a crash of the database. */
class DurabilityTest {

    private static final List<Row> ROWS =
            List.of(event("2024-01-01T00:00:00Z", 1, "a"), event("2024-01-02T00:00:00Z", 2, "b"));

    private static final String FORGETFUL = " can't be archived: a crash of the database can take back what it has"
            + " committed, and a version number that files were written under would be given out again, so that a day"
            + " could come twice. The server has ";
    private static final String REMEDY =
            "; set it to 1. Or, if that may happen, say so with" + " JdbcSourceBuilder.acceptedWeakDurability()";

    @ParameterizedTest
    @CsvSource({"off, on", "local, on", "remote_write, on", "on, on", "remote_apply, remote_apply"})
    void each_transaction_of_the_journal_is_durable_whatever_the_session_says(String session, String expected) {
        PostgresDatabase postgres = PostgresDatabase.get();
        String journal = "durable_from_" + session;
        String table = postgres.createTable(EVENTS, ROWS);
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setURL(postgres.url());
        dataSource.setOptions("-c synchronous_commit=" + session);
        JdbcSource source = JdbcSource.builder(Jdbi.create(dataSource), EVENTS)
                .table(table)
                .journal(journal)
                .build();
        prepared(source);
        postgres.execute("CREATE TABLE " + journal + "_seen (setting text)");
        postgres.execute("CREATE FUNCTION " + journal + "() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO "
                + journal + "_seen VALUES (current_setting(''synchronous_commit'')); RETURN NULL; END'");
        for (String changed : List.of("archive", "archive_version", "tombstone", "archive_place", "archive_mark")) {
            postgres.execute("CREATE TRIGGER seen AFTER INSERT OR UPDATE OR DELETE ON " + journal + "." + changed
                    + " EXECUTE FUNCTION " + journal + "()");
        }

        archive(source, day("2024-01-01"));
        Eraser.of(source).erase(ROWS);

        List<String> seen = postgres.jdbi()
                .withHandle(handle -> handle.createQuery("SELECT setting FROM " + journal + "_seen")
                        .mapTo(String.class)
                        .list());
        assertThat(seen).hasSizeGreaterThan(5).containsOnly(expected);
    }

    @Test
    void a_postgresql_that_does_not_flush_what_it_commits_is_refused_unless_accepted() throws Exception {
        try (EmbeddedPostgres embedded = EmbeddedPostgres.start()) {
            Jdbi jdbi = Jdbi.create(embedded.getPostgresDatabase());
            jdbi.useHandle(handle -> handle.execute("CREATE TABLE events (at timestamptz, id bigint, tenant text,"
                    + " note text, PRIMARY KEY (at, id))"));
            assertRefusedUnlessAccepted(jdbi, "events", "fsync = off");
            setFullPageWrites(jdbi, "off");
            assertRefusedUnlessAccepted(jdbi, "events", "fsync = off and full_page_writes = off");
        }
    }

    @Test
    void a_postgresql_that_may_write_half_a_page_is_refused_unless_accepted() throws Exception {
        PostgresDatabase postgres = PostgresDatabase.get();
        String table = postgres.createTable(EVENTS, ROWS);
        JdbcSource source;
        try {
            setFullPageWrites(postgres.jdbi(), "off");
            source = assertRefusedUnlessAccepted(postgres.jdbi(), table, "full_page_writes = off");
        } finally {
            setFullPageWrites(postgres.jdbi(), "on");
        }
        assertThatCode(() -> prepared(source)).doesNotThrowAnyException();
    }

    private static JdbcSource assertRefusedUnlessAccepted(Jdbi jdbi, String table, String settings) {
        JdbcSourceBuilder builder =
                JdbcSource.builder(jdbi, EVENTS).table(table).journal("unflushed");
        JdbcSource source = builder.build();
        assertThatThrownBy(() -> prepared(source))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(source.name() + FORGETFUL + settings + "; set it to on. Or, if that may happen, say so with"
                        + " JdbcSourceBuilder.acceptedWeakDurability()");
        assertThatCode(() -> prepared(builder.acceptedWeakDurability().build())).doesNotThrowAnyException();
        return source;
    }

    /** The server reads its settings some time after it was told to. */
    private static void setFullPageWrites(Jdbi jdbi, String value) throws InterruptedException {
        jdbi.useHandle(handle -> {
            handle.execute("ALTER SYSTEM SET full_page_writes = " + value);
            handle.execute("SELECT pg_reload_conf()");
        });
        String found = "";
        while (!found.equals(value)) {
            Thread.sleep(10);
            found = jdbi.withHandle(handle -> handle.createQuery("SHOW full_page_writes")
                    .mapTo(String.class)
                    .one());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void a_mariadb_that_forgets_commits_is_refused_unless_accepted(int flush) {
        MariaDatabase maria = MariaDatabase.get();
        String table = maria.createTable(EVENTS, ROWS);
        JdbcSourceBuilder builder =
                JdbcSource.builder(maria.jdbi(), EVENTS).table(table).journal("forgetful_" + flush);
        JdbcSource source = builder.build();
        maria.execute("SET GLOBAL innodb_flush_log_at_trx_commit = " + flush);
        try {
            assertThatThrownBy(() -> prepared(source))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(source.name() + FORGETFUL + "innodb_flush_log_at_trx_commit = " + flush + REMEDY);
            assertThatCode(() -> prepared(builder.acceptedWeakDurability().build()))
                    .doesNotThrowAnyException();
        } finally {
            maria.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
        }
        assertThatCode(() -> prepared(source)).doesNotThrowAnyException();
    }

    /** The binary log decides after a crash which transactions there were. */
    @Test
    void a_mariadb_whose_binary_log_forgets_commits_is_refused_unless_accepted() {
        MariaDatabase maria = MariaDatabase.logging();
        String table = maria.createTable(EVENTS, List.of());
        JdbcSourceBuilder builder =
                JdbcSource.builder(maria.jdbi(), EVENTS).table(table).journal("forgetful_log");
        JdbcSource source = builder.build();
        maria.execute("SET GLOBAL sync_binlog = 0");
        assertThatThrownBy(() -> prepared(source))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(source.name() + FORGETFUL + "sync_binlog = 0" + REMEDY);
        maria.execute("SET GLOBAL sync_binlog = 100");
        maria.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 2");
        assertThatThrownBy(() -> prepared(source))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(source.name() + FORGETFUL + "innodb_flush_log_at_trx_commit = 2 and sync_binlog = 100"
                        + REMEDY);
        assertThatCode(() -> prepared(builder.acceptedWeakDurability().build())).doesNotThrowAnyException();
        maria.execute("SET GLOBAL sync_binlog = 1");
        maria.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
        assertThatCode(() -> prepared(source)).doesNotThrowAnyException();
    }
}
