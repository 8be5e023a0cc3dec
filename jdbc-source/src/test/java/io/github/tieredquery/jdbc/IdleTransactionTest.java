package io.github.tieredquery.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** A server that ends transactions which wait for their client. */
class IdleTransactionTest {

    private static final Table EVENTS =
            Table.builder("idle").time("at").key("id", ColumnType.INT64).build();

    private static final Instant START = Instant.parse("2024-03-01T00:00:00Z");

    @Test
    void a_transaction_that_the_server_has_ended_for_waiting_too_long_names_the_setting() throws SQLException {
        PostgresDatabase postgres = PostgresDatabase.get();
        List<Row> rows = LongStream.range(0, 3_000)
                .mapToObj(id -> EVENTS.rowType().row(new Object[] {START.plusSeconds(id), id}))
                .toList();
        String name = postgres.createTable(EVENTS, rows);
        String application = "idle-" + name;
        String url = postgres.url() + (postgres.url().contains("?") ? "&" : "?") + "ApplicationName=" + application;
        AtomicReference<Connection> reading = new AtomicReference<>();
        Jdbi jdbi = Jdbi.create(() -> {
            Connection connection = DriverManager.getConnection(url);
            reading.set(connection);
            return connection;
        });
        JdbcSource source =
                JdbcSource.builder(jdbi, EVENTS).table(name).fetchSize(500).build();
        Scan scan = Scan.of(EVENTS, new TimeRange(START, START.plusSeconds(86_400)));
        try (RowCursor cursor = source.open(scan, ScanControl.unlimited())) {
            assertThat(cursor.next()).isNotNull();
            waitNoLonger(Objects.requireNonNull(reading.get()));
            awaitGone(postgres, application);
            assertThatThrownBy(() -> {
                        while (cursor.next() != null) {
                            assertThat(cursor).isNotNull();
                        }
                    })
                    .isExactlyInstanceOf(SourceUnavailableException.class)
                    .hasMessage(source.name() + ": reading failed with SQL state 25P03: the server ended the"
                            + " transaction, which had waited for longer than its idle_in_transaction_session_timeout."
                            + " Raise that for this user (ALTER ROLE … SET idle_in_transaction_session_timeout = …), read"
                            + " faster, or ask for less at a time; the cause holds the database's own words");
        }
    }

    /** Only now, so that the server can't strike before there is a row. */
    private static void waitNoLonger(Connection reading) throws SQLException {
        try (Statement statement = reading.createStatement()) {
            statement.execute("SET idle_in_transaction_session_timeout = '1ms'");
        }
    }

    private static void awaitGone(PostgresDatabase postgres, String application) throws SQLException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (postgres.number("SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + application + "'")
                > 0) {
            assertThat(System.nanoTime()).as("the server ends the transaction").isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
