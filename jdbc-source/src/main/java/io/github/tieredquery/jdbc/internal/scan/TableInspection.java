package io.github.tieredquery.jdbc.internal.scan;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.jdbc.internal.dialect.BaseTable;
import io.github.tieredquery.jdbc.internal.dialect.ColumnFacts;
import io.github.tieredquery.jdbc.internal.dialect.DescribedColumn;
import io.github.tieredquery.jdbc.internal.dialect.Dialect;
import io.github.tieredquery.jdbc.internal.dialect.LocalTimes;
import io.github.tieredquery.jdbc.internal.dialect.Relation;
import io.github.tieredquery.jdbc.internal.dialect.SqlColumn;
import io.github.tieredquery.jdbc.internal.dialect.SqlErrors;
import io.github.tieredquery.jdbc.internal.dialect.SqlType;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares a table with what stands in the database, before the first scan: a column that is missing, of another type,
 * compared by locale or nullable where it can't be is a {@link ConfigurationException}.
 */
final class TableInspection {

    private final Connection connection;
    private final Dialect dialect;
    private final TableSettings settings;
    private final String place;
    private final List<DescribedColumn> described;
    private final Map<String, ColumnFacts> facts;

    private TableInspection(Connection connection, Dialect dialect, TableSettings settings, String place)
            throws SQLException {
        this.connection = connection;
        this.dialect = dialect;
        this.settings = settings;
        this.place = place;
        this.described = described();
        this.facts = dialect.facts(connection, settings.relation());
    }

    static PhysicalTable inspect(Connection connection, Dialect dialect, TableSettings settings) {
        String place = dialect.name() + ":" + settings.label();
        try {
            TableInspection inspection = new TableInspection(connection, dialect, settings, place);
            Map<String, SqlColumn> columns = inspection.columns();
            PhysicalTable table = new PhysicalTable(
                    settings,
                    dialect,
                    place,
                    columns,
                    inspection.types(columns),
                    inspection.partitionColumns(),
                    inspection.indexes(columns));
            HivePartitionLayout layout = settings.layout();
            if (layout != null && !layout.isVersioned()) {
                new ShownPartitions(table, dialect, layout).refuseOthers(connection);
            }
            return table;
        } catch (SQLException e) {
            throw SqlErrors.failure(place, "looking at the table", e);
        }
    }

    /**
     * Fails if values of a column may be read otherwise than when a source was built, since its type has changed.
     *
     * @param built the columns as they were then
     * @param types their types then, by the table's names
     */
    static void checkAsBuilt(
            Connection connection,
            Dialect dialect,
            TableSettings settings,
            String place,
            Map<String, SqlColumn> built,
            Map<String, String> types)
            throws SQLException {
        TableInspection now = new TableInspection(connection, dialect, settings, place);
        Map<String, SqlColumn> columns = now.columns();
        Map<String, String> typesNow = now.types(columns);
        for (SqlColumn column : columns.values()) {
            SqlColumn before = Objects.requireNonNull(built.get(column.column().name()));
            if (!before.isReadAs(column)) {
                throw now.mismatch(
                        column.column(),
                        now.find(column.column()),
                        "was " + types.get(column.column().name()) + " when this source was built, and is "
                                + typesNow.get(column.column().name())
                                + " now, so that its values may be read otherwise than they are; no row is deleted."
                                + " Declare it as it is, and start the process again");
            }
        }
    }

    /** What the database calls the columns' types, with their bounds and collations where these make a difference. */
    private Map<String, String> types(Map<String, SqlColumn> columns) {
        Map<String, String> types = new HashMap<>();
        columns.forEach((name, column) -> {
            DescribedColumn physical = find(column.column());
            ColumnFacts known = facts.get(physical.name());
            boolean bounded = column.type() == SqlType.DECIMAL || column.type() == SqlType.PADDED_TEXT;
            boolean time = column.column().type().kind() == ColumnType.Kind.TIMESTAMP;
            types.put(
                    name,
                    (bounded ? physical.type() : physical.typeName())
                            + (time ? " with " + column.secondDigits() + " digits of a second" : "")
                            + (known == null || known.collation().isEmpty()
                                    ? ""
                                    : " with the collation '" + known.collation() + "'"));
        });
        return types;
    }

    private List<DescribedColumn> described() throws SQLException {
        try {
            return DescribedColumn.of(connection, settings.relation().sql(dialect));
        } catch (SQLException e) {
            if (!SqlErrors.isStatementAtFault(e)) {
                throw e;
            }
            throw new ConfigurationException(
                    place + " can't be read (" + SqlErrors.state(e) + "): name the table with table(…) as the database"
                            + " spells it, and let the user select from it",
                    e);
        }
    }

    private Map<String, SqlColumn> columns() {
        Map<String, SqlColumn> columns = new LinkedHashMap<>();
        for (Column column : settings.table().rowType().columns()) {
            DescribedColumn physical = find(column);
            if (settings.excluded().contains(physical.name())) {
                throw mismatch(column, physical, "is named in excludedColumns(…), but the table has it");
            }
            SqlColumn checked = checked(column, physical);
            if (settings.table().orderColumns().contains(column.name())) {
                checkOrderColumn(checked, physical);
            }
            columns.put(column.name(), checked);
        }
        return columns;
    }

    private DescribedColumn find(Column column) {
        String wanted = settings.names().getOrDefault(column.name(), column.name());
        List<DescribedColumn> anyCase = described.stream()
                .filter(candidate -> candidate.name().equalsIgnoreCase(wanted))
                .toList();
        return anyCase.stream()
                .filter(candidate -> candidate.name().equals(wanted))
                .findFirst()
                .orElseGet(() -> {
                    if (anyCase.size() == 1 && !settings.names().containsKey(column.name())) {
                        return anyCase.get(0);
                    }
                    throw new ConfigurationException(place + " has no column '" + wanted + "' for column '"
                            + column.name() + "' of table '" + settings.table().name() + "'; it has "
                            + described.stream().map(DescribedColumn::name).toList()
                            + ". Map another name with column(…)");
                });
    }

    private SqlColumn checked(Column column, DescribedColumn physical) {
        ColumnType wanted = column.type();
        SqlType type = dialect.typeOf(physical.jdbcType(), physical.typeName(), physical.scale());
        if (!type.holds(wanted.kind())) {
            throw mismatch(column, physical, "is " + physical.typeName() + ", which isn't read as " + wanted);
        }
        if (type == SqlType.DECIMAL && !fits(wanted, physical)) {
            throw mismatch(
                    column, physical, "is " + physical.type() + ", which holds values that " + wanted + " can't");
        }
        int secondDigits = wanted.kind() == ColumnType.Kind.TIMESTAMP ? dialect.secondDigits(physical) : 6;
        if (secondDigits > 6) {
            throw mismatch(
                    column,
                    physical,
                    "is " + physical.typeName() + " and keeps more than the microseconds of TIMESTAMP");
        }
        ColumnFacts known = facts.get(physical.name());
        return new SqlColumn(
                column,
                physical.name(),
                dialect.quote(physical.name()),
                type,
                type == SqlType.PADDED_TEXT ? physical.precision() : 0,
                wanted.kind() != ColumnType.Kind.STRING || (known == null ? dialect.isExactByDefault() : known.exact()),
                secondDigits,
                localTimes(type),
                settings.table().orderColumns().contains(column.name()) ? null : settings.infiniteTimes());
    }

    private @Nullable LocalTimes localTimes(SqlType type) {
        if (type == SqlType.ZONED_TIME && dialect.instantsAreLocal()) {
            return LocalTimes.earlier(ZoneOffset.UTC);
        }
        return type == SqlType.LOCAL_TIME ? settings.localTimes() : null;
    }

    /** A precision of 0 means that the database sets no bound. */
    private static boolean fits(ColumnType wanted, DescribedColumn physical) {
        return physical.precision() > 0
                && physical.scale() <= wanted.scale()
                && physical.precision() - physical.scale() <= wanted.precision() - wanted.scale();
    }

    private void checkOrderColumn(SqlColumn column, DescribedColumn physical) {
        ColumnFacts known = facts.get(physical.name());
        if (known != null && known.nullable()) {
            throw mismatch(
                    column.column(), physical, "can be NULL, which time and key columns can't: declare it NOT NULL");
        }
        if (known != null && known.listed()) {
            throw mismatch(
                    column.column(),
                    physical,
                    "is an ENUM or a SET, which the database sorts by the order of its list and not by its text: a"
                            + " key needs " + dialect.exactCollation() + " in a column of text");
        }
        if (column.type() == SqlType.PADDED_TEXT) {
            throw mismatch(
                    column.column(),
                    physical,
                    "is filled up with spaces to a fixed length, so that its texts don't"
                            + " compare to the letter: a key needs a type of variable length");
        }
        if (!column.exact()) {
            throw mismatch(
                    column.column(),
                    physical,
                    "has the collation '" + (known == null ? "" : known.collation())
                            + "', under which different texts can be equal: a key needs " + dialect.exactCollation());
        }
    }

    private ConfigurationException mismatch(Column column, DescribedColumn physical, String what) {
        return new ConfigurationException(place + ", column '" + physical.name() + "' (column '" + column.name()
                + "' of table '" + settings.table().name() + "') " + what);
    }

    /** The partition columns that aren't the table's: those of the time, and the version. */
    private Map<String, SqlColumn> partitionColumns() {
        Map<String, SqlColumn> columns = new HashMap<>();
        HivePartitionLayout layout = settings.layout();
        if (layout != null) {
            layout.timeColumns().forEach(name -> columns.put(name, timeColumn(layout, name)));
            if (layout.isVersioned()) {
                columns.put(HivePartitionLayout.VERSION_COLUMN, versionColumn());
            }
        }
        return columns;
    }

    /** Of text, or of a type of the database's that holds the same values in the same order. */
    private SqlColumn timeColumn(HivePartitionLayout layout, String name) {
        DescribedColumn physical = partitionColumn(name);
        SqlType type = dialect.typeOf(physical.jdbcType(), physical.typeName(), physical.scale());
        boolean number = type.holds(ColumnType.Kind.INT64) && layout.isNumber(name);
        boolean date = type == SqlType.DATE && layout.isDate(name);
        if (type != SqlType.TEXT && !number && !date) {
            throw new ConfigurationException(place + ", partition column '" + name + "' is " + physical.typeName()
                    + "; it is of text" + (layout.isNumber(name) ? ", or a whole number" : "")
                    + (layout.isDate(name) ? ", or a date" : "") + " in the layout " + layout.describe());
        }
        return partitionColumn(
                physical, type, name, number ? ColumnType.INT64 : date ? ColumnType.DATE : ColumnType.STRING);
    }

    private SqlColumn versionColumn() {
        DescribedColumn physical = partitionColumn(HivePartitionLayout.VERSION_COLUMN);
        SqlType type = dialect.typeOf(physical.jdbcType(), physical.typeName(), physical.scale());
        if (type != SqlType.TEXT) {
            throw new ConfigurationException(place + ", partition column '" + physical.name() + "' is "
                    + physical.typeName() + "; versions are text, so that '0000000001' stays '0000000001'");
        }
        return partitionColumn(physical, type, "version", ColumnType.STRING);
    }

    private DescribedColumn partitionColumn(String name) {
        return described.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ConfigurationException(place + " has no partition column '" + name + "'; it has "
                        + described.stream().map(DescribedColumn::name).toList()
                        + ". Read the directories' names as columns, or leave layout(…) out"));
    }

    private SqlColumn partitionColumn(DescribedColumn physical, SqlType type, String logicalName, ColumnType read) {
        Column column = new Column(logicalName, read, true);
        return new SqlColumn(column, physical.name(), dialect.quote(physical.name()), type, 0, true, 6, null);
    }

    /** The columns of each index, by the table's names; another column's name is empty. Views are looked through. */
    private List<List<String>> indexes(Map<String, SqlColumn> columns) throws SQLException {
        if (!settings.relation().isTable() || !dialect.hasIndexes()) {
            return List.of();
        }
        Optional<BaseTable> viewed = BaseTable.of(connection, dialect, dialect.locate(connection, settings.relation()))
                .filter(BaseTable::isViewed);
        Relation indexed = viewed.map(BaseTable::relation).orElse(settings.relation());
        Map<String, String> tableNames = new HashMap<>();
        columns.forEach((name, column) -> {
            String indexedName = viewed.isPresent() ? viewed.get().column(column.name()) : column.name();
            if (indexedName != null) {
                tableNames.put(dialect.quote(indexedName), name);
                tableNames.put(indexedName, name);
            }
        });
        Map<String, TreeMap<Integer, String>> found = new LinkedHashMap<>();
        try (ResultSet rows = dialect.indexes(connection, indexed)) {
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
