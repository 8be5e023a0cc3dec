package io.github.tieredquery.jdbc.internal.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.query.TimeBucket;
import io.github.tieredquery.table.ColumnType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * DuckDB. Its driver streams if the connection was made with {@code jdbc_stream_results=true}. NaN equals itself there
 * and is the greatest double.
 */
public final class DuckDb extends Dialect {

    /** Stands for a time that has no microseconds. */
    private static final long INFINITE = Long.MAX_VALUE;

    private static final String FACTS = """
            SELECT column_name, is_nullable = 'YES'
            FROM information_schema.columns
            WHERE table_schema = COALESCE(?, current_schema()) AND table_name = ?
            """;

    private static final String DEFINITION = """
            SELECT sql FROM duckdb_tables() WHERE schema_name = COALESCE(?, current_schema()) AND table_name = ?
            """;

    private static final Pattern COLLATED =
            Pattern.compile("(\"(?:[^\"]|\"\")+\"|\\w+) VARCHAR COLLATE ([\\w.]+)", Pattern.CASE_INSENSITIVE);

    public DuckDb() {
        super("duckdb");
    }

    /** All statements of a transaction see the same state. */
    @Override
    public void begin(Connection connection, Isolation isolation) throws SQLException {
        connection.setAutoCommit(false);
    }

    @Override
    public void beginSnapshot(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
    }

    @Override
    public SqlType typeOf(int jdbcType, String typeName, int scale) {
        if (typeName.startsWith("DECIMAL")) {
            return SqlType.DECIMAL;
        }
        return switch (typeName) {
            case "BOOLEAN" -> SqlType.TRUTH;
            case "TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT" -> SqlType.INT32;
            case "BIGINT", "UINTEGER" -> SqlType.INT64;
            case "DOUBLE" -> SqlType.DOUBLE;
            case "VARCHAR" -> SqlType.TEXT;
            case "DATE" -> SqlType.DATE;
            case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS" -> SqlType.LOCAL_TIME;
            case "TIMESTAMP WITH TIME ZONE" -> SqlType.ZONED_TIME;
            case "BLOB" -> SqlType.BYTES;
            default -> SqlType.OTHER;
        };
    }

    @Override
    public int secondDigits(DescribedColumn column) {
        return switch (column.typeName()) {
            case "TIMESTAMP_NS" -> 9;
            case "TIMESTAMP_MS" -> 3;
            case "TIMESTAMP_S" -> 0;
            default -> 6;
        };
    }

    @Override
    public boolean isExactByDefault() {
        return true;
    }

    @Override
    public Map<String, ColumnFacts> facts(Connection connection, Relation relation) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT current_setting('default_collation')");
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            String collation = rows.getString(1);
            if (collation != null && !collation.isEmpty() && !collation.equalsIgnoreCase("binary")) {
                throw new ConfigurationException("duckdb has the default_collation '" + collation
                        + "', under which different texts can be equal; reset it for these connections");
            }
        }
        Map<String, ColumnFacts> facts = new HashMap<>();
        if (relation.isTable()) {
            Map<String, String> collations = collations(connection, relation);
            try (PreparedStatement statement = prepare(connection, FACTS, relation);
                    ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String collation = collations.getOrDefault(rows.getString(1), "");
                    facts.put(
                            rows.getString(1),
                            new ColumnFacts(collation, collation.isEmpty(), rows.getBoolean(2), false));
                }
            }
        }
        return facts;
    }

    /** The catalog knows of a column's collation only in the text that made the table. */
    private Map<String, String> collations(Connection connection, Relation relation) throws SQLException {
        Map<String, String> collations = new HashMap<>();
        try (PreparedStatement statement = prepare(connection, DEFINITION, relation);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                Matcher collated = COLLATED.matcher(rows.getString(1));
                while (collated.find()) {
                    String column = collated.group(1);
                    collations.put(
                            column.startsWith("\"")
                                    ? column.substring(1, column.length() - 1).replace("\"\"", "\"")
                                    : column,
                            collated.group(2));
                }
            }
        }
        return collations;
    }

    private static PreparedStatement prepare(Connection connection, String sql, Relation relation) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setString(1, relation.schema());
        statement.setString(2, relation.table());
        return statement;
    }

    @Override
    public String exactCollation() {
        return "a column without COLLATE";
    }

    @Override
    public String ordered(SqlColumn column) {
        return column.exact() ? super.ordered(column) : "encode(" + column.sql() + ")";
    }

    @Override
    String equal(SqlColumn column) {
        return ordered(column);
    }

    /** The driver takes dates before 1582 for another calendar's. */
    @Override
    String placeholder(SqlColumn column) {
        return column.column().type().kind() == ColumnType.Kind.DATE ? "CAST(? AS DATE)" : super.placeholder(column);
    }

    @Override
    SqlText.Binding binding(SqlColumn column, Object value) {
        if (value instanceof LocalDate date) {
            return super.binding(column, date.toString());
        }
        return super.binding(column, value instanceof String text && !column.exact() ? text.getBytes(UTF_8) : value);
    }

    /**
     * Times as microseconds and dates as text: the driver shows a time in the JVM's zone, where an hour is there twice
     * a year, and infinity as some date.
     */
    @Override
    public String selected(SqlColumn column) {
        return switch (column.column().type().kind()) {
            case DATE -> "CAST(" + column.sql() + " AS VARCHAR)";
            case TIMESTAMP ->
                "CASE WHEN isinf(" + column.sql() + ") THEN " + INFINITE + " ELSE epoch_us(" + column.sql() + ") END";
            default -> super.selected(column);
        };
    }

    @Override
    public ColumnReader reader(SqlColumn column) {
        return switch (column.column().type().kind()) {
            case DATE -> ColumnReader.textDate(column);
            case TIMESTAMP -> time(column);
            default -> super.reader(column);
        };
    }

    private static ColumnReader time(SqlColumn column) {
        ColumnReader micros = (rows, index) -> {
            long value = rows.getLong(index);
            if (value == INFINITE) {
                throw new UnreadableValue(column, "holds infinity, which is no time; correct the row", null);
            }
            return value == 0 && rows.wasNull() ? null : (Object) value;
        };
        LocalTimes times = column.localTimes();
        return times == null
                ? ColumnReader.epochMicros(column, micros)
                : ColumnReader.localTime(column, times, (rows, index) -> {
                    Long value = (Long) micros.read(rows, index);
                    return value == null
                            ? null
                            : LocalDateTime.ofEpochSecond(
                                    Math.floorDiv(value, 1_000_000),
                                    (int) Math.floorMod(value, 1_000_000L) * 1_000,
                                    ZoneOffset.UTC);
                });
    }

    @Override
    String andNotNan(SqlColumn column) {
        return " AND NOT isnan(" + column.sql() + ")";
    }

    @Override
    public ColumnReader groupedReader(SqlColumn column) {
        return isText(column) && !column.exact() ? ColumnReader::readUtf8 : super.groupedReader(column);
    }

    /** Its driver gives neither states nor codes, and of a statement that it streams not even a message. */
    @Override
    public boolean isOverflow(SQLException e) {
        return String.valueOf(e.getMessage()).startsWith("Out of Range Error");
    }

    /** Of integers it makes one that the driver doesn't give as a decimal. */
    @Override
    public String sum(ColumnType type, String term) {
        return type.kind() == ColumnType.Kind.DOUBLE
                ? super.sum(type, term)
                : "CAST(SUM(" + term + ") AS DECIMAL(38, " + type.scale() + "))";
    }

    @Override
    public String local(SqlColumn time) {
        return time.localTimes() == null
                ? "make_timestamp(epoch_us(" + time.sql() + "))"
                : "CAST(" + time.sql() + " AS TIMESTAMP)";
    }

    @Override
    public void plusSeconds(SqlText sql, String local, SqlText seconds) {
        sql.add(local + " + to_seconds(").add(seconds).add(")");
    }

    @Override
    public void bucket(SqlText sql, SqlText local, TimeBucket.Unit unit) {
        sql.add("CAST(");
        super.bucket(sql, local, unit);
        sql.add(" AS VARCHAR)");
    }

    @Override
    public void prefix(SqlText sql, SqlColumn column, String prefix) {
        if (column.exact()) {
            sql.add("starts_with(" + column.sql() + ", ")
                    .add("?", binding(column, prefix))
                    .add(")");
        } else {
            int characters = prefix.codePointCount(0, prefix.length());
            sql.add("encode(substring(" + column.sql() + ", 1, " + characters + ")) = ")
                    .add("?", binding(column, prefix));
        }
    }
}
