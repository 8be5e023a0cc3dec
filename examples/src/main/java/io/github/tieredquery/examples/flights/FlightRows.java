package io.github.tieredquery.examples.flights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Flights as a JDBC result: {@code departed_at} as the text of a time in UTC, {@code id}, {@code delay},
 * {@code distance}, {@code origin} and {@code destination}. Not thread-safe; whoever opens it closes it.
 */
public final class FlightRows implements AutoCloseable {

    /** In the order of the result. */
    public static final String COLUMNS = "departed_at, id, delay, distance, origin, destination";

    private final Path directory;
    private final Path sample;
    private final Connection duckdb;
    private final Statement statement;
    private final ResultSet rows;

    private FlightRows(long count) throws IOException, SQLException {
        directory = Files.createTempDirectory("flights");
        sample = FlightsSample.copyTo(directory);
        duckdb = DriverManager.getConnection("jdbc:duckdb:");
        statement = duckdb.createStatement();
        rows = statement.executeQuery(sql(count));
    }

    /**
     * Opens flights. More than the sample has are the flights of the file that the system property {@code flights.full}
     * names, or else the sample repeated, each repetition a second later.
     *
     * @param count how many flights
     * @return the flights
     * @throws IOException if the sample can't be copied
     * @throws SQLException if DuckDB refuses the file
     */
    public static FlightRows open(long count) throws IOException, SQLException {
        return new FlightRows(count);
    }

    private String sql(long count) {
        String full = System.getProperty("flights.full");
        String flights;
        if (count <= FlightsSample.ROWS) {
            flights = "SELECT departed_at, id, delay, distance, origin, destination" + from(sample);
        } else if (full != null) {
            flights = "SELECT date AS departed_at, row_number() OVER () AS id, delay, distance, origin, destination"
                    + from(Path.of(full));
        } else {
            long times = (count + FlightsSample.ROWS - 1) / FlightsSample.ROWS;
            flights = "SELECT departed_at + to_seconds(turn) AS departed_at, id * " + times + " + turn AS id,"
                    + " delay, distance, origin, destination" + from(sample) + " CROSS JOIN range(" + times
                    + ") AS turns(turn)";
        }
        return "SELECT strftime(departed_at, '%Y-%m-%d %H:%M:%S+00'), id, delay, distance, origin, destination FROM ("
                + flights + ") LIMIT " + count;
    }

    private static String from(Path file) {
        return " FROM read_parquet('" + FlightsSample.escaped(file) + "')";
    }

    /**
     * The rows.
     *
     * @return the result, before its first row; closed with this
     */
    public ResultSet rows() {
        return rows;
    }

    @Override
    public void close() throws IOException, SQLException {
        rows.close();
        statement.close();
        duckdb.close();
        Files.delete(sample);
        Files.delete(directory);
    }
}
