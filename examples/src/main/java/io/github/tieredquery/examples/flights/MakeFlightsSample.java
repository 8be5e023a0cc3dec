package io.github.tieredquery.examples.flights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Makes the committed sample of flights again, from the whole file that the system property {@code flights.full} names.
 * It writes {@code flights-300k.parquet} into the directory that {@code flights.out} names, by default the current one.
 */
public final class MakeFlightsSample {

    private MakeFlightsSample() {}

    /**
     * Makes the sample.
     *
     * @param args none
     * @throws IOException if the SQL can't be read
     * @throws SQLException if DuckDB refuses it
     */
    public static void main(String[] args) throws IOException, SQLException {
        String full = System.getProperty("flights.full");
        if (full == null || !Files.isReadable(Path.of(full))) {
            throw new IllegalArgumentException("-Dflights.full=" + full
                    + " is not a readable file: name flights-3m.parquet of the npm package vega-datasets 3.2.1");
        }
        Path sample = Path.of(System.getProperty("flights.out", ".")).resolve(FlightsSample.FILE);
        String sql = FlightsSample.resource("sample.sql")
                .replace("${full}", FlightsSample.escaped(Path.of(full)))
                .replace("${sample}", FlightsSample.escaped(sample));
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement()) {
            statement.execute(sql);
        }
        System.out.println(sample + ": " + Files.size(sample) + " bytes");
    }
}
