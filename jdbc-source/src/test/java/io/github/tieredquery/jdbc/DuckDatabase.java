package io.github.tieredquery.jdbc;

import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Properties;
import javax.sql.DataSource;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;

/** A DuckDB database in memory. */
final class DuckDatabase extends TestDatabase {

    private static final class Holder {
        static final DuckDatabase INSTANCE = new DuckDatabase();
    }

    private DuckDatabase() {
        super(new CountingDataSource(streaming()));
    }

    static DuckDatabase get() {
        return Holder.INSTANCE;
    }

    private static DataSource streaming() {
        Properties properties = new Properties();
        properties.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
        Connection first;
        try {
            first = DriverManager.getConnection("jdbc:duckdb:", properties);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return (DataSource) Proxy.newProxyInstance(
                DuckDatabase.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("getConnection")) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    return first.unwrap(DuckDBConnection.class).duplicate();
                });
    }

    /** As text: its driver takes dates before 1582 for another calendar's. */
    @Override
    void bind(PreparedStatement statement, int index, ColumnType type, Object value) throws SQLException {
        boolean isTime = value instanceof LocalDate || value instanceof Instant;
        super.bind(statement, index, type, isTime ? value.toString() : value);
    }

    @Override
    String typeOf(Column column, boolean isKey) {
        return switch (column.type().kind()) {
            case BOOLEAN -> "BOOLEAN";
            case INT32 -> "INTEGER";
            case INT64 -> "BIGINT";
            case DOUBLE -> "DOUBLE";
            case DECIMAL ->
                "DECIMAL(" + column.type().precision() + "," + column.type().scale() + ")";
            case STRING -> "VARCHAR";
            case DATE -> "DATE";
            case TIMESTAMP -> isKey ? "TIMESTAMP" : "TIMESTAMP WITH TIME ZONE";
            case BINARY -> "BLOB";
        };
    }
}
