package io.github.tieredquery.jdbc.internal.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * H2 2. It orders text by UTF-16 unit, so text is ordered by its UTF-8 bytes, which no index serves: a table with a
 * text key is sorted for each scan.
 */
public final class H2 extends Dialect {

    private static final int SNAPSHOT_ISOLATION = 6;

    private static final String FACTS = """
            SELECT c.COLUMN_NAME, c.DATA_TYPE, c.IS_NULLABLE = 'YES' AND t.TABLE_TYPE = 'BASE TABLE',
                   (SELECT s.SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS s WHERE s.SETTING_NAME = 'COLLATION'),
                   c.IS_GENERATED = 'ALWAYS'
            FROM INFORMATION_SCHEMA.COLUMNS c
            JOIN INFORMATION_SCHEMA.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
            WHERE c.TABLE_SCHEMA = COALESCE(?, CURRENT_SCHEMA) AND c.TABLE_NAME = ?
            """;

    private static final String LOCATION = """
            SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE
            FROM INFORMATION_SCHEMA.TABLES
            WHERE TABLE_SCHEMA = COALESCE(?, CURRENT_SCHEMA) AND TABLE_NAME = ?
            """;

    private static final String KEYS = """
            SELECT c.TABLE_SCHEMA, c.TABLE_NAME, c.CONSTRAINT_NAME, k.COLUMN_NAME,
                   u.TABLE_SCHEMA, u.TABLE_NAME, p.COLUMN_NAME, r.DELETE_RULE, r.UPDATE_RULE
            FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS r
            JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS c
                ON c.CONSTRAINT_SCHEMA = r.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = r.CONSTRAINT_NAME
            JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS u
                ON u.CONSTRAINT_SCHEMA = r.UNIQUE_CONSTRAINT_SCHEMA AND u.CONSTRAINT_NAME = r.UNIQUE_CONSTRAINT_NAME
            JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE k
                ON k.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA AND k.CONSTRAINT_NAME = c.CONSTRAINT_NAME
            JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE p
                ON p.CONSTRAINT_SCHEMA = u.CONSTRAINT_SCHEMA AND p.CONSTRAINT_NAME = u.CONSTRAINT_NAME
                    AND p.ORDINAL_POSITION = k.POSITION_IN_UNIQUE_CONSTRAINT
            WHERE u.TABLE_SCHEMA = ? AND u.TABLE_NAME = ?
            ORDER BY 1, 2, 3
            """;

    private static final String TRIGGERS = """
            SELECT TRIGGER_NAME, ACTION_TIMING
            FROM INFORMATION_SCHEMA.TRIGGERS
            WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? AND POSITION(CAST(? AS VARCHAR) IN EVENT_MANIPULATION) > 0
            ORDER BY 1
            """;

    public H2() {
        super("h2");
    }

    @Override
    public TableName locate(Connection connection, Relation relation) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOCATION)) {
            statement.setString(1, relation.schema());
            statement.setString(2, relation.table());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next()
                        ? new TableName(rows.getString(1), rows.getString(2))
                        : super.locate(connection, relation);
            }
        }
    }

    /** Nothing is deleted through a view. */
    @Override
    boolean isTable(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOCATION)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() && rows.getString(3).equals("BASE TABLE");
            }
        }
    }

    @Override
    public List<ForeignKey> keysTo(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(KEYS)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (ResultSet rows = statement.executeQuery()) {
                return ForeignKey.read(rows);
            }
        }
    }

    @Override
    public List<DeleteEffect> triggers(Connection connection, TableName table, String event) throws SQLException {
        List<DeleteEffect> triggers = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(TRIGGERS)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            statement.setString(3, event);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    triggers.add(new DeleteEffect(
                            DeleteEffect.Kind.TRIGGER,
                            table,
                            rows.getString(1),
                            "trigger '" + rows.getString(1) + "' of " + table + " would run (" + rows.getString(2) + " "
                                    + event + ")"));
                }
            }
        }
        return triggers;
    }

    /** It runs beside its clients or in their process; its isolation is one of the session, and of nothing smaller. */
    @Override
    public void begin(Connection connection, Isolation isolation) throws SQLException {
        connection.setTransactionIsolation(
                isolation == Isolation.READ_COMMITTED ? Connection.TRANSACTION_READ_COMMITTED : SNAPSHOT_ISOLATION);
        connection.setAutoCommit(false);
    }

    @Override
    public void beginSnapshot(Connection connection) throws SQLException {
        begin(connection, Isolation.REPEATABLE_READ);
    }

    /** Without it the driver gets all rows of a result before the first. */
    @Override
    public void beginScan(Connection connection) throws SQLException {
        execute(connection, "SET LAZY_QUERY_EXECUTION 1");
    }

    @Override
    public void endScan(Connection connection) throws SQLException {
        super.endScan(connection);
        execute(connection, "SET LAZY_QUERY_EXECUTION 0");
    }

    @Override
    public boolean setsIsolationOfConnection() {
        return true;
    }

    @Override
    public int maxParameters() {
        return 100_000;
    }

    @Override
    public SqlType typeOf(int jdbcType, String typeName, int scale) {
        return switch (typeName) {
            case "DECFLOAT", "UUID", "ENUM" -> SqlType.OTHER;
            default -> super.typeOf(jdbcType, typeName, scale);
        };
    }

    @Override
    public Map<String, ColumnFacts> facts(Connection connection, Relation relation) throws SQLException {
        Map<String, ColumnFacts> facts = new HashMap<>();
        if (!relation.isTable()) {
            return facts;
        }
        try (PreparedStatement statement = connection.prepareStatement(FACTS)) {
            statement.setString(1, relation.schema());
            statement.setString(2, relation.table());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    boolean ignoresCase = rows.getString(2).equals("VARCHAR_IGNORECASE");
                    String collation = rows.getString(4);
                    boolean binary = collation == null || collation.equals("OFF");
                    facts.put(
                            rows.getString(1),
                            new ColumnFacts(
                                    ignoresCase ? "VARCHAR_IGNORECASE" : binary ? "" : collation,
                                    binary && !ignoresCase,
                                    rows.getBoolean(3),
                                    rows.getBoolean(5)));
                }
            }
        }
        return facts;
    }

    @Override
    public String exactCollation() {
        return "VARCHAR in a database without SET COLLATION";
    }

    @Override
    public String ordered(SqlColumn column) {
        return isText(column) ? "STRINGTOUTF8(" + column.sql() + ")" : super.ordered(column);
    }

    @Override
    String equal(SqlColumn column) {
        return byBytes(column) ? ordered(column) : super.equal(column);
    }

    private static boolean byBytes(SqlColumn column) {
        return isText(column) && (!column.exact() || column.type() == SqlType.PADDED_TEXT);
    }

    @Override
    SqlText.Binding orderedBinding(SqlColumn column, Object value) {
        return value instanceof String text
                ? super.binding(column, text.getBytes(UTF_8))
                : super.orderedBinding(column, value);
    }

    @Override
    SqlText.Binding binding(SqlColumn column, Object value) {
        return byBytes(column) ? orderedBinding(column, value) : super.binding(column, value);
    }

    @Override
    String andNotNan(SqlColumn column) {
        return " AND " + column.sql() + " <> CAST('NaN' AS DOUBLE PRECISION)";
    }

    @Override
    public ColumnReader groupedReader(SqlColumn column) {
        return isText(column) ? ColumnReader::readUtf8 : super.groupedReader(column);
    }

    /** A cast would take the session's zone, and DATEADD takes seconds of 32 bits. */
    @Override
    public String local(SqlColumn time) {
        if (time.localTimes() != null) {
            return time.sql();
        }
        String seconds = "CAST(FLOOR(EXTRACT(EPOCH FROM " + time.sql() + ")) AS BIGINT)";
        return "DATEADD(SECOND, MOD(" + seconds + ", 86400), DATEADD(DAY, " + seconds
                + " / 86400, TIMESTAMP '1970-01-01 00:00:00'))";
    }

    @Override
    public void plusSeconds(SqlText sql, String local, SqlText seconds) {
        sql.add("DATEADD(SECOND, ").add(seconds).add(", " + local + ")");
    }

    /** SUBSTRING of bytes and not of characters, which a case-insensitive type would compare loosely. */
    @Override
    public void prefix(SqlText sql, SqlColumn column, String prefix) {
        int bytes = prefix.getBytes(UTF_8).length;
        sql.add("SUBSTRING(" + ordered(column) + " FROM 1 FOR " + bytes + ") = ")
                .add("?", orderedBinding(column, prefix));
    }
}
