package io.github.tieredquery.examples.quickstart;

import static io.github.tieredquery.table.ColumnType.INT32;
import static io.github.tieredquery.table.ColumnType.INT64;
import static io.github.tieredquery.table.ColumnType.STRING;

import io.github.tieredquery.examples.flights.FlightsSample;
import io.github.tieredquery.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import javax.sql.DataSource;

/** The flights in PostgreSQL: a table for each archive that is shown, and a copy that nobody touches. */
final class FlightTables {

    /** Archived by day. */
    static final String FLIGHTS = "flights";

    /** Archived by month and origin. */
    static final String BY_ORIGIN = "flights_by_origin";

    /** What the answers are checked against. */
    static final String UNTOUCHED = "untouched_flights";

    private static final int ROWS_PER_INSERT = 30_000;

    private FlightTables() {}

    /** How the library knows a table. */
    static Table describe(String name) {
        return Table.builder(name)
                .time("departed_at")
                .key("id", INT64)
                .required("delay", INT32)
                .required("distance", INT32)
                .required("origin", STRING)
                .required("destination", STRING)
                .build();
    }

    /** Creates the tables and fills them; {@code progress} hears the number of rows now and then. */
    static void load(DataSource database, LongConsumer progress) throws IOException, SQLException {
        Path directory = Files.createTempDirectory("flights");
        Path sample = FlightsSample.copyTo(directory);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : List.of(UNTOUCHED, FLIGHTS, BY_ORIGIN)) {
                statement.execute(ddl(table));
            }
            copy(sample, connection, progress);
            for (String table : List.of(FLIGHTS, BY_ORIGIN)) {
                statement.execute("INSERT INTO " + table + " SELECT * FROM " + UNTOUCHED);
            }
            statement.execute("ANALYZE");
        } finally {
            Files.delete(sample);
            Files.delete(directory);
        }
    }

    private static String ddl(String table) {
        return "CREATE TABLE " + table + " ("
                + "departed_at timestamptz NOT NULL, id bigint NOT NULL, "
                + "delay integer NOT NULL, distance integer NOT NULL, "
                + "origin text COLLATE \"C\" NOT NULL, destination text COLLATE \"C\" NOT NULL, "
                + "PRIMARY KEY (departed_at, id))";
    }

    private static void copy(Path sample, Connection connection, LongConsumer progress) throws SQLException {
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT strftime(departed_at, '%Y-%m-%d %H:%M:00+00'), id, delay, distance, origin, destination"
                                + " FROM read_parquet('" + FlightsSample.escaped(sample) + "')");
                PreparedStatement insert = connection.prepareStatement("INSERT INTO " + UNTOUCHED
                        + " SELECT * FROM unnest(?::timestamptz[], ?::bigint[], ?::integer[], ?::integer[], ?, ?)")) {
            long loaded = 0;
            for (int inserted = insert(rows, insert); inserted > 0; inserted = insert(rows, insert)) {
                loaded += inserted;
                progress.accept(loaded);
            }
        }
    }

    /** One statement for many rows: each parameter is the array of a column's values. */
    private static int insert(ResultSet rows, PreparedStatement insert) throws SQLException {
        String[][] columns = new String[6][ROWS_PER_INSERT];
        int count = 0;
        while (count < ROWS_PER_INSERT && rows.next()) {
            for (int i = 0; i < columns.length; i++) {
                columns[i][count] = rows.getString(i + 1);
            }
            count++;
        }
        for (int i = 0; i < columns.length; i++) {
            Array values = insert.getConnection().createArrayOf("text", Arrays.copyOf(columns[i], count));
            insert.setArray(i + 1, values);
        }
        return count == 0 ? 0 : insert.executeUpdate();
    }
}
