package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.jdbc.internal.scan.StatementGuard;
import io.github.tieredquery.spi.ScanControl;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Statements of the journal on a connection. They go to the driver as they are, since a template engine or a parser of
 * named parameters that somebody has configured would look for its own marks in quoted names.
 */
public final class Sql {

    private static final Instant FIRST_MICROS = Instant.EPOCH.plusSeconds(Long.MIN_VALUE / 1_000_000);
    private static final Instant LAST_MICROS = Instant.EPOCH.plusSeconds(Long.MAX_VALUE / 1_000_000);

    private Sql() {}

    /** Reads rows one by one. */
    @FunctionalInterface
    interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    public static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Runs a statement that the control can stop. */
    public static void execute(Connection connection, ScanControl control, String what, String sql)
            throws SQLException {
        try (Statement statement = connection.createStatement();
                StatementGuard guard = StatementGuard.of(statement, control, what)) {
            statement.execute(sql);
        }
    }

    static int update(Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    static void query(Connection connection, String sql, RowReader reader, @Nullable Object... parameters)
            throws SQLException {
        query(connection, ScanControl.unlimited(), sql, sql, reader, parameters);
    }

    /** Runs a query that the control can stop. */
    static void query(
            Connection connection,
            ScanControl control,
            String what,
            String sql,
            RowReader reader,
            @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, parameters);
                StatementGuard guard = StatementGuard.of(statement, control, what);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                reader.read(rows);
            }
        }
    }

    /** The number in the first column of the only row. */
    public static long queryLong(Connection connection, String sql, @Nullable Object... parameters)
            throws SQLException {
        long[] number = new long[1];
        query(connection, sql, row -> number[0] = row.getLong(1), parameters);
        return number[0];
    }

    static PreparedStatement prepare(Connection connection, String sql, @Nullable Object... parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < parameters.length; i++) {
                bind(statement, i + 1, parameters[i]);
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private static void bind(PreparedStatement statement, int index, @Nullable Object value) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.VARCHAR);
        } else if (value instanceof String text) {
            statement.setString(index, text);
        } else if (value instanceof Integer number) {
            statement.setInt(index, number);
        } else if (value instanceof Long number) {
            statement.setLong(index, number);
        } else {
            throw new IllegalArgumentException("no binding for " + value);
        }
    }

    /** A nullable number of the current row. */
    static @Nullable Long nullableLong(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : (Long) value;
    }

    /** Microseconds since 1970; an instant that doesn't fit becomes the nearest that does. */
    public static long micros(Instant instant) {
        if (instant.isBefore(FIRST_MICROS)) {
            return Long.MIN_VALUE;
        }
        if (instant.isAfter(LAST_MICROS)) {
            return Long.MAX_VALUE;
        }
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
    }

    public static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
