package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.events;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.jdbc.internal.journal.Sql;
import io.github.tieredquery.spi.ScanControl;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class JournalConfigurationTest {

    @Test
    void a_journals_name_is_refused_unless_it_is_the_same_in_every_database() {
        JdbcSourceBuilder builder = JdbcSource.builder(H2Database.get().jdbi(), EVENTS);
        for (String name : List.of("", "Archive", "1st", "a b", "a\"b", "a.b", "x".repeat(41))) {
            assertThatThrownBy(() -> builder.journal(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the journal's name is '" + name
                            + "'; it is 1 to 40 of a-z, 0-9 and _, not starting with a digit");
        }
        builder.journal("x".repeat(40));
    }

    @Test
    void a_source_without_a_journal_says_so() {
        String name = H2Database.get().createTable(EVENTS, List.of());
        JdbcSource source =
                JdbcSource.builder(H2Database.get().jdbi(), EVENTS).table(name).build();
        String message = "h2:" + name + " was built without a journal; name one with JdbcSourceBuilder.journal(…)";
        assertThat(source.journal()).isEmpty();
        assertThatThrownBy(() -> source.snapshot(ScanControl.unlimited()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(message);
        assertThatThrownBy(source::journalDdl)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(message);
    }

    @Test
    void a_database_that_cannot_keep_a_journal_is_refused() {
        String name = DuckDatabase.get().createTable(EVENTS, List.of());
        JdbcSourceBuilder builder = JdbcSource.builder(DuckDatabase.get().jdbi(), EVENTS)
                .table(name)
                .journal("archive");
        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "duckdb:" + name + ": a journal can't be kept in duckdb, which doesn't let several processes"
                                + " read, lock and delete in transactions of one snapshot; keep hot rows in PostgreSQL, MySQL,"
                                + " MariaDB or H2, or leave journal(…) out");
    }

    @Test
    void rows_of_an_expression_are_not_archived() {
        String name = H2Database.get().createTable(EVENTS, List.of());
        String expression = "\"" + name + "\" AS rows_of_it";
        JdbcSourceBuilder builder = JdbcSource.builder(H2Database.get().jdbi(), EVENTS)
                .from(expression)
                .journal("archive");
        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("h2:events: rows of an expression can't be archived; name a table with table(…), or leave"
                        + " journal(…) out");
    }

    @Test
    void a_logical_name_that_databases_would_confuse_is_refused() {
        for (String logical : List.of("events ", " events", "x".repeat(201))) {
            String name = H2Database.get().createTable(EVENTS, List.of());
            JdbcSourceBuilder builder = JdbcSource.builder(H2Database.get().jdbi(), events(logical))
                    .table(name)
                    .journal("archive");
            assertThatThrownBy(builder::build)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("h2:" + name + ": the journal can't keep the table's logical name '" + logical
                            + "'; it is at most 200 characters, without space around it and without NUL");
        }
    }

    @Test
    void moments_are_kept_to_the_microsecond_beyond_all_calendars() {
        for (String text : List.of(
                "0001-01-01T00:00:00Z",
                "1969-12-31T23:59:59.999999Z",
                "2024-01-01T23:59:59.999999Z",
                "+10000-01-01T00:00:00Z")) {
            Instant instant = Instant.parse(text);
            assertThat(Sql.instant(Sql.micros(instant))).isEqualTo(instant);
        }
        assertThat(Sql.micros(Instant.MIN)).isEqualTo(Long.MIN_VALUE);
        assertThat(Sql.micros(Instant.MAX)).isEqualTo(Long.MAX_VALUE);
    }
}
