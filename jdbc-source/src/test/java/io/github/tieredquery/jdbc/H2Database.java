package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ContractRows.CLOCKS;

import io.github.tieredquery.table.Column;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.h2.jdbcx.JdbcDataSource;

/** An H2 database in memory. */
final class H2Database extends TestDatabase {

    private static final class Holder {
        static final H2Database INSTANCE = new H2Database();
    }

    private H2Database() {
        super(new CountingDataSource(dataSource("jdbc:h2:mem:tieredquery;DB_CLOSE_DELAY=-1")));
    }

    static H2Database get() {
        return Holder.INSTANCE;
    }

    static JdbcDataSource dataSource(String url) {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL(url);
        return dataSource;
    }

    @Override
    void refuseWhatItWouldChange(Column column, Object value) {
        if (value.equals(-0.0)) {
            throw new IllegalArgumentException("column '" + column.name() + "': H2 keeps 0.0 for -0.0");
        }
    }

    /** The local time in UTC for a column without a zone. */
    @Override
    void bind(PreparedStatement statement, int index, Column column, Object value) throws SQLException {
        if (column.equals(CLOCKS.column("stamped"))) {
            statement.setObject(index, LocalDateTime.ofInstant((Instant) value, ZoneOffset.UTC));
        } else {
            super.bind(statement, index, column, value);
        }
    }

    @Override
    String typeOf(Column column, boolean isKey) {
        return switch (column.type().kind()) {
            case BOOLEAN -> "BOOLEAN";
            case INT32 -> "INTEGER";
            case INT64 -> "BIGINT";
            case DOUBLE -> "DOUBLE PRECISION";
            case DECIMAL ->
                "NUMERIC(" + column.type().precision() + "," + column.type().scale() + ")";
            case STRING -> "VARCHAR";
            case DATE -> "DATE";
            case TIMESTAMP -> column.equals(CLOCKS.column("stamped")) ? "TIMESTAMP(6)" : "TIMESTAMP(6) WITH TIME ZONE";
            case BINARY -> "VARBINARY";
        };
    }
}
