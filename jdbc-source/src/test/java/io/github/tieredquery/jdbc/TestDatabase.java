package io.github.tieredquery.jdbc;

import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** A database that tests make tables in, with SQL that is written here and not taken from what is tested. */
public abstract class TestDatabase {

    private static final AtomicInteger TABLES = new AtomicInteger();

    private final CountingDataSource dataSource;

    /** A database behind these connections. */
    TestDatabase(CountingDataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Its connections. */
    public CountingDataSource dataSource() {
        return dataSource;
    }

    /** Over its connections. */
    public Jdbi jdbi() {
        return Jdbi.create(dataSource);
    }

    /** The type of a column in CREATE TABLE, which can hold every value of the contract. */
    abstract String typeOf(Column column, boolean isKey);

    String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** A driver may change the times that it is given, so that a database for which one does so takes them as text. */
    void bind(PreparedStatement statement, int index, ColumnType type, Object value) throws SQLException {
        if (value instanceof Instant instant) {
            statement.setObject(index, instant.atOffset(ZoneOffset.UTC));
        } else if (value instanceof byte[] bytes) {
            statement.setBytes(index, bytes);
        } else {
            statement.setObject(index, value);
        }
    }

    void bind(PreparedStatement statement, int index, Column column, Object value) throws SQLException {
        bind(statement, index, column.type(), value);
    }

    Connection connectionToInsert() throws SQLException {
        return dataSource.getConnection();
    }

    /** A database that changes a value in silence isn't given it. */
    void refuseWhatItWouldChange(Column column, Object value) {}

    /** A new table with these rows; the name is new as well. */
    public String createTable(Table table, List<Row> rows) {
        String name = table.name() + "_" + TABLES.incrementAndGet();
        List<Column> columns = table.rowType().columns();
        execute("CREATE TABLE " + quote(name)
                + columns.stream()
                        .map(column -> quote(column.name()) + " "
                                + typeOf(column, table.orderColumns().contains(column.name()))
                                + (column.nullable() ? "" : " NOT NULL"))
                        .collect(Collectors.joining(", ", " (", ", PRIMARY KEY ("))
                + table.orderColumns().stream().map(this::quote).collect(Collectors.joining(", ")) + "))");
        insert(name, table, rows);
        return name;
    }

    /** Appends the columns that a table has beyond another. */
    void alter(String name, Table from, Table to) {
        to.rowType().columns().stream()
                .filter(column -> !from.rowType().has(column.name()))
                .forEach(column -> execute("ALTER TABLE " + quote(name) + " ADD COLUMN " + quote(column.name()) + " "
                        + typeOf(column, false)));
    }

    void insert(String name, Table table, List<Row> rows) {
        try (Connection connection = connectionToInsert()) {
            insert(connection, name, table, rows, "");
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    final void insert(Connection connection, String name, Table table, List<Row> rows, String suffix)
            throws SQLException {
        List<Column> columns = table.rowType().columns();
        String sql = "INSERT INTO " + quote(name)
                + columns.stream().map(column -> quote(column.name())).collect(Collectors.joining(", ", " (", ")"))
                + columns.stream().map(column -> "?").collect(Collectors.joining(", ", " VALUES (", ")"))
                + suffix;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Row row : rows) {
                for (int i = 0; i < columns.size(); i++) {
                    Object value = row.value(i);
                    if (value == null) {
                        statement.setNull(i + 1, java.sql.Types.NULL);
                    } else {
                        refuseWhatItWouldChange(columns.get(i), value);
                        bind(statement, i + 1, columns.get(i), value);
                    }
                }
                statement.executeUpdate();
            }
        }
    }

    void execute(String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage() + " in " + sql, e);
        }
    }
}
