package io.github.tieredquery.benchmarks;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.examples.flights.PostgresFlights;
import io.github.tieredquery.jdbc.JdbcSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** {@code hot-stream}: TieredQuery over a table of PostgreSQL against the loop that one would write with JDBC alone. */
final class HotStream {

    private static final int FETCH_ROWS = 3_000;

    private HotStream() {}

    /**
     * Runs it.
     *
     * @param rows how many flights are read
     * @param rounds how often each side reads them, odd
     */
    static void run(PrintStream out, int rows, int rounds) throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            DataSource database = postgres.getPostgresDatabase();
            PostgresFlights.create(database, Flights.TABLE_NAME, rows, loaded -> {});
            try (JdbcSource hot = JdbcSource.builder(Jdbi.create(database), Flights.TABLE)
                    .fetchSize(FETCH_ROWS)
                    .build()) {
                TieredQuery<Flight> flights =
                        TieredQuery.builder(Flights.TABLE).hot(hot).buildFor(Flight.class);
                new Comparison(
                                "hot-stream",
                                () -> Flights.checksum(flights.stream(Flights.EVERYTHING)),
                                () -> bareJdbc(database))
                        .run(out, rounds);
            }
        }
    }

    private static long bareJdbc(DataSource database) throws SQLException {
        long checksum = 0;
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false); // otherwise the driver reads the whole result at once
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT departed_at, id, delay, distance, origin, destination FROM "
                            + Flights.TABLE_NAME
                            + " WHERE departed_at >= ? AND departed_at < ? ORDER BY departed_at, id")) {
                statement.setFetchSize(FETCH_ROWS);
                statement.setObject(1, Flights.FROM.atOffset(ZoneOffset.UTC));
                statement.setObject(2, Flights.TO.atOffset(ZoneOffset.UTC));
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        checksum = new Flight(
                                        rows.getObject(1, OffsetDateTime.class).toInstant(),
                                        rows.getLong(2),
                                        rows.getInt(3),
                                        rows.getInt(4),
                                        rows.getString(5),
                                        rows.getString(6))
                                .checksum(checksum);
                    }
                }
            }
        }
        return checksum;
    }
}
