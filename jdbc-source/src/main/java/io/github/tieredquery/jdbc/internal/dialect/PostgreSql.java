package io.github.tieredquery.jdbc.internal.dialect;

import io.github.tieredquery.table.ColumnType;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * PostgreSQL 12 and later. The driver fetches piece by piece only inside a transaction. NaN equals itself there and is
 * the greatest double.
 */
public final class PostgreSql extends Dialect {

    /** Of tables that inherit from it too: unlike partitions they may have columns that the table hasn't. */
    private static final String FACTS = """
            WITH RECURSIVE family AS (
                SELECT CAST(CAST(? AS regclass) AS oid) AS relid, 0 AS depth
                UNION
                SELECT i.inhrelid, f.depth + 1
                FROM family f
                JOIN pg_catalog.pg_inherits i ON i.inhparent = f.relid
                JOIN pg_catalog.pg_class k ON k.oid = i.inhrelid AND NOT k.relispartition)
            SELECT a.attname, COALESCE(c.collname, ''), COALESCE(c.collisdeterministic, true),
                   NOT a.attnotnull AND k.relkind IN ('r', 'p'), a.attgenerated <> ''
            FROM family f
            JOIN pg_catalog.pg_attribute a ON a.attrelid = f.relid
            JOIN pg_catalog.pg_class k ON k.oid = a.attrelid
            LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation
            WHERE a.attnum > 0 AND NOT a.attisdropped
            ORDER BY f.depth, a.attgenerated, a.attnum
            """;

    /** What a table that inherits holds isn't in the index of the other, and an index may be there and not hold yet. */
    private static final String UNIQUE = """
            SELECT count(*) > 0 FROM pg_catalog.pg_index i
            WHERE i.indrelid = CAST(? AS regclass) AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
                AND NOT EXISTS (
                    SELECT 1 FROM unnest(CAST(i.indkey AS int2[])) WITH ORDINALITY AS k (attnum, position)
                    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                    WHERE k.position <= i.indnkeyatts AND (a.attname = ANY (?)) IS NOT TRUE)
                AND NOT EXISTS (
                    SELECT 1 FROM pg_catalog.pg_inherits h
                    JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid AND NOT c.relispartition
                    WHERE h.inhparent = i.indrelid)
            """;

    private final PostgreSqlCatalog catalog = new PostgreSqlCatalog(this);

    public PostgreSql() {
        super("postgresql");
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
    public List<ForeignKey> keysTo(Connection connection, TableName table) throws SQLException {
        return catalog.keysTo(connection, table);
    }

    @Override
    public List<DeleteEffect> triggers(Connection connection, TableName table, String event) throws SQLException {
        return catalog.triggers(connection, table, event);
    }

    @Override
    public List<DeleteEffect> ofTable(Connection connection, BaseTable base) throws SQLException {
        List<DeleteEffect> effects = new ArrayList<>(catalog.rowSecurity(connection, base));
        effects.addAll(catalog.publications(connection, base.table()));
        return effects;
    }

    /**
     * The driver sends BEGIN with the first statement. Its own {@code setTransactionIsolation} would set the session's
     * default, in a transaction of its own.
     */
    @Override
    public void begin(Connection connection, Isolation isolation) throws SQLException {
        connection.setAutoCommit(false);
        execute(connection, "SET TRANSACTION ISOLATION LEVEL " + isolation.sql());
    }

    @Override
    public void beginSnapshot(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        execute(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    }

    @Override
    public void beginScan(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        execute(connection, "SET TRANSACTION READ ONLY");
    }

    @Override
    public SqlType typeOf(int jdbcType, String typeName, int scale) {
        return switch (typeName) {
            case "bool" -> SqlType.TRUTH;
            case "int2", "int4", "serial" -> SqlType.INT32;
            case "int8", "bigserial" -> SqlType.INT64;
            case "float8" -> SqlType.DOUBLE;
            case "numeric" -> SqlType.DECIMAL;
            case "text", "varchar" -> SqlType.TEXT;
            case "bpchar" -> SqlType.PADDED_TEXT;
            case "date" -> SqlType.DATE;
            case "timestamptz" -> SqlType.ZONED_TIME;
            case "timestamp" -> SqlType.LOCAL_TIME;
            case "bytea" -> SqlType.BYTES;
            default -> SqlType.OTHER;
        };
    }

    @Override
    public Map<String, ColumnFacts> facts(Connection connection, Relation relation) throws SQLException {
        if (!relation.isTable()) {
            return Map.of();
        }
        Map<String, ColumnFacts> facts = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(FACTS)) {
            statement.setString(1, relation.sql(this));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    facts.putIfAbsent(
                            rows.getString(1),
                            new ColumnFacts(
                                    rows.getString(2), rows.getBoolean(3), rows.getBoolean(4), rows.getBoolean(5)));
                }
            }
        }
        return facts;
    }

    @Override
    public boolean isUnique(Connection connection, Relation relation, Set<String> names) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(UNIQUE)) {
            statement.setString(1, relation.sql(this));
            statement.setArray(2, connection.createArrayOf("text", names.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    @Override
    public String exactCollation() {
        return "a deterministic collation";
    }

    @Override
    public String ordered(SqlColumn column) {
        return isText(column) ? letters(column) + " COLLATE \"C\"" : super.ordered(column);
    }

    @Override
    String equal(SqlColumn column) {
        return isText(column) && !column.exact() ? ordered(column) : letters(column);
    }

    /** A character(n) loses its spaces when it is compared or cast, though not when it is read. */
    private static String letters(SqlColumn column) {
        return column.type() == SqlType.PADDED_TEXT
                ? "rpad(CAST(" + column.sql() + " AS text), " + column.length() + ")"
                : column.sql();
    }

    /**
     * A double by its eight bytes. Its text has as many digits as the session's {@code extra_float_digits} say, which
     * poolers lose and roles may set, and the driver gets it as text until it has prepared a statement.
     */
    @Override
    public String selected(SqlColumn column) {
        return column.type() == SqlType.DOUBLE ? bits(column.sql()) : super.selected(column);
    }

    private static String bits(String term) {
        return "float8send(" + term + ")";
    }

    @Override
    public ColumnReader reader(SqlColumn column) {
        return switch (column.type()) {
            case DOUBLE -> ColumnReader::readDoubleBits;
            case DATE ->
                finite(
                        column,
                        LocalDate.class,
                        LocalDate.MIN,
                        LocalDate.MAX,
                        date -> ColumnReader.checked(column, date));
            case ZONED_TIME ->
                finite(
                        column,
                        OffsetDateTime.class,
                        OffsetDateTime.MIN,
                        OffsetDateTime.MAX,
                        time -> ColumnReader.instant(column, time));
            case LOCAL_TIME -> {
                LocalTimes times = Objects.requireNonNull(column.localTimes());
                yield finite(
                        column,
                        LocalDateTime.class,
                        LocalDateTime.MIN,
                        LocalDateTime.MAX,
                        time -> ColumnReader.instant(column, times, time));
            }
            default -> super.reader(column);
        };
    }

    /** The driver gives infinity as the greatest value of a Java type, and minus infinity as the least. */
    private static <T> ColumnReader finite(
            SqlColumn column, Class<T> type, T least, T greatest, Function<T, Object> converter) {
        InfiniteTimes infinite = column.infiniteTimes();
        return (rows, index) -> {
            T value = rows.getObject(index, type);
            if (value == null) {
                return null;
            }
            boolean isGreatest = value.equals(greatest);
            if (!isGreatest && !value.equals(least)) {
                Object converted = converter.apply(value);
                return infinite == null ? converted : infinite.between(column, converted);
            }
            if (infinite == null) {
                throw new UnreadableValue(
                        column,
                        "holds " + (isGreatest ? "infinity" : "-infinity") + ", which is no "
                                + (least instanceof LocalDate ? "date" : "time")
                                + "; correct the row, or, in other columns than time and key, say with"
                                + " infiniteTimes(…) what it is to be read as",
                        null);
            }
            return isGreatest ? infinite.latestOf(column) : infinite.earliestOf(column);
        };
    }

    @Override
    public boolean mapsInfiniteTimes() {
        return true;
    }

    @Override
    public String grouped(SqlColumn column) {
        return column.type() == SqlType.DOUBLE ? ordered(column) : super.grouped(column);
    }

    @Override
    public String sum(ColumnType type, String term) {
        return bitsOf(type, super.sum(type, term));
    }

    @Override
    public String least(ColumnType type, String term) {
        return bitsOf(type, super.least(type, term));
    }

    @Override
    public String greatest(ColumnType type, String term) {
        return bitsOf(type, super.greatest(type, term));
    }

    private static String bitsOf(ColumnType type, String term) {
        return type.kind() == ColumnType.Kind.DOUBLE ? bits(term) : term;
    }

    @Override
    String andNotNan(SqlColumn column) {
        return " AND " + column.sql() + " <> 'NaN'";
    }

    /** One array is one parameter, of which there may be 65,535. */
    @Override
    void inBound(SqlText sql, SqlColumn column, List<Object> values) {
        String elementType = switch (column.column().type().kind()) {
            case BOOLEAN -> "bool";
            case INT32 -> "int4";
            case INT64 -> "int8";
            case DOUBLE -> "float8";
            case DECIMAL -> "numeric";
            case STRING -> "text";
            case DATE -> "date";
            case TIMESTAMP -> column.localTimes() == null ? "timestamptz" : "timestamp";
            case BINARY -> "bytea";
        };
        Object[] elements = values.stream().map(value -> element(value)).toArray(size -> array(values, size));
        sql.add(equal(column) + " = ANY(")
                .add(
                        "?",
                        (statement, index) -> statement.setArray(
                                index, statement.getConnection().createArrayOf(elementType, elements)))
                .add(")");
    }

    private static Object element(Object value) {
        return value instanceof BigDecimal || value instanceof Instant ? value.toString() : value;
    }

    private static Object[] array(List<Object> values, int size) {
        return values.get(0) instanceof byte[] ? new byte[size][] : new Object[size];
    }

    @Override
    public String local(SqlColumn time) {
        return time.localTimes() == null ? "(" + time.sql() + " AT TIME ZONE 'UTC')" : time.sql();
    }

    @Override
    public void plusSeconds(SqlText sql, String local, SqlText seconds) {
        sql.add(local + " + (").add(seconds).add(") * INTERVAL '1 second'");
    }

    @Override
    public void prefix(SqlText sql, SqlColumn column, String prefix) {
        sql.add("starts_with(" + ordered(column) + ", ")
                .add("?", binding(column, prefix))
                .add(")");
    }
}
