package io.github.tieredquery.examples.flights;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** The flights that a test does without, so that it archives for less long. */
public final class EarlierFlights {

    private EarlierFlights() {}

    /**
     * Deletes them.
     *
     * @param day the first day that is kept, as in 2001-05-15, in UTC
     * @param tables tables of {@link PostgresFlights}
     */
    public static void delete(DataSource database, String day, String... tables) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : tables) {
                statement.execute("DELETE FROM " + table + " WHERE departed_at < '" + day + " 00:00:00+00'");
            }
        }
    }
}
