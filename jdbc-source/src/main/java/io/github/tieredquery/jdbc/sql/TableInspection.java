package io.github.tieredquery.jdbc.sql;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares a table with what stands in the database, before the first scan: a column that is missing, of another type,
 * compared by locale or nullable where it can't be is a {@link ConfigurationException}.
 */
public final class TableInspection {

    private final Connection connection;
    private final Dialect dialect;
    private final Table table;
    private final Relation relation;
    private final Map<String, String> names;
    private final @Nullable LocalTimes localTimes;
    private final String place;

    private TableInspection(
            Connection connection,
            Dialect dialect,
            Table table,
            Relation relation,
            Map<String, String> names,
            @Nullable LocalTimes localTimes) {
        this.connection = connection;
        this.dialect = dialect;
        this.table = table;
        this.relation = relation;
        this.names = names;
        this.localTimes = localTimes;
        this.place = dialect.name() + ":" + relation.label();
    }

    /**
     * Checks a table.
     *
     * @param connection a connection to look with; nothing is changed
     * @param dialect the database's SQL
     * @param table the logical table
     * @param relation where its rows are
     * @param names the database's names of columns that have another one, by the table's names
     * @param localTimes how local times stand for instants
     * @param fetchSize how many rows the driver fetches at a time
     * @return the table in the database
     * @throws ConfigurationException if the two don't fit
     */
    public static PhysicalTable inspect(
            Connection connection,
            Dialect dialect,
            Table table,
            Relation relation,
            Map<String, String> names,
            LocalTimes localTimes,
            int fetchSize) {
        TableInspection inspection = new TableInspection(connection, dialect, table, relation, names, localTimes);
        try {
            Map<String, SqlColumn> columns = inspection.columns();
            return new PhysicalTable(table, dialect, relation, columns, inspection.indexes(columns), fetchSize);
        } catch (SQLException e) {
            throw SqlErrors.unavailable(inspection.place, "looking at the table", e);
        }
    }

    private Map<String, SqlColumn> columns() throws SQLException {
        Map<String, SqlColumn> columns = new LinkedHashMap<>();
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT * FROM " + relation.sql(dialect) + " WHERE 1 = 0")) {
            try (ResultSet rows = query(statement)) {
                ResultSetMetaData metaData = rows.getMetaData();
                Map<String, ColumnFacts> facts = relation.isTable() ? dialect.facts(connection, relation) : Map.of();
                for (Column column : table.rowType().columns()) {
                    columns.put(column.name(), column(column, metaData, facts));
                }
            }
        }
        return columns;
    }

    private ResultSet query(PreparedStatement statement) throws SQLException {
        try {
            return statement.executeQuery();
        } catch (SQLException e) {
            if (SqlErrors.isStatementAtFault(e)) {
                throw new ConfigurationException(
                        place + " can't be read (" + SqlErrors.state(e)
                                + "): name the table with table(…) as the database spells it, and let the user select from it",
                        e);
            }
            throw e;
        }
    }

    private SqlColumn column(Column column, ResultSetMetaData metaData, Map<String, ColumnFacts> facts)
            throws SQLException {
        int index = indexOf(column, metaData);
        String physicalName = metaData.getColumnName(index);
        String typeName = metaData.getColumnTypeName(index);
        int precision = metaData.getPrecision(index);
        int scale = metaData.getScale(index);
        SqlType type = dialect.typeOf(metaData.getColumnType(index), typeName, scale);
        ColumnType wanted = column.type();
        if (!type.holds(wanted.kind())) {
            throw mismatch(column, physicalName, "is " + typeName + ", which isn't read as " + wanted);
        }
        if (type == SqlType.DECIMAL && !fits(wanted, precision, scale)) {
            throw mismatch(
                    column,
                    physicalName,
                    "is " + typeName + "(" + precision + "," + scale + "), which holds values that " + wanted
                            + " can't");
        }
        if (wanted.kind() == ColumnType.Kind.TIMESTAMP && dialect.secondDigits(typeName, scale) > 6) {
            throw mismatch(
                    column, physicalName, "keeps more than microseconds (" + typeName + "), which a TIMESTAMP can't");
        }
        ColumnFacts known = facts.get(physicalName);
        boolean exact = wanted.kind() != ColumnType.Kind.STRING || (known != null && known.exact());
        SqlColumn physical = new SqlColumn(
                column,
                physicalName,
                dialect.quote(physicalName),
                type,
                type == SqlType.PADDED_TEXT ? precision : 0,
                exact,
                type == SqlType.LOCAL_TIME ? localTimes : null);
        if (table.orderColumns().contains(column.name())) {
            checkOrderColumn(physical, physicalName, metaData.isNullable(index), known);
        }
        return physical;
    }

    /** A precision of 0 means that the database sets no bound. */
    private static boolean fits(ColumnType wanted, int precision, int scale) {
        return precision > 0 && scale <= wanted.scale() && precision - scale <= wanted.precision() - wanted.scale();
    }

    private void checkOrderColumn(SqlColumn column, String physicalName, int nullable, @Nullable ColumnFacts known) {
        boolean canBeNull = known == null ? nullable == ResultSetMetaData.columnNullable : known.nullable();
        if (canBeNull) {
            throw mismatch(
                    column.column(),
                    physicalName,
                    "can be NULL, which time and key columns can't: declare it NOT NULL");
        }
        if (column.column().type().kind() != ColumnType.Kind.STRING) {
            return;
        }
        if (column.type() == SqlType.PADDED_TEXT) {
            throw mismatch(
                    column.column(),
                    physicalName,
                    "is a text of a fixed length, which compares without its spaces: make it a varchar");
        }
        if (!column.exact()) {
            throw mismatch(
                    column.column(),
                    physicalName,
                    "has the collation '" + (known == null ? "" : known.collation())
                            + "', under which different texts can be equal: a key needs "
                            + dialect.exactCollation());
        }
    }

    private int indexOf(Column column, ResultSetMetaData metaData) throws SQLException {
        String wanted = names.getOrDefault(column.name(), column.name());
        Map<String, Integer> present = new TreeMap<>();
        List<Integer> otherCase = new ArrayList<>();
        for (int i = 1; i <= metaData.getColumnCount(); i++) {
            String name = metaData.getColumnName(i);
            present.put(name, i);
            if (name.equalsIgnoreCase(wanted)) {
                otherCase.add(i);
            }
        }
        Integer index = present.get(wanted);
        if (index == null && otherCase.size() == 1 && !names.containsKey(column.name())) {
            index = otherCase.get(0);
        }
        if (index == null) {
            throw new ConfigurationException(place + " has no column '" + wanted + "' for column '" + column.name()
                    + "' of table '" + table.name() + "'; it has " + present.keySet()
                    + ". Map another name with column(…)");
        }
        return index;
    }

    private ConfigurationException mismatch(Column column, String physicalName, String what) {
        return new ConfigurationException(place + ", column '" + physicalName + "' (column '" + column.name()
                + "' of table '" + table.name() + "') " + what);
    }

    /** The columns of each index, by the table's names; another column's name is empty. */
    private List<List<String>> indexes(Map<String, SqlColumn> columns) throws SQLException {
        if (!relation.isTable()) {
            return List.of();
        }
        Map<String, String> tableNames = new HashMap<>();
        columns.forEach((name, column) -> {
            tableNames.put(column.sql(), name);
            tableNames.put(column.name(), name);
        });
        Map<String, TreeMap<Integer, String>> found = new LinkedHashMap<>();
        try (ResultSet rows = dialect.indexes(connection, relation)) {
            while (rows.next()) {
                String columnName = rows.getString("COLUMN_NAME");
                if (columnName != null && rows.getString("FILTER_CONDITION") == null) {
                    found.computeIfAbsent(rows.getString("INDEX_NAME"), name -> new TreeMap<>())
                            .put(rows.getInt("ORDINAL_POSITION"), tableNames.getOrDefault(columnName, ""));
                }
            }
        }
        return found.values().stream().map(index -> List.copyOf(index.values())).toList();
    }
}
