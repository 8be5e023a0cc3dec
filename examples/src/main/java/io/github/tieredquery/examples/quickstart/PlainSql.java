package io.github.tieredquery.examples.quickstart;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.sql.DataSource;

/** Answers questions from a copy of the table that nobody touches, with JDBC alone. */
final class PlainSql {

    private static final int FETCH_ROWS = 5_000;

    private final DataSource database;

    PlainSql(DataSource database) {
        this.database = database;
    }

    long count(Question question) throws SQLException {
        return number("SELECT count(*) FROM " + FlightTables.UNTOUCHED + " " + question.sql(), question.parameters());
    }

    long number(String sql, List<Object> parameters) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = prepare(connection, sql, parameters);
                ResultSet result = statement.executeQuery()) {
            result.next();
            return result.getLong(1);
        }
    }

    /** The rows in the order that the SQL gives; the caller closes the stream. */
    Stream<Flight> rows(Question question) throws SQLException {
        Connection connection = database.getConnection();
        try {
            connection.setAutoCommit(false); // otherwise the driver reads the whole result at once
            PreparedStatement statement = prepare(
                    connection,
                    "SELECT departed_at, id, delay, distance, origin, destination FROM " + FlightTables.UNTOUCHED + " "
                            + question.sql(),
                    question.parameters());
            statement.setFetchSize(FETCH_ROWS);
            return StreamSupport.stream(flights(statement.executeQuery()), false)
                    .onClose(() -> close(connection));
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, List<Object> parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.size(); i++) {
            Object value = parameters.get(i);
            statement.setObject(i + 1, value instanceof Instant instant ? Timestamp.from(instant) : value);
        }
        return statement;
    }

    private static Spliterator<Flight> flights(ResultSet rows) {
        return new Spliterators.AbstractSpliterator<>(Long.MAX_VALUE, Spliterator.ORDERED) {
            @Override
            public boolean tryAdvance(Consumer<? super Flight> action) {
                try {
                    if (!rows.next()) {
                        return false;
                    }
                    action.accept(new Flight(
                            rows.getTimestamp(1).toInstant(),
                            rows.getLong(2),
                            rows.getInt(3),
                            rows.getInt(4),
                            rows.getString(5),
                            rows.getString(6)));
                    return true;
                } catch (SQLException e) {
                    throw new IllegalStateException("reading the untouched copy failed", e);
                }
            }
        };
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("closing the connection failed", e);
        }
    }
}
