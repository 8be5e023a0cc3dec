package io.github.tieredquery.jdbc;

import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A database that other processes reach too, with the statements of an application that writes to it. */
public abstract class TestServer extends TestDatabase {

    TestServer(CountingDataSource dataSource) {
        super(dataSource);
    }

    /** Where it is reached. */
    public abstract String url();

    /** How many clients are connected to it by now, this one included. */
    public abstract int connections() throws SQLException;

    /** What follows VALUES (…) so that a row takes the place of the one with its key. */
    abstract String orReplace(Table table);

    final String assignments(Table table, UnaryOperator<String> value) {
        return table.rowType().columns().stream()
                .map(Column::name)
                .filter(column -> !table.orderColumns().contains(column))
                .map(column -> quote(column) + " = " + value.apply(quote(column)))
                .collect(Collectors.joining(", "));
    }

    /** Inserts a row, or replaces the one with its key. */
    public void put(String name, Table table, Row row) throws SQLException {
        try (Connection connection = dataSource().getConnection()) {
            insert(connection, name, table, List.of(row), orReplace(table));
        }
    }

    /** Deletes the row with a row's key, as a statement of the application would; whether there was one. */
    public boolean delete(String name, Table table, Row row) throws SQLException {
        List<Column> key = table.orderColumns().stream().map(table::column).toList();
        String sql = "DELETE FROM " + quote(name)
                + key.stream()
                        .map(column -> quote(column.name()) + " = ?")
                        .collect(Collectors.joining(" AND ", " WHERE ", ""));
        try (Connection connection = dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < key.size(); i++) {
                Column column = key.get(i);
                bind(statement, i + 1, column.type(), Objects.requireNonNull(row.value(column.name())));
            }
            return statement.executeUpdate() > 0;
        }
    }

    final int number(String sql) throws SQLException {
        try (Connection connection = dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql);
                java.sql.ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
