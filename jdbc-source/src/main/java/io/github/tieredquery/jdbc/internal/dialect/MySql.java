package io.github.tieredquery.jdbc.internal.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.query.Filter.Operator;
import io.github.tieredquery.query.TimeBucket;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * MariaDB 10.6 and MySQL 8 and later, through MariaDB's or MySQL's driver. Most collations there ignore case and spaces
 * at the end; texts under them are compared a second time, as UTF-8 bytes, so that an index may still find the
 * candidates. Doubles are never NaN nor infinite.
 */
public final class MySql extends Dialect {

    /** Collations that compare code points and don't fill up with spaces, in character sets that Unicode encodes. */
    private static final Pattern EXACT = Pattern.compile("(utf8mb4|utf8mb3|utf8|ascii)_(nopad|0900)_bin");

    private static final String SESSION =
            "SELECT @@character_set_client, @@character_set_connection, @@character_set_results, @@sql_mode";

    private static final String PADDING = "PAD_CHAR_TO_FULL_LENGTH";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

    /** The times of a row's versions are called generated, and made from no other column. */
    private static final String FACTS = """
            SELECT c.COLUMN_NAME, c.COLLATION_NAME, c.IS_NULLABLE = 'YES' AND t.TABLE_TYPE = 'BASE TABLE',
                   COALESCE(c.GENERATION_EXPRESSION, '') NOT IN ('', 'ROW START', 'ROW END'),
                   CAST(c.TABLE_SCHEMA AS BINARY) = CAST(COALESCE(?, DATABASE()) AS BINARY)
                       AND CAST(c.TABLE_NAME AS BINARY) = CAST(? AS BINARY),
                   c.DATA_TYPE IN ('enum', 'set')
            FROM information_schema.COLUMNS c
            JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
            WHERE c.TABLE_SCHEMA = COALESCE(?, DATABASE()) AND c.TABLE_NAME = ?
            ORDER BY c.ORDINAL_POSITION
            """;

    private final MySqlCatalog catalog;

    public MySql(String name) {
        super(name);
        this.catalog = new MySqlCatalog(name);
    }

    /** MySQL's driver takes MariaDB for MySQL, but for its version. */
    @Override
    public boolean isSpokenBy(DatabaseMetaData database) throws SQLException {
        boolean byProduct = super.isSpokenBy(database);
        boolean byVersion = database.getDatabaseProductName().equalsIgnoreCase("mysql")
                && database.getDatabaseProductVersion().contains("MariaDB");
        return name().equals("mariadb") ? byProduct || byVersion : byProduct && !byVersion;
    }

    @Override
    public TableName locate(Connection connection, Relation relation) throws SQLException {
        return catalog.locate(connection, relation);
    }

    @Override
    boolean isTable(Connection connection, TableName table) throws SQLException {
        return catalog.isTable(connection, table);
    }

    @Override
    Optional<BaseTable.View> view(Connection connection, TableName view) throws SQLException {
        return catalog.view(connection, view);
    }

    @Override
    public boolean seesAllKeys(Connection connection) throws SQLException {
        return catalog.seesAllKeys(connection);
    }

    @Override
    public List<ForeignKey> keysTo(Connection connection, TableName table) throws SQLException {
        return catalog.keysTo(connection, table);
    }

    /** InnoDB follows keys by itself. */
    @Override
    public boolean keysFireTriggers() {
        return false;
    }

    @Override
    public List<DeleteEffect> triggers(Connection connection, TableName table, String event) throws SQLException {
        return catalog.triggers(connection, table);
    }

    @Override
    public String quote(String identifier) {
        return '`' + identifier.replace("`", "``") + '`';
    }

    /**
     * In words of SQL, for the driver's own would set the session's isolation and auto-commit, in statements of their
     * own.
     */
    @Override
    public void begin(Connection connection, Isolation isolation) throws SQLException {
        start(connection, isolation, "START TRANSACTION");
    }

    @Override
    public void beginSnapshot(Connection connection) throws SQLException {
        start(connection, Isolation.REPEATABLE_READ, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
    }

    /** Where a session's default is SERIALIZABLE, reads in a transaction would wait for writers, and they for it. */
    @Override
    public void beginScan(Connection connection) throws SQLException {
        start(connection, Isolation.REPEATABLE_READ, "START TRANSACTION READ ONLY");
    }

    /**
     * The isolation has to be set before the transaction, for that one alone. MariaDB takes both as one statement,
     * which nothing can come between. MySQL doesn't: a pooler there has to keep a client's connection from a SET that
     * it doesn't understand to the end of the next transaction, as ProxySQL and RDS Proxy do.
     */
    private void start(Connection connection, Isolation isolation, String start) throws SQLException {
        String set = "SET TRANSACTION ISOLATION LEVEL " + isolation.sql();
        if (name().equals("mariadb")) {
            execute(connection, "BEGIN NOT ATOMIC " + set + "; " + start + "; END");
        } else {
            execute(connection, set);
            execute(connection, start);
        }
    }

    @Override
    public void commit(Connection connection) throws SQLException {
        execute(connection, "COMMIT");
    }

    @Override
    public void end(Connection connection) throws SQLException {
        execute(connection, "ROLLBACK");
    }

    /**
     * MariaDB's driver fetches by the fetch size. MySQL's does so only with {@code useCursorFetch}; without it a fetch
     * size of MIN_VALUE is its word for one row after the other.
     */
    @Override
    public PreparedStatement prepare(Connection connection, String sql, int fetchSize) throws SQLException {
        String driver = connection.getMetaData().getDriverName();
        boolean mySqlDriver = driver != null && driver.startsWith("MySQL");
        return super.prepare(connection, sql, mySqlDriver && fetchSize > 0 ? Integer.MIN_VALUE : fetchSize);
    }

    @Override
    public boolean closingDrains() {
        return true;
    }

    @Override
    public SqlType typeOf(int jdbcType, String typeName, int scale) {
        return switch (typeName.toUpperCase(Locale.ROOT)) {
            // By the driver's options a TINYINT(1) is a number, a BOOLEAN or a BIT.
            case "TINYINT", "BOOLEAN", "BIT" -> SqlType.NUMERIC_TRUTH;
            case "TINYINT UNSIGNED",
                    "SMALLINT",
                    "SMALLINT UNSIGNED",
                    "MEDIUMINT",
                    "MEDIUMINT UNSIGNED",
                    "INT",
                    "INTEGER" -> SqlType.INT32;
            case "INT UNSIGNED", "INTEGER UNSIGNED", "BIGINT" -> SqlType.INT64;
            case "DOUBLE" -> SqlType.DOUBLE;
            case "DECIMAL" -> SqlType.DECIMAL;
            case "VARCHAR", "TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT", "CHAR" -> SqlType.TEXT;
            case "DATE" -> SqlType.DATE;
            case "DATETIME" -> SqlType.LOCAL_TIME;
            case "TIMESTAMP" -> SqlType.ZONED_TIME;
            case "BINARY", "VARBINARY", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB" -> SqlType.BYTES;
            default -> SqlType.OTHER;
        };
    }

    /**
     * MySQL's driver tells of no scale, but of a length: 19 characters without a fraction, and one more for its point.
     */
    @Override
    public int secondDigits(DescribedColumn column) {
        return Math.max(0, column.precision() - 20);
    }

    /**
     * Times and dates as text, or as the seconds that a TIMESTAMP is: the drivers take a date and time for one in their
     * own zone, where it may be skipped or be another, and one of zeros for NULL.
     */
    @Override
    public String selected(SqlColumn column) {
        return switch (column.type()) {
            case DATE, LOCAL_TIME -> asText(column.sql());
            case ZONED_TIME -> EpochSeconds.of(column.sql());
            case NUMERIC_TRUTH -> "(" + column.sql() + " + 0)";
            default -> super.selected(column);
        };
    }

    private static String asText(String term) {
        return "CAST(" + term + " AS CHAR)";
    }

    @Override
    public ColumnReader reader(SqlColumn column) {
        return switch (column.column().type().kind()) {
            case BOOLEAN -> ColumnReader.numericTruth(column);
            case DATE -> ColumnReader.textDate(column);
            case TIMESTAMP -> {
                LocalTimes times = column.localTimes();
                yield times == null ? epochSeconds(column) : ColumnReader.textTime(column, times);
            }
            default -> super.reader(column);
        };
    }

    private static ColumnReader epochSeconds(SqlColumn column) {
        return (rows, index) -> {
            BigDecimal seconds = rows.getBigDecimal(index);
            if (seconds != null && seconds.signum() == 0) {
                throw new UnreadableValue(
                        column, "holds '0000-00-00 00:00:00', which is no time; correct the row", null);
            }
            return seconds == null ? null : EpochSeconds.instant(seconds);
        };
    }

    /** A text alone would be compared as one in some places. */
    @Override
    String placeholder(SqlColumn column) {
        return switch (column.type()) {
            case DATE -> "CAST(? AS DATE)";
            case LOCAL_TIME -> "CAST(? AS DATETIME(6))";
            default -> super.placeholder(column);
        };
    }

    @Override
    SqlText.Binding binding(SqlColumn column, Object value) {
        if (value instanceof LocalDateTime time) {
            return super.binding(column, TIME.format(time));
        }
        return super.binding(column, value instanceof LocalDate date ? date.toString() : value);
    }

    @Override
    public ResultSet indexes(Connection connection, Relation relation) throws SQLException {
        String database = relation.schema() == null ? connection.getCatalog() : relation.schema();
        return connection.getMetaData().getIndexInfo(database, null, relation.table(), false, true);
    }

    /** The catalog's own names compare without case, even where those of tables don't. */
    @Override
    public Map<String, ColumnFacts> facts(Connection connection, Relation relation) throws SQLException {
        Map<String, ColumnFacts> facts = new LinkedHashMap<>();
        Map<String, ColumnFacts> inAnotherCase = new LinkedHashMap<>();
        checkSession(connection);
        if (!relation.isTable()) {
            return facts;
        }
        try (PreparedStatement statement = connection.prepareStatement(FACTS)) {
            for (int i = 1; i < 5; i += 2) {
                statement.setString(i, relation.schema());
                statement.setString(i + 1, relation.table());
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String collation = rows.getString(2) == null ? "" : rows.getString(2);
                    boolean listed = rows.getBoolean(6);
                    ColumnFacts column = new ColumnFacts(
                            collation,
                            EXACT.matcher(collation).matches() && !listed,
                            rows.getBoolean(3),
                            rows.getBoolean(4),
                            listed);
                    (rows.getBoolean(5) ? facts : inAnotherCase).put(rows.getString(1), column);
                }
            }
        }
        return facts.isEmpty() ? inAnotherCase : facts;
    }

    /** The end of a row's version is part of each unique index of a table that keeps them, and the same in all rows. */
    @Override
    public boolean isUnique(Connection connection, Relation relation, Set<String> names) throws SQLException {
        Set<String> same = new HashSet<>(names);
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = COALESCE(?, DATABASE())"
                        + " AND TABLE_NAME = ? AND GENERATION_EXPRESSION = 'ROW END'")) {
            statement.setString(1, relation.schema());
            statement.setString(2, relation.table());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    same.add(rows.getString(1));
                }
            }
        }
        return super.isUnique(connection, relation, same);
    }

    /**
     * All connections are made alike, so that one tells of all. No character set for results means each column's own.
     */
    private void checkSession(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SESSION);
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            for (int i = 1; i <= 3; i++) {
                String characterSet = rows.getString(i);
                if (characterSet != null && !characterSet.equals("utf8mb4")) {
                    throw new ConfigurationException(name() + ": the connections have the character set " + characterSet
                            + ", which has no sign for some texts and would change them; they need utf8mb4, which they"
                            + " have without characterEncoding and characterSetResults in the JDBC URL");
                }
            }
            if (rows.getString(4).contains(PADDING)) {
                throw new ConfigurationException(name() + ": the connections have the sql_mode " + PADDING
                        + ", by which texts of the type CHAR get spaces that other connections don't see; take it out of"
                        + " theirs");
            }
        }
    }

    @Override
    public String exactCollation() {
        return "utf8mb4_nopad_bin (MariaDB) or utf8mb4_0900_bin (MySQL)";
    }

    @Override
    public String ordered(SqlColumn column) {
        return isLoose(column) ? bytes(column) : super.ordered(column);
    }

    private static String bytes(SqlColumn column) {
        return "CAST(CONVERT(" + column.sql() + " USING utf8mb4) AS BINARY)";
    }

    private static boolean isLoose(SqlColumn column) {
        return isText(column) && !column.exact();
    }

    @Override
    SqlText.Binding orderedBinding(SqlColumn column, Object value) {
        return isLoose(column) && value instanceof String text
                ? super.binding(column, text.getBytes(UTF_8))
                : super.orderedBinding(column, value);
    }

    @Override
    void compareTerms(SqlText sql, SqlColumn column, Operator operator, Object value) {
        if (value instanceof Instant instant) {
            EpochSeconds.compare(sql, column.sql(), operator, instant);
        } else if (value instanceof Double number && number.isInfinite()) {
            compareInfinity(sql, column, operator, number > 0);
        } else if (isLoose(column) && operator == Operator.EQ) {
            sql.add("(" + column.sql() + " = ").add("?", binding(column, value));
            sql.add(" AND " + bytes(column) + " = ")
                    .add("?", orderedBinding(column, value))
                    .add(")");
        } else if (isLoose(column)) {
            sql.add(bytes(column) + " " + operator.symbol() + " ").add("?", orderedBinding(column, value));
        } else {
            super.compareTerms(sql, column, operator, value);
        }
    }

    private static void compareInfinity(SqlText sql, SqlColumn column, Operator operator, boolean positive) {
        boolean holds = switch (operator) {
            case EQ -> false;
            case NE -> true;
            case LT, LE -> positive;
            case GT, GE -> !positive;
        };
        if (holds) {
            always(sql, column);
        } else {
            never(sql, column);
        }
    }

    @Override
    void inBound(SqlText sql, SqlColumn column, List<Object> values) {
        List<Object> finite = values.stream()
                .filter(value -> !(value instanceof Double number && number.isInfinite()))
                .toList();
        if (finite.isEmpty()) {
            never(sql, column);
        } else if (column.type() == SqlType.ZONED_TIME) {
            EpochSeconds.in(
                    sql, column.sql(), finite.stream().map(Instant.class::cast).toList());
        } else if (isLoose(column)) {
            sql.add("(");
            in(
                    sql,
                    column.sql(),
                    finite.stream().map(value -> binding(column, value)).toList());
            sql.add(" AND ");
            in(
                    sql,
                    bytes(column),
                    finite.stream().map(value -> orderedBinding(column, value)).toList());
            sql.add(")");
        } else {
            super.inBound(sql, column, finite);
        }
    }

    private static void in(SqlText sql, String term, List<SqlText.Binding> values) {
        sql.add(term + " IN (");
        for (int i = 0; i < values.size(); i++) {
            sql.add(i == 0 ? "?" : ", ?", values.get(i));
        }
        sql.add(")");
    }

    @Override
    public ColumnReader groupedReader(SqlColumn column) {
        return isLoose(column) ? ColumnReader::readUtf8 : super.groupedReader(column);
    }

    @Override
    public String local(SqlColumn time) {
        return time.type() == SqlType.ZONED_TIME
                ? "TIMESTAMPADD(SECOND, FLOOR(" + EpochSeconds.of(time.sql()) + "), TIMESTAMP'1970-01-01 00:00:00')"
                : time.sql();
    }

    @Override
    public void plusSeconds(SqlText sql, String local, SqlText seconds) {
        sql.add("DATE_ADD(" + local + ", INTERVAL (").add(seconds).add(") SECOND)");
    }

    @Override
    public void bucket(SqlText sql, SqlText local, TimeBucket.Unit unit) {
        boolean day = unit == TimeBucket.Unit.DAY;
        sql.add(day ? "CAST(CAST(" : "CAST(CAST(DATE_FORMAT(").add(local);
        sql.add(day ? " AS DATE) AS CHAR)" : ", '%Y-%m-01') AS DATE) AS CHAR)");
    }

    @Override
    public void prefix(SqlText sql, SqlColumn column, String prefix) {
        if (isLoose(column)) {
            int length = prefix.getBytes(UTF_8).length;
            sql.add("LEFT(" + bytes(column) + ", " + length + ") = ").add("?", orderedBinding(column, prefix));
        } else {
            String pattern = prefix.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%";
            sql.add(column.sql() + " LIKE ").add("?", binding(column, pattern)).add(" ESCAPE '!'");
        }
    }

    @Override
    public void contains(SqlText sql, SqlColumn column, String text) {
        sql.add("POSITION(").add("?", orderedBinding(column, text)).add(" IN " + ordered(column) + ") > 0");
    }
}
