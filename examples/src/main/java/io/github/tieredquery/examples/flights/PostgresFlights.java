package io.github.tieredquery.examples.flights;

import static io.github.tieredquery.table.ColumnType.INT32;
import static io.github.tieredquery.table.ColumnType.INT64;
import static io.github.tieredquery.table.ColumnType.STRING;

import io.github.tieredquery.table.Table;
import java.io.IOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.function.LongConsumer;
import javax.sql.DataSource;

/** Makes tables of flights in PostgreSQL. */
public final class PostgresFlights {

    private static final int ROWS_PER_INSERT = 50_000;
    private static final int COLUMNS = 6;

    private PostgresFlights() {}

    /**
     * How the library knows such a table.
     *
     * @param name the table's name
     * @return the table
     */
    public static Table describe(String name) {
        return Table.builder(name)
                .time("departed_at")
                .key("id", INT64)
                .required("delay", INT32)
                .required("distance", INT32)
                .required("origin", STRING)
                .required("destination", STRING)
                .build();
    }

    /**
     * Creates a table and fills it.
     *
     * @param database a PostgreSQL
     * @param table the table's name, a plain identifier
     * @param count how many flights, as {@link FlightRows#open} gives them
     * @param progress hears the number of rows now and then
     * @throws IOException if the sample can't be read
     * @throws SQLException if PostgreSQL refuses something
     */
    public static void create(DataSource database, String table, long count, LongConsumer progress)
            throws IOException, SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                FlightRows flights = FlightRows.open(count)) {
            statement.execute("CREATE TABLE " + table + " ("
                    + "departed_at timestamptz NOT NULL, id bigint NOT NULL, "
                    + "delay integer NOT NULL, distance integer NOT NULL, "
                    + "origin text COLLATE \"C\" NOT NULL, destination text COLLATE \"C\" NOT NULL, "
                    + "PRIMARY KEY (departed_at, id))");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table
                    + " SELECT * FROM unnest(?::timestamptz[], ?::bigint[], ?::integer[], ?::integer[], ?, ?)")) {
                long loaded = 0;
                int inserted = insert(flights.rows(), insert);
                while (inserted > 0) {
                    loaded += inserted;
                    progress.accept(loaded);
                    inserted = insert(flights.rows(), insert);
                }
            }
            statement.execute("ANALYZE " + table);
        }
    }

    /** One statement for many rows: each parameter is the array of a column's values. */
    private static int insert(ResultSet rows, PreparedStatement insert) throws SQLException {
        String[][] columns = new String[COLUMNS][ROWS_PER_INSERT];
        int count = 0;
        while (count < ROWS_PER_INSERT && rows.next()) {
            for (int i = 0; i < COLUMNS; i++) {
                columns[i][count] = rows.getString(i + 1);
            }
            count++;
        }
        if (count == 0) {
            return 0;
        }
        for (int i = 0; i < COLUMNS; i++) {
            Array values = insert.getConnection().createArrayOf("text", Arrays.copyOf(columns[i], count));
            insert.setArray(i + 1, values);
        }
        return insert.executeUpdate();
    }

    /**
     * Creates a table with the rows of another.
     *
     * @param database a PostgreSQL
     * @param table the new table's name, a plain identifier
     * @param original the other table's name, a plain identifier
     * @throws SQLException if PostgreSQL refuses something
     */
    public static void copy(DataSource database, String table, String original) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + table + " (LIKE " + original + " INCLUDING ALL)");
            statement.execute("INSERT INTO " + table + " SELECT * FROM " + original);
            statement.execute("ANALYZE " + table);
        }
    }
}
