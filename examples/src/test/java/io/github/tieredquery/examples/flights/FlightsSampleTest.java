package io.github.tieredquery.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightsSampleTest {

    @TempDir
    Path directory;

    private Path sample;

    @BeforeEach
    void copy() throws IOException {
        sample = FlightsSample.copyTo(directory);
    }

    @Test
    void the_sample_is_small_enough_to_be_committed() throws IOException {
        assertThat(Files.size(sample)).isLessThan(3_500_000);
    }

    @Test
    void every_flight_has_an_id_of_its_own_and_no_gaps() throws SQLException {
        assertThat(row("SELECT count(*), count(DISTINCT id), count(COLUMNS(*)) FROM "))
                .containsOnly((long) FlightsSample.ROWS);
    }

    @Test
    void the_flights_are_spread_over_all_days() throws SQLException {
        assertThat(row(
                        "SELECT count(*), min(flights) > 1000 FROM (SELECT departed_at::DATE, count(*) AS flights FROM ",
                        " WHERE departed_at < '2001-07-01' GROUP BY 1)"))
                .containsExactly((long) FlightsSample.DAYS, true);
    }

    @Test
    void departures_are_to_the_minute() throws SQLException {
        assertThat(row("SELECT bool_and(departed_at = date_trunc('minute', departed_at)) FROM "))
                .containsExactly(true);
    }

    private List<Object> row(String select) throws SQLException {
        return row(select, "");
    }

    private List<Object> row(String before, String after) throws SQLException {
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement();
                ResultSet result = statement.executeQuery(
                        before + "read_parquet('" + FlightsSample.escaped(sample) + "')" + after)) {
            assertThat(result.next()).isTrue();
            List<Object> values = new ArrayList<>();
            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                values.add(result.getObject(i));
            }
            return values;
        }
    }
}
