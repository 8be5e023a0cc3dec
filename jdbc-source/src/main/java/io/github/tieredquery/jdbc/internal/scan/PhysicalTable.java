package io.github.tieredquery.jdbc.internal.scan;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.jdbc.internal.dialect.BaseTable;
import io.github.tieredquery.jdbc.internal.dialect.ColumnReader;
import io.github.tieredquery.jdbc.internal.dialect.DeleteEffect;
import io.github.tieredquery.jdbc.internal.dialect.DescribedColumn;
import io.github.tieredquery.jdbc.internal.dialect.Dialect;
import io.github.tieredquery.jdbc.internal.dialect.Isolation;
import io.github.tieredquery.jdbc.internal.dialect.LocalTimes;
import io.github.tieredquery.jdbc.internal.dialect.RefusedRow;
import io.github.tieredquery.jdbc.internal.dialect.Relation;
import io.github.tieredquery.jdbc.internal.dialect.SqlColumn;
import io.github.tieredquery.jdbc.internal.dialect.SqlText;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanPlan;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table as it stands in a database, checked against the database's metadata. It answers scans on connections that it
 * is given, inside whatever transaction they are in. Immutable and thread-safe.
 */
public final class PhysicalTable {

    private static final Logger LOG = LoggerFactory.getLogger(PhysicalTable.class);

    private static final RowCursor NO_ROWS = new RowCursor() {
        @Override
        public @Nullable Row next() {
            return null;
        }

        @Override
        public void close() {}
    };

    private final TableSettings settings;
    private final Dialect dialect;
    private final String name;
    private final String from;
    private final Map<String, SqlColumn> columns;
    private final Map<String, String> types;
    private final List<List<String>> indexes;
    private final ScanSql sql;

    /**
     * A checked table.
     *
     * @param columns the physical columns by the table's names
     * @param types what the database calls their types, by the same
     * @param partitionColumns the partition columns that aren't the table's, by their names
     * @param indexes the columns of each index, by the table's names
     */
    PhysicalTable(
            TableSettings settings,
            Dialect dialect,
            String name,
            Map<String, SqlColumn> columns,
            Map<String, String> types,
            Map<String, SqlColumn> partitionColumns,
            List<List<String>> indexes) {
        this.settings = settings;
        this.dialect = dialect;
        this.name = name;
        this.from = settings.relation().sql(dialect);
        this.columns = Map.copyOf(columns);
        this.types = Map.copyOf(types);
        this.indexes = List.copyOf(indexes);
        this.sql = new ScanSql(
                this,
                dialect,
                PartitionSql.of(settings, column(settings.table().timeColumn().name()), partitionColumns));
    }

    /**
     * Looks at a table in the database.
     *
     * @param connection a connection to look with; nothing is changed
     * @param dialect the database's SQL
     * @param settings what the developer says of the table
     * @return the table in the database
     * @throws io.github.tieredquery.error.ConfigurationException if the two don't fit
     * @throws io.github.tieredquery.error.SourceUnavailableException if the database fails
     */
    public static PhysicalTable inspect(Connection connection, Dialect dialect, TableSettings settings) {
        return TableInspection.inspect(connection, dialect, settings);
    }

    /**
     * The source's name in messages.
     *
     * @return for example {@code postgresql:flights}
     */
    public String name() {
        return name;
    }

    /**
     * The logical table.
     *
     * @return the table
     */
    public Table table() {
        return settings.table();
    }

    /**
     * The database's SQL.
     *
     * @return the dialect
     */
    public Dialect dialect() {
        return dialect;
    }

    /**
     * What stands after FROM.
     *
     * @return quoted names, or the developer's expression
     */
    public String from() {
        return from;
    }

    /**
     * A column's name in the database.
     *
     * @param column the table's name of it
     * @return the quoted name
     */
    public String columnSql(String column) {
        return column(column).sql();
    }

    ScanSql sql() {
        return sql;
    }

    /**
     * Looks for columns of which the table's rows are read without: neither the table has them, nor did the developer
     * exclude them, nor does the database compute them from others. Of a view its own columns are looked at, and those
     * of the table that it shows. In a transaction that has written to the table no other column can come until it
     * ends.
     *
     * @param connection a connection to look with, in a transaction or not
     * @return the database's names of them, in its order
     * @throws SQLException if the database fails
     */
    public List<String> undeclaredColumns(Connection connection) throws SQLException {
        Set<String> declared = new HashSet<>(settings.excluded());
        columns.values().forEach(column -> declared.add(column.name()));
        Set<String> undeclared = new LinkedHashSet<>();
        DescribedColumn.of(connection, from).forEach(column -> undeclared.add(column.name()));
        undeclared.removeAll(declared);
        Optional<BaseTable> base = base(connection).filter(BaseTable::isViewed);
        if (base.isPresent()) {
            BaseTable table = base.get();
            // What the view only shows is looked for in the table.
            undeclared.removeIf(column -> table.column(column) != null);
            Set<String> shown = new HashSet<>(settings.excluded());
            declared.forEach(column -> shown.add(String.valueOf(table.column(column))));
            lookInCatalog(connection, table.relation(), shown, undeclared);
        } else {
            lookInCatalog(connection, settings.relation(), declared, undeclared);
        }
        return List.copyOf(undeclared);
    }

    /** The catalog may lag behind in a snapshot, but has columns that a * doesn't stand for. */
    private void lookInCatalog(Connection connection, Relation relation, Set<String> declared, Set<String> undeclared)
            throws SQLException {
        dialect.facts(connection, relation).forEach((column, facts) -> {
            if (facts.computed()) {
                undeclared.remove(column);
            } else if (!declared.contains(column)) {
                undeclared.add(column);
            }
        });
    }

    private Optional<BaseTable> base(Connection connection) throws SQLException {
        return settings.relation().isTable()
                ? BaseTable.of(connection, dialect, dialect.locate(connection, settings.relation()))
                : Optional.empty();
    }

    /**
     * Looks for the table whose rows these are: itself, or the one that a simple view shows.
     *
     * @param connection a connection to look with, in a transaction or not
     * @return its schema and name, or empty if the rows aren't those of one table
     * @throws SQLException if the database fails
     */
    public Optional<List<String>> baseTable(Connection connection) throws SQLException {
        return base(connection).map(base -> base.relation().parts());
    }

    /**
     * Looks for what happens beside rows of the table being deleted, or keeps them from it.
     *
     * @param connection a connection to look with, in a transaction or not
     * @return the effects; none of what isn't one table or a view that can be looked through
     * @throws SQLException if the database fails
     */
    public List<DeleteEffect> deleteEffects(Connection connection) throws SQLException {
        Optional<BaseTable> base = base(connection);
        return base.isPresent() ? DeleteEffects.of(connection, dialect, base.get()) : List.of();
    }

    /**
     * Fails if the type of a column has changed so that its values may be read otherwise than when this was built. In a
     * transaction that has written to the table no type changes until it ends.
     *
     * @param connection a connection to look with, in a transaction or not
     * @throws SQLException if the database fails
     * @throws io.github.tieredquery.error.ConfigurationException with both types
     */
    public void checkAsBuilt(Connection connection) throws SQLException {
        TableInspection.checkAsBuilt(connection, dialect, settings, name, columns, types);
    }

    /**
     * Whether the database keeps the time and key from being there twice.
     *
     * @param connection a connection to look with
     * @return whether a unique index covers them, or some of them; empty if it can't be told
     * @throws SQLException if the database fails
     */
    public Optional<Boolean> isKeyUnique(Connection connection) throws SQLException {
        Optional<BaseTable> base = dialect.hasIndexes() ? base(connection) : Optional.empty();
        if (base.isEmpty()) {
            return Optional.empty();
        }
        Set<String> names = new HashSet<>();
        for (String column : table().orderColumns()) {
            String name = base.get().column(column(column).name());
            if (name != null) {
                names.add(name);
            }
        }
        return Optional.of(dialect.isUnique(connection, base.get().relation(), names));
    }

    /**
     * The names of the time and key columns in the database.
     *
     * @return them quoted, in their order
     */
    public List<String> keySql() {
        return table().orderColumns().stream().map(this::columnSql).toList();
    }

    /**
     * How many rows are fetched at a time.
     *
     * @return at least 1
     */
    public int fetchSize() {
        return settings.fetchSize();
    }

    /**
     * Whether a range of a column can be found without reading the whole table.
     *
     * @param column the table's name of it
     * @return whether it is the first column of an index
     */
    public boolean hasIndexOn(String column) {
        return indexes.stream().anyMatch(index -> index.get(0).equals(column));
    }

    /**
     * The unit in which a column keeps times.
     *
     * @param column a TIMESTAMP column
     * @return 1 microsecond to 1 second
     */
    public Duration timeUnit(Column column) {
        return Duration.of((long) Math.pow(10, 6 - column(column.name()).secondDigits()), ChronoUnit.MICROS);
    }

    /**
     * How local times stand for instants.
     *
     * @return the zone, and which of two instants a repeated time is; empty if no column holds local times
     */
    public Optional<String> localTimes() {
        return columns.values().stream()
                .map(SqlColumn::localTimes)
                .filter(Objects::nonNull)
                .map(LocalTimes::describe)
                .findAny();
    }

    SqlColumn column(String column) {
        SqlColumn physical = columns.get(column);
        if (physical == null) {
            throw new IllegalArgumentException(
                    "table '" + settings.table().name() + "' has no column '" + column + "'");
        }
        return physical;
    }

    /**
     * Whether nothing can match a scan, so that no query is needed.
     *
     * @param scan the scan
     * @return whether its range or its limit is empty, or its filter matches nothing
     */
    public boolean isEmpty(Scan scan) {
        return ScanSql.isEmpty(scan);
    }

    /**
     * What a scan gives that {@link #isEmpty}.
     *
     * @return a cursor without rows
     */
    public RowCursor noRows() {
        return NO_ROWS;
    }

    /**
     * Appends {@code WHERE} and the conditions of a scan: its range, filter, partitions and versions. Appends nothing
     * if there is no condition.
     *
     * @param text the statement so far
     * @param scan the scan
     */
    public void where(SqlText text, Scan scan) {
        sql.where(text, scan);
    }

    /**
     * Makes a connection ready to stream one scan, outside a snapshot. {@link #endScan} takes that back.
     *
     * @param connection a connection outside any transaction
     * @throws SQLException if the database refuses
     */
    public void beginScan(Connection connection) throws SQLException {
        dialect.beginScan(connection);
    }

    /**
     * Takes back what {@link #beginScan} did.
     *
     * @param connection the connection
     * @throws SQLException if the database refuses
     */
    public void endScan(Connection connection) throws SQLException {
        twice(() -> dialect.endScan(connection));
    }

    /**
     * Begins a read-only transaction in which all scans see the same state. {@link #end} ends it.
     *
     * @param connection a connection outside any transaction
     * @throws SQLException if the database refuses
     */
    public void beginSnapshot(Connection connection) throws SQLException {
        dialect.beginSnapshot(connection);
    }

    /**
     * Begins a transaction, which {@link #commit} or {@link #end} ends. Everything that it needs is set inside it, for
     * a pooler may give the next one another connection to the server.
     *
     * @param connection a connection outside any transaction
     * @param isolation what it sees of others
     * @throws SQLException if the database refuses
     */
    public void begin(Connection connection, Isolation isolation) throws SQLException {
        dialect.begin(connection, isolation);
    }

    /**
     * Commits what {@link #begin} began.
     *
     * @param connection the connection
     * @throws SQLException if the database refuses, or if its answer is lost
     */
    public void commit(Connection connection) throws SQLException {
        dialect.commit(connection);
    }

    /**
     * Rolls back what was begun and hasn't ended, and takes back what was set for it.
     *
     * @param connection the connection
     * @throws SQLException if the database refuses
     */
    public void end(Connection connection) throws SQLException {
        twice(() -> dialect.end(connection));
    }

    private interface Ending {
        void run() throws SQLException;
    }

    /** A cancel request that came late may hit the first statement after the one that it was meant for. */
    private void twice(Ending ending) throws SQLException {
        try {
            ending.run();
        } catch (SQLException e) {
            LOG.debug("{}: rolling back again, since the first time failed", name, e);
            ending.run();
        }
    }

    /**
     * Whether {@link #begin} and {@link #beginSnapshot} change the isolation of the connection, which the caller has to
     * put back.
     *
     * @return whether they do; otherwise it is that of their transaction alone
     */
    public boolean setsIsolationOfConnection() {
        return dialect.setsIsolationOfConnection();
    }

    /**
     * Reads a scan in the connection's own transaction.
     *
     * @param connection a connection on which nothing else is read until the cursor is closed
     * @param scan the scan
     * @param control tells when to stop
     * @param release gives back the connection; is run exactly once: when the cursor is closed, or if this fails
     * @return the rows; the caller closes the cursor
     */
    public RowCursor open(Connection connection, Scan scan, ScanControl control, Runnable release) {
        return open(connection, sql.select(scan), scan, control, release);
    }

    /**
     * Reads a scan in any order and without its limit, in the connection's own transaction.
     *
     * @param connection a connection on which nothing else is read until the cursor is closed
     * @param scan the scan
     * @param suffix what stands at the end of the statement: empty, or {@code FOR UPDATE}
     * @param control tells when to stop
     * @param release gives back the connection; is run exactly once: when the cursor is closed, or if this fails
     * @return the rows; the caller closes the cursor
     */
    public RowCursor openUnordered(
            Connection connection, Scan scan, String suffix, ScanControl control, Runnable release) {
        return open(connection, sql.selectUnordered(scan).add(suffix), scan, control, release);
    }

    private RowCursor open(Connection connection, SqlText text, Scan scan, ScanControl control, Runnable release) {
        String what = "reading from " + name;
        ColumnReader[] readers = scan.rowType().columns().stream()
                .map(column -> reader(column(column.name())))
                .toArray(ColumnReader[]::new);
        RunningStatement running =
                RunningStatement.prepare(connection, text, settings.fetchSize(), name, dialect, control, release);
        ResultSet rows = running.execute(control, what);
        RefusedRow refused = new RefusedRow(name, scan.rowType(), readers, scan.table());
        return new ScanCursor(running, rows, scan.rowType(), readers, refused, control, what);
    }

    private ColumnReader reader(SqlColumn column) {
        ColumnReader reader = dialect.reader(column);
        return column.column().nullable() ? reader : ColumnReader.required(column, reader);
    }

    /**
     * Counts the rows of a scan in the connection's own transaction.
     *
     * @param connection the connection
     * @param scan the scan
     * @param control tells when to stop
     * @return how many rows
     */
    public long count(Connection connection, Scan scan, ScanControl control) {
        String what = "counting in " + name;
        RunningStatement running =
                RunningStatement.prepare(connection, sql.count(scan), 0, name, dialect, control, () -> {});
        ResultSet rows = running.execute(control, what);
        try {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            control.check(what);
            throw running.failure(e);
        } finally {
            running.close(false);
        }
    }

    /**
     * Groups the rows of a scan and measures the groups, in the connection's own transaction.
     *
     * @param connection the connection
     * @param grouped what to aggregate
     * @param control tells when to stop
     * @return the groups in no order; one more than the bound if there are more
     * @throws BadQueryException if a sum is too large
     */
    public List<Row> aggregate(Connection connection, GroupedScan grouped, ScanControl control) {
        try {
            return groups(connection, grouped, control);
        } catch (TieredQueryException e) {
            if (e.getCause() instanceof SQLException driver && dialect.isOverflow(driver)) {
                throw new BadQueryException(
                        name + ": a sum of a group is too large; aggregate fewer rows at a time", e);
            }
            throw e;
        }
    }

    private List<Row> groups(Connection connection, GroupedScan grouped, ScanControl control) {
        String what = "aggregating in " + name;
        GroupSql groups = new GroupSql(this, dialect, sql);
        ColumnReader[] readers = groups.readers(grouped);
        RunningStatement running = RunningStatement.prepare(
                connection, groups.select(grouped), settings.fetchSize(), name, dialect, control, () -> {});
        ResultSet result = running.execute(control, what);
        List<Row> rows = new ArrayList<>();
        RefusedRow refused = new RefusedRow(name, grouped.rowType(), readers, null);
        try (RowCursor cursor = new ScanCursor(running, result, grouped.rowType(), readers, refused, control, what)) {
            for (Row row = cursor.next(); row != null; row = cursor.next()) {
                rows.add(row);
            }
        }
        return rows;
    }

    /**
     * How its rows are spread over Hive partitions.
     *
     * @return the layout, empty if nothing is said of partitions
     */
    public Optional<HivePartitionLayout> layout() {
        return Optional.ofNullable(settings.layout());
    }

    /**
     * The partitions that the database shows rows of.
     *
     * @param connection the connection
     * @param scan whose time partitions count
     * @param control tells when to stop
     * @return their paths, with versions if the layout has them
     * @throws IllegalStateException if there is no {@link #layout}
     */
    public Set<String> partitions(Connection connection, Scan scan, ScanControl control) {
        HivePartitionLayout layout = settings.layout();
        if (layout == null) {
            throw new IllegalStateException(name + " was built without a layout; give it one with layout(…)");
        }
        return new ShownPartitions(this, dialect, layout).read(connection, scan, control);
    }

    /**
     * Says how a scan would be answered.
     *
     * @param scan the scan
     * @return the plan
     */
    public ScanPlan explain(Scan scan) {
        AccessPlan plan = settings.layout() == null
                ? AccessPlan.of(scan, indexes)
                : AccessPlan.pruned(scan, settings.layout().filterColumns());
        return new ScanPlan(plan.path(), sql.select(scan).toString(), plan.residual());
    }
}
