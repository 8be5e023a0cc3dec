package io.github.tieredquery.jdbc.internal.dialect;

import io.github.tieredquery.query.Filter.Operator;
import io.github.tieredquery.query.TimeBucket;
import io.github.tieredquery.table.ColumnType;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One database's SQL: how it compares to the letter and by code point, how it streams, how it gives a consistent
 * snapshot. What stands here is common; a subclass corrects what its database does otherwise. Stateless and
 * thread-safe.
 */
public abstract class Dialect {

    private static final int IN_CHUNK = 1_000;

    private final String name;

    Dialect(String name) {
        this.name = name;
    }

    /**
     * The database in messages and source names.
     *
     * @return for example {@code postgresql}
     */
    public String name() {
        return name;
    }

    /**
     * Whether a database speaks this dialect.
     *
     * @param database what its driver says of it
     * @return true if it does
     * @throws SQLException if the driver doesn't say what it is connected to
     */
    public boolean isSpokenBy(DatabaseMetaData database) throws SQLException {
        return name.equalsIgnoreCase(database.getDatabaseProductName());
    }

    /**
     * An identifier in a statement, taken literally.
     *
     * @param identifier the name, any text
     * @return the quoted name
     */
    public String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /**
     * Whether the database can show several statements one consistent state.
     *
     * @return whether {@link #beginSnapshot} works
     */
    public boolean hasSnapshots() {
        return true;
    }

    /**
     * Begins a transaction. What it needs is set inside it, by its first statements, and ends with it: a pooler may
     * give each transaction another connection to the server, and each statement outside of one.
     *
     * @param connection a connection outside any transaction
     * @param isolation what it sees of others
     */
    public abstract void begin(Connection connection, Isolation isolation) throws SQLException;

    /**
     * Begins a read-only transaction in which all statements see the same state.
     *
     * @param connection a connection outside any transaction
     */
    public abstract void beginSnapshot(Connection connection) throws SQLException;

    /**
     * Makes a connection ready to stream the results of one statement, in a transaction of its own where that is
     * needed.
     */
    public void beginScan(Connection connection) throws SQLException {}

    /** Commits the transaction that was begun. */
    public void commit(Connection connection) throws SQLException {
        connection.commit();
    }

    /** Rolls back the transaction that was begun, if it hasn't ended, and takes back what was set beside it. */
    public void end(Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
    }

    /** Takes back what {@link #beginScan} did. */
    public void endScan(Connection connection) throws SQLException {
        end(connection);
    }

    /** Whether {@link #begin} sets the isolation for all transactions of the connection, so that it is put back. */
    public boolean setsIsolationOfConnection() {
        return false;
    }

    static void execute(Connection connection, String statement) throws SQLException {
        try (Statement running = connection.createStatement()) {
            running.execute(statement);
        }
    }

    /** A statement whose result is fetched piece by piece. */
    public PreparedStatement prepare(Connection connection, String sql, int fetchSize) throws SQLException {
        PreparedStatement statement =
                connection.prepareStatement(sql, ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
        try {
            statement.setFetchSize(fetchSize);
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
        return statement;
    }

    /** Whether closing a result that isn't read to its end reads it to its end. */
    public boolean closingDrains() {
        return false;
    }

    /** How many parameters a statement can have. */
    public int maxParameters() {
        return 65_535;
    }

    /** What a column holds, by what the driver says of it. */
    public SqlType typeOf(int jdbcType, String typeName, int scale) {
        return switch (jdbcType) {
            case Types.BOOLEAN, Types.BIT -> SqlType.TRUTH;
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER -> SqlType.INT32;
            case Types.BIGINT -> SqlType.INT64;
            case Types.DOUBLE -> SqlType.DOUBLE;
            case Types.DECIMAL, Types.NUMERIC -> SqlType.DECIMAL;
            case Types.VARCHAR, Types.LONGVARCHAR, Types.NVARCHAR, Types.CLOB -> SqlType.TEXT;
            case Types.CHAR, Types.NCHAR -> SqlType.PADDED_TEXT;
            case Types.DATE -> SqlType.DATE;
            case Types.TIMESTAMP -> SqlType.LOCAL_TIME;
            case Types.TIMESTAMP_WITH_TIMEZONE -> SqlType.ZONED_TIME;
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> SqlType.BYTES;
            default -> SqlType.OTHER;
        };
    }

    /** How many digits of a second a timestamp column keeps. */
    public int secondDigits(DescribedColumn column) {
        return column.scale();
    }

    /** What the database's catalog knows of the columns, by their names; nothing of what isn't a table or a view. */
    public abstract Map<String, ColumnFacts> facts(Connection connection, Relation relation) throws SQLException;

    /** Whether text of which the catalog knows nothing is compared to the letter. */
    public boolean isExactByDefault() {
        return false;
    }

    /** Whether the driver gives instants as local times in UTC. */
    public boolean instantsAreLocal() {
        return false;
    }

    /** The column in a select list. */
    public String selected(SqlColumn column) {
        return column.sql();
    }

    /** What a key column's collation has to be, for messages. */
    public String exactCollation() {
        return "a binary collation";
    }

    /** Where the catalog has a table or view that is there. */
    public TableName locate(Connection connection, Relation relation) throws SQLException {
        return new TableName(String.valueOf(relation.schema()), relation.table());
    }

    /** Whether the database itself keeps the rows, rather than showing those of others. */
    boolean isTable(Connection connection, TableName table) throws SQLException {
        return true;
    }

    /** What a view shows; empty if it isn't one that can be looked through. */
    Optional<BaseTable.View> view(Connection connection, TableName view) throws SQLException {
        return Optional.empty();
    }

    /** Whether {@link #keysTo} gives all keys, those of tables included that the user has no right on. */
    public boolean seesAllKeys(Connection connection) throws SQLException {
        return true;
    }

    /** The enforced foreign keys that point at rows that are deleted with a table's, those of partitions included. */
    public List<ForeignKey> keysTo(Connection connection, TableName table) throws SQLException {
        return List.of();
    }

    /** Whether a row that a foreign key deletes or changes fires triggers. */
    public boolean keysFireTriggers() {
        return true;
    }

    /**
     * The triggers and rules that run when rows of a table or view are deleted or updated.
     *
     * @param event {@code DELETE} or {@code UPDATE}
     */
    public List<DeleteEffect> triggers(Connection connection, TableName table, String event) throws SQLException {
        return List.of();
    }

    /** What policies do to a table's rows, and whether replication lets them go. */
    public List<DeleteEffect> ofTable(Connection connection, BaseTable base) throws SQLException {
        return List.of();
    }

    /** Whether {@link #indexes} works. */
    public boolean hasIndexes() {
        return true;
    }

    /** The indexes of a table, as {@link java.sql.DatabaseMetaData#getIndexInfo} gives them. */
    public ResultSet indexes(Connection connection, Relation relation) throws SQLException {
        List<String> parts = relation.parts();
        String catalog = parts.size() > 2 ? parts.get(0) : null;
        String schema = relation.schema() == null ? connection.getSchema() : relation.schema();
        return connection.getMetaData().getIndexInfo(catalog, schema, relation.table(), false, true);
    }

    /**
     * Whether an index keeps a table from having two rows that are equal in some columns. Only for what
     * {@link #indexes} works for.
     *
     * @param names the database's names of the columns, none of which is ever NULL
     */
    public boolean isUnique(Connection connection, Relation relation, Set<String> names) throws SQLException {
        Set<String> quoted = names.stream().map(this::quote).collect(Collectors.toSet());
        Map<String, Boolean> unique = new HashMap<>();
        try (ResultSet rows = indexes(connection, relation)) {
            while (rows.next()) {
                String column = rows.getString("COLUMN_NAME");
                String index = rows.getString("INDEX_NAME");
                if (index != null) {
                    unique.merge(
                            index,
                            !rows.getBoolean("NON_UNIQUE")
                                    && rows.getString("FILTER_CONDITION") == null
                                    && column != null
                                    && (names.contains(column) || quoted.contains(column)),
                            Boolean::logicalAnd);
                }
            }
        }
        return unique.containsValue(true);
    }

    /**
     * Whether a time or a date can be infinite, and be read as another one.
     *
     * @return whether {@link InfiniteTimes} are of use
     */
    public boolean mapsInfiniteTimes() {
        return false;
    }

    /** The column as a term that orders, and compares by less and greater, as {@link ColumnType#order} does. */
    public String ordered(SqlColumn column) {
        return plain(column);
    }

    /** The column as a term that equals only what is the same to the letter. */
    String equal(SqlColumn column) {
        return plain(column);
    }

    private static String plain(SqlColumn column) {
        return isNumericTruth(column) ? "(" + column.sql() + " <> 0)" : column.sql();
    }

    static boolean isNumericTruth(SqlColumn column) {
        return column.type() == SqlType.NUMERIC_TRUTH && column.column().type().kind() == ColumnType.Kind.BOOLEAN;
    }

    static boolean isText(SqlColumn column) {
        return column.column().type().kind() == ColumnType.Kind.STRING;
    }

    /** The placeholder that stands beside {@link #ordered}. */
    String orderedPlaceholder(SqlColumn column) {
        return placeholder(column);
    }

    /** The placeholder that stands beside {@link #equal}. */
    String placeholder(SqlColumn column) {
        return "?";
    }

    /** Appends a comparison. */
    public void compare(SqlText sql, SqlColumn column, Operator operator, Object value) {
        if (column.infiniteTimes() != null) {
            column.infiniteTimes().compare(this, sql, column, operator, value);
        } else {
            compareFinite(sql, column, operator, value);
        }
    }

    final void compareFinite(SqlText sql, SqlColumn column, Operator operator, Object value) {
        if (column.localTimes() != null && value instanceof Instant instant) {
            compareLocal(sql, column, column.localTimes(), operator, instant);
        } else {
            compareBound(sql, column, operator, value);
        }
    }

    public void compareBound(SqlText sql, SqlColumn column, Operator operator, Object value) {
        boolean greater = operator == Operator.GT || operator == Operator.GE;
        if (greater && column.column().type().kind() == ColumnType.Kind.DOUBLE) {
            sql.add("(");
            compareTerms(sql, column, operator, value);
            sql.add(andNotNan(column)).add(")");
        } else {
            compareTerms(sql, column, operator, value);
        }
    }

    /** What keeps a NaN from being greater than anything; empty where it isn't. */
    String andNotNan(SqlColumn column) {
        return "";
    }

    void compareTerms(SqlText sql, SqlColumn column, Operator operator, Object value) {
        if (operator == Operator.EQ || operator == Operator.NE) {
            sql.add(equal(column) + " " + operator.symbol() + " ").add(placeholder(column), binding(column, value));
        } else {
            sql.add(ordered(column) + " " + operator.symbol() + " ")
                    .add(orderedPlaceholder(column), orderedBinding(column, value));
        }
    }

    /** An instant that no local time stands for lies between two local times. */
    private void compareLocal(SqlText sql, SqlColumn column, LocalTimes times, Operator operator, Instant value) {
        Optional<LocalDateTime> exactly = times.exactly(value);
        if (exactly.isPresent()) {
            compareBound(sql, column, operator, exactly.get());
            return;
        }
        LocalDateTime next = times.notBefore(value);
        switch (operator) {
            case EQ -> never(sql, column);
            case NE -> always(sql, column);
            case LT, LE -> compareBound(sql, column, Operator.LT, next);
            case GT, GE -> compareBound(sql, column, Operator.GE, next);
        }
    }

    /** False, and unknown for NULL. */
    static void never(SqlText sql, SqlColumn column) {
        sql.add(column.sql() + " <> " + column.sql());
    }

    /** True, and unknown for NULL. */
    static void always(SqlText sql, SqlColumn column) {
        sql.add(column.sql() + " = " + column.sql());
    }

    /** Appends a membership; there is at least one value. */
    public void in(SqlText sql, SqlColumn column, List<Object> values) {
        if (column.infiniteTimes() != null) {
            column.infiniteTimes().in(this, sql, column, values);
        } else {
            inFinite(sql, column, values);
        }
    }

    final void inFinite(SqlText sql, SqlColumn column, List<Object> values) {
        List<Object> bound = column.localTimes() == null ? values : localValues(column.localTimes(), values);
        if (bound.isEmpty()) {
            never(sql, column);
            return;
        }
        inBound(sql, column, bound);
    }

    private static List<Object> localValues(LocalTimes times, List<Object> instants) {
        return instants.stream()
                .flatMap(instant -> times.exactly((Instant) instant).stream())
                .map(Object.class::cast)
                .toList();
    }

    void inBound(SqlText sql, SqlColumn column, List<Object> values) {
        sql.add("(");
        for (int from = 0; from < values.size(); from += IN_CHUNK) {
            sql.add(from == 0 ? "" : " OR ").add(equal(column)).add(" IN (");
            List<Object> chunk = values.subList(from, Math.min(from + IN_CHUNK, values.size()));
            for (int i = 0; i < chunk.size(); i++) {
                sql.add(i == 0 ? "" : ", ").add(placeholder(column), binding(column, chunk.get(i)));
            }
            sql.add(")");
        }
        sql.add(")");
    }

    /** Appends a test for how a text starts. */
    public abstract void prefix(SqlText sql, SqlColumn column, String prefix);

    /** Appends a test for what a text holds. */
    public void contains(SqlText sql, SqlColumn column, String text) {
        sql.add("POSITION(").add(placeholder(column), binding(column, text)).add(" IN " + equal(column) + ") > 0");
    }

    /** Binds a value beside {@link #ordered}. */
    SqlText.Binding orderedBinding(SqlColumn column, Object value) {
        return binding(column, value);
    }

    /** Binds a value beside {@link #equal}. A timestamp comes as an instant or, for local times, mapped already. */
    SqlText.Binding binding(SqlColumn column, Object value) {
        if (value instanceof Boolean truth) {
            return (statement, index) -> statement.setBoolean(index, truth);
        } else if (value instanceof Integer number) {
            return (statement, index) -> statement.setInt(index, number);
        } else if (value instanceof Long number) {
            return (statement, index) -> statement.setLong(index, number);
        } else if (value instanceof Double number) {
            return (statement, index) -> statement.setDouble(index, number);
        } else if (value instanceof BigDecimal number) {
            return (statement, index) -> statement.setBigDecimal(index, number);
        } else if (value instanceof String text) {
            return (statement, index) -> statement.setString(index, text);
        } else if (value instanceof byte[] bytes) {
            return (statement, index) -> statement.setBytes(index, bytes);
        } else if (value instanceof LocalDate || value instanceof LocalDateTime) {
            return (statement, index) -> statement.setObject(index, value);
        } else if (value instanceof Instant instant) {
            return (statement, index) -> statement.setObject(index, instant.atOffset(ZoneOffset.UTC));
        }
        throw new IllegalArgumentException(
                "no binding for a " + value.getClass().getName());
    }

    /**
     * The column as a term that is selected, grouped by and measured: equal only what is the same to the letter, and in
     * the order of {@link ColumnType#order}.
     */
    public String grouped(SqlColumn column) {
        return isText(column) ? ordered(column) : selected(column);
    }

    /** How {@link #grouped} is read. */
    public ColumnReader groupedReader(SqlColumn column) {
        return reader(column);
    }

    /** Whether a number that a statement computes was too large for its type. */
    public boolean isOverflow(SQLException e) {
        return "22003".equals(e.getSQLState());
    }

    /** A sum that doesn't overflow where 38 digits hold it. */
    public String sum(ColumnType type, String term) {
        return "SUM(" + term + ")";
    }

    /** The least value, of doubles NaN only if there is no other. */
    public String least(ColumnType type, String term) {
        return "MIN(" + term + ")";
    }

    /** The greatest value, of doubles NaN if there is one. */
    public String greatest(ColumnType type, String term) {
        return "MAX(" + term + ")";
    }

    /** The local time that a time column holds, or for an instant that in UTC. */
    public abstract String local(SqlColumn time);

    /** Appends a local time so many seconds later. */
    public abstract void plusSeconds(SqlText sql, String local, SqlText seconds);

    /** Appends the day of a local time, or the first day of its month. */
    public void bucket(SqlText sql, SqlText local, TimeBucket.Unit unit) {
        boolean day = unit == TimeBucket.Unit.DAY;
        sql.add(day ? "CAST(" : "CAST(date_trunc('month', ").add(local).add(day ? " AS date)" : ") AS date)");
    }

    /** How a column is read. */
    public ColumnReader reader(SqlColumn column) {
        return switch (column.column().type().kind()) {
            case BOOLEAN -> ColumnReader::readBoolean;
            case INT32 -> ColumnReader::readInt32;
            case INT64 -> ColumnReader::readInt64;
            case DOUBLE -> ColumnReader::readDouble;
            case DECIMAL -> ColumnReader.decimal(column);
            case STRING -> ColumnReader::readString;
            case DATE -> ColumnReader.date(column);
            case TIMESTAMP ->
                column.localTimes() == null
                        ? ColumnReader.zonedTime(column)
                        : ColumnReader.localTime(column, column.localTimes());
            case BINARY -> ColumnReader::readBytes;
        };
    }
}
