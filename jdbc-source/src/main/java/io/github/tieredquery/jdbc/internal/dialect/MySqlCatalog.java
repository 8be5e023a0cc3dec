package io.github.tieredquery.jdbc.internal.dialect;

import io.github.tieredquery.jdbc.internal.dialect.DeleteEffect.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the catalog of MariaDB or MySQL says of what hangs on a table. It shows a user only what the user has rights on:
 * where those don't suffice to see everything, that itself is a finding.
 */
final class MySqlCatalog {

    private static final int PROCESS_DENIED = 1227;
    private static final String VIEW_TYPE = "VIEW";

    private static final String LOCATION = """
            SELECT TABLE_SCHEMA, TABLE_NAME
            FROM information_schema.TABLES
            WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ?
            ORDER BY CAST(TABLE_NAME AS BINARY) = CAST(? AS BINARY) DESC
            LIMIT 1
            """;

    private static final String TYPE = """
            SELECT TABLE_TYPE
            FROM information_schema.TABLES
            WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?
              AND (@@lower_case_table_names <> 0
                   OR (CAST(TABLE_SCHEMA AS BINARY) = CAST(? AS BINARY) AND CAST(TABLE_NAME AS BINARY) = CAST(? AS BINARY)))
            """;

    private static final String VIEW = """
            SELECT VIEW_DEFINITION
            FROM information_schema.VIEWS
            WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND IS_UPDATABLE = 'YES'
              AND (@@lower_case_table_names <> 0
                   OR (CAST(TABLE_SCHEMA AS BINARY) = CAST(? AS BINARY) AND CAST(TABLE_NAME AS BINARY) = CAST(? AS BINARY)))
            """;

    /**
     * InnoDB's own list has the keys of all databases; its names are spelled as those of files are. It doesn't tell
     * RESTRICT from a key without a rule, and checks NO ACTION as early.
     */
    private static final String KEYS = """
            SELECT k.for_schema, k.for_table, SUBSTRING(k.id, LOCATE('/', k.id) + 1), c.FOR_COL_NAME,
                   k.ref_schema, k.ref_table, c.REF_COL_NAME,
                   CASE WHEN k.type & 1 THEN 'CASCADE' WHEN k.type & 2 THEN 'SET NULL'
                        WHEN k.type & 16 THEN 'NO ACTION' ELSE 'RESTRICT' END,
                   CASE WHEN k.type & 4 THEN 'CASCADE' WHEN k.type & 8 THEN 'SET NULL'
                        WHEN k.type & 32 THEN 'NO ACTION' ELSE 'RESTRICT' END
            FROM (SELECT %1$s AS for_schema, %2$s AS for_table, %3$s AS ref_schema, %4$s AS ref_table,
                         ID AS id, TYPE AS type
                  FROM information_schema.%5$s) k
            JOIN information_schema.%5$s_COLS c ON c.ID = k.id
            WHERE IF(@@lower_case_table_names = 0,
                     CAST(k.ref_schema AS BINARY) = CAST(? AS BINARY) AND CAST(k.ref_table AS BINARY) = CAST(? AS BINARY),
                     LOWER(k.ref_schema) = LOWER(?) AND LOWER(k.ref_table) = LOWER(?))
            ORDER BY 1, 2, 3
            """;

    private static final String TRIGGERS = """
            SELECT TRIGGER_NAME, ACTION_TIMING
            FROM information_schema.TRIGGERS
            WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? AND EVENT_MANIPULATION = 'DELETE'
              AND (@@lower_case_table_names <> 0
                   OR (CAST(EVENT_OBJECT_SCHEMA AS BINARY) = CAST(? AS BINARY)
                       AND CAST(EVENT_OBJECT_TABLE AS BINARY) = CAST(? AS BINARY)))
            ORDER BY TRIGGER_NAME
            """;

    private final String keys;
    private final String anyKey;

    MySqlCatalog(String database) {
        String list = database.equals("mariadb") ? "INNODB_SYS_FOREIGN" : "INNODB_FOREIGN";
        this.anyKey = "SELECT 1 FROM information_schema." + list + " LIMIT 1";
        this.keys = KEYS.formatted(
                part("FOR_NAME", 1), part("FOR_NAME", -1), part("REF_NAME", 1), part("REF_NAME", -1), list);
    }

    private static String part(String column, int which) {
        return "CAST(CONVERT(CAST(SUBSTRING_INDEX(" + column + ", '/', " + which
                + ") AS BINARY) USING filename) AS CHAR CHARACTER SET utf8mb4)";
    }

    TableName locate(Connection connection, Relation relation) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOCATION)) {
            statement.setString(1, relation.schema());
            statement.setString(2, relation.table());
            statement.setString(3, relation.table());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next()
                        ? new TableName(rows.getString(1), rows.getString(2))
                        : new TableName(
                                relation.schema() == null ? connection.getCatalog() : relation.schema(),
                                relation.table());
            }
        }
    }

    boolean isTable(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement statement = prepare(connection, TYPE, table);
                ResultSet rows = statement.executeQuery()) {
            return rows.next() && !rows.getString(1).contains(VIEW_TYPE);
        }
    }

    private static boolean isView(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement statement = prepare(connection, TYPE, table);
                ResultSet rows = statement.executeQuery()) {
            return rows.next() && rows.getString(1).contains(VIEW_TYPE);
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, TableName table) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 1; i < 5; i += 2) {
                statement.setString(i, table.schema());
                statement.setString(i + 1, table.name());
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    Optional<BaseTable.View> view(Connection connection, TableName view) throws SQLException {
        try (PreparedStatement statement = prepare(connection, VIEW, view);
                ResultSet rows = statement.executeQuery()) {
            String text = rows.next() ? rows.getString(1) : null;
            return text == null ? Optional.empty() : ViewText.read(text, view.schema());
        }
    }

    boolean seesAllKeys(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(anyKey);
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            return true;
        } catch (SQLException e) {
            if (e.getErrorCode() == PROCESS_DENIED) {
                return false;
            }
            throw e;
        }
    }

    List<ForeignKey> keysTo(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement statement = prepare(connection, keys, table);
                ResultSet rows = statement.executeQuery()) {
            return ForeignKey.read(rows);
        }
    }

    /** A view has none, and needs no right to see that. */
    List<DeleteEffect> triggers(Connection connection, TableName table) throws SQLException {
        List<DeleteEffect> triggers = new ArrayList<>();
        if (isView(connection, table)) {
            return triggers;
        }
        try (PreparedStatement statement = prepare(connection, TRIGGERS, table);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                String name = rows.getString(1);
                triggers.add(new DeleteEffect(
                        Kind.TRIGGER,
                        table,
                        name,
                        "trigger '" + name + "' of " + table + " would run (" + rows.getString(2) + " DELETE)"));
            }
        }
        if (triggers.isEmpty() && !MySqlGrants.of(connection).seeTriggersOf(table)) {
            triggers.add(DeleteEffect.unnamed(
                    Kind.UNSEEN_TRIGGERS, "this database user may not see which triggers of " + table + " would run"));
        }
        return triggers;
    }
}
