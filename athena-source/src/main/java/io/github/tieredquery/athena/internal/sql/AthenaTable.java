package io.github.tieredquery.athena.internal.sql;

import io.github.tieredquery.athena.internal.codec.PartitionCodec;
import io.github.tieredquery.athena.internal.codec.TrinoSql;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.partition.PartitionLook;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Filter.Operator;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanPlan;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The table in Athena, and the queries that it is asked. Immutable and thread-safe. */
public final class AthenaTable {

    /** The table's name within a statement. */
    public static final String ALIAS = "t";

    private static final String VERSION = ALIAS + "." + TrinoSql.identifier(HivePartitionLayout.VERSION_COLUMN);
    private static final Instant FIRST = TimeRange.SUPPORTED.from();
    private static final Instant END = TimeRange.SUPPORTED.to();

    private final Table table;
    private final String database;
    private final String name;
    private final HivePartitionPlanner planner;
    private final Map<String, AthenaColumn> columns;
    private final Map<String, String> partitionTypes;

    /**
     * A table.
     *
     * @param columns by the names of the logical ones
     * @param partitionTypes the types of partition columns that aren't text, by their names in Athena, in lower case
     *     without spaces
     */
    public AthenaTable(
            Table table,
            String database,
            String name,
            HivePartitionPlanner planner,
            Map<String, AthenaColumn> columns,
            Map<String, String> partitionTypes) {
        this.table = table;
        this.database = database;
        this.name = name;
        this.planner = planner;
        this.columns = columns;
        this.partitionTypes = Map.copyOf(partitionTypes);
    }

    public Table table() {
        return table;
    }

    public HivePartitionLayout layout() {
        return planner.layout();
    }

    public HivePartitionPlanner planner() {
        return planner;
    }

    public Collection<AthenaColumn> columns() {
        return columns.values();
    }

    public AthenaColumn column(String logicalName) {
        AthenaColumn column = columns.get(logicalName);
        if (column == null) {
            throw new IllegalArgumentException("no column '" + logicalName + "' among " + columns.keySet());
        }
        return column;
    }

    public String database() {
        return database;
    }

    public String name() {
        return name;
    }

    /** Whether a scan certainly finds nothing, so that Athena needn't be asked. */
    public boolean isEmpty(Scan scan) {
        return scan.range().isEmpty()
                || scan.filter() instanceof Filter.None
                || scan.limit().orElse(1) == 0
                || (layout().isVersioned()
                        && scan.versions().map(VisibleVersions::ceiling).orElse(1L) == 0)
                || !scan.range().from().isBefore(END)
                || !scan.range().to().isAfter(FIRST)
                || partitions(scan) instanceof Filter.None;
    }

    /** How a scan is answered: the statement is without the values of its filter. */
    public ScanPlan explain(Scan scan) {
        Filter partitions = partitions(scan);
        return new ScanPlan(
                partitions instanceof Filter.All ? AccessPath.FILTER_SCAN : AccessPath.PARTITION_PRUNED,
                select(scan, partitions, Use.SHOW),
                residual(scan.condition()));
    }

    /** The conditions that don't keep any file from being read. */
    private Filter residual(Filter filter) {
        List<Filter> conditions = filter instanceof Filter.And and ? and.filters() : List.of(filter);
        return Filter.and(
                conditions.stream().filter(each -> !planner.isExact(each)).toList());
    }

    /** Whether a statement is to be run, or to be shown without the values of its filter. */
    private enum Use {
        RUN,
        SHOW
    }

    /** The rows of a scan. */
    public String select(Scan scan) {
        return select(scan, partitions(scan), Use.RUN);
    }

    private String select(Scan scan, Filter partitions, Use use) {
        String names = scan.rowType().columns().stream()
                .map(each -> column(each.name()).reference() + " AS " + TrinoSql.identifier(each.name()))
                .collect(Collectors.joining(", "));
        return "SELECT " + names + from() + where(scan, partitions, use) + orderBy(scan) + limit(scan);
    }

    /** How many rows a scan has. */
    public String count(Scan scan) {
        return scan.limit().isPresent()
                ? "SELECT count(*) AS \"rows\" FROM (SELECT 1 AS \"one\"" + from()
                        + where(scan, partitions(scan), Use.RUN) + limit(scan) + ")"
                : "SELECT count(*) AS \"rows\"" + from() + where(scan, partitions(scan), Use.RUN);
    }

    /** Each file that a version has in a window, with the rows that a reader of the window gets from it. */
    public String files(TimeRange window, long version) {
        List<String> conditions = new ArrayList<>();
        Filter partitions = planner.predicate(window, Filter.all());
        if (!(partitions instanceof Filter.All)) {
            conditions.add(new FilterSql(column -> partitionText(column, Use.RUN)).write(partitions));
        }
        if (layout().isVersioned()) {
            conditions.add(VERSION + " = " + TrinoSql.string(HivePartitionLayout.versionText(version)));
        }
        conditions.addAll(during(window));
        String path = ALIAS + "." + TrinoSql.identifier("$path");
        return "SELECT " + path + " AS \"path\", count(*) AS \"rows\"" + from()
                + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions)) + " GROUP BY " + path;
    }

    /**
     * The registered partitions around a range and some versions, by the catalog alone: no file is read.
     *
     * @param names the partition columns with the version
     */
    public String registered(List<String> names, TimeRange range, long firstVersion, long lastVersion) {
        List<String> conditions = new ArrayList<>();
        Filter partitions = planner.predicate(range, Filter.all());
        if (!(partitions instanceof Filter.All)) {
            conditions.add(new FilterSql(column -> partitionText(column, Use.RUN)).write(partitions));
        }
        if (layout().isVersioned()) {
            conditions.add(VERSION + " BETWEEN " + TrinoSql.string(HivePartitionLayout.versionText(firstVersion))
                    + " AND " + TrinoSql.string(HivePartitionLayout.versionText(lastVersion)));
        }
        return "SELECT "
                + names.stream()
                        .map(each -> ALIAS + "." + TrinoSql.identifier(each) + " AS " + TrinoSql.identifier(each))
                        .collect(Collectors.joining(", "))
                + " FROM " + TrinoSql.identifier(database) + "." + TrinoSql.identifier(name + "$partitions") + " "
                + ALIAS
                + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions));
    }

    /**
     * One of the registered partitions that aren't the layout's, by the catalog alone.
     *
     * @param names the partition columns
     */
    public String others(List<String> names, PartitionLook look) {
        List<String> conditions = new ArrayList<>();
        for (PartitionLook.Sign sign : look.signs()) {
            AthenaColumn column = partitionText(sign.column(), Use.RUN);
            String type = partitionTypes.getOrDefault(column.physicalName(), "string");
            boolean isTime = layout().timeColumns().contains(sign.column());
            List<String> literals = sign.texts();
            switch (sign.test()) {
                case NULL -> conditions.add(column.reference() + " IS NULL");
                case NOT_IN -> {
                    if (isTime || PartitionCodec.isText(type)) {
                        conditions.add(column.reference() + " NOT IN "
                                + TrinoSql.list(literals.stream()
                                        .map(column.codec()::literal)
                                        .toList()));
                    }
                }
                case LIKE, NOT_LIKE -> {
                    String word = sign.test() == PartitionLook.Test.LIKE ? " LIKE " : " NOT LIKE ";
                    if (PartitionCodec.isText(type)) {
                        literals.forEach(text -> conditions.add(column.reference() + word + TrinoSql.string(text)));
                    }
                }
            }
        }
        return registered(names, TimeRange.SUPPORTED, 0, 0) + " WHERE " + String.join(" OR ", conditions) + " LIMIT 1";
    }

    /** The partition columns of the time that are numbers, under the layout's names. */
    public Set<String> numbers() {
        return layout().timeColumns().stream()
                .filter(name -> PartitionCodec.isInteger(partitionTypes.getOrDefault(name, "string")))
                .collect(Collectors.toSet());
    }

    /** Whether a partition column can be read if the catalog has it as of a type. */
    public boolean readsPartition(String physicalName, String type) {
        if (!type.equals(partitionTypes.get(physicalName))) {
            return PartitionCodec.isText(type) && !partitionTypes.containsKey(physicalName);
        }
        if (layout().timeColumns().contains(physicalName)) {
            return PartitionCodec.isInteger(type)
                    ? layout().isNumber(physicalName)
                    : type.equals("date") && layout().isDate(physicalName);
        }
        return columns.values().stream()
                .filter(column -> column.physicalName().equals(physicalName))
                .anyMatch(column -> column.codec().reads(type));
    }

    /** All registered partitions, by the catalog alone. */
    public String partitions(List<String> names) {
        return registered(names, TimeRange.SUPPORTED, 0, 0);
    }

    /**
     * The files of some partitions with all their rows, whatever the rows' times.
     *
     * @param names the partition columns
     * @param range the time of the partitions
     */
    public String filesByPartition(List<String> names, TimeRange range) {
        String keys = names.stream()
                .map(each -> ALIAS + "." + TrinoSql.identifier(each))
                .collect(Collectors.joining(", "));
        String path = ALIAS + "." + TrinoSql.identifier("$path");
        Filter partitions = planner.predicate(range, Filter.all());
        return "SELECT "
                + names.stream()
                        .map(each ->
                                ALIAS + "." + TrinoSql.identifier(each) + " AS " + TrinoSql.identifier(each) + ", ")
                        .collect(Collectors.joining())
                + path + " AS \"path\", count(*) AS \"rows\"" + from()
                + (partitions instanceof Filter.All
                        ? ""
                        : " WHERE " + new FilterSql(column -> partitionText(column, Use.RUN)).write(partitions))
                + " GROUP BY " + keys + ", " + path;
    }

    /** What stands after the select list: the table and the rows of a scan. */
    String fromWhere(Scan scan) {
        return from() + where(scan, partitions(scan), Use.RUN);
    }

    /** The table with its alias. */
    public String from() {
        return " FROM " + TrinoSql.identifier(database) + "." + TrinoSql.identifier(name) + " " + ALIAS;
    }

    private String where(Scan scan, Filter partitions, Use use) {
        List<String> conditions = new ArrayList<>();
        if (!(partitions instanceof Filter.All)) {
            conditions.add(new FilterSql(column -> partitionText(column, use)).write(partitions));
        }
        if (layout().isVersioned() && scan.versions().isPresent()) {
            conditions.addAll(visible(scan.versions().get()));
        }
        conditions.addAll(during(scan.range()));
        Filter condition = scan.condition();
        if (!(condition instanceof Filter.All) && !planner.isExact(condition)) {
            conditions.add(
                    new FilterSql(column -> use == Use.SHOW ? column(column).masked() : column(column))
                            .write(condition));
        }
        return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    private Filter partitions(Scan scan) {
        return planner.predicate(scan.range(), scan.condition());
    }

    /** The conditions that leave only versions that may be seen. */
    public static List<String> visible(VisibleVersions versions) {
        List<String> conditions = new ArrayList<>();
        conditions.add(VERSION + " <= " + TrinoSql.string(HivePartitionLayout.versionText(versions.ceiling())));
        if (!versions.excluded().isEmpty()) {
            conditions.add(VERSION + " NOT IN "
                    + TrinoSql.list(versions.excluded().stream()
                            .map(HivePartitionLayout::versionText)
                            .map(TrinoSql::string)
                            .toList()));
        }
        return conditions;
    }

    private List<String> during(TimeRange range) {
        AthenaColumn time = column(table.timeColumn().name());
        List<String> conditions = new ArrayList<>();
        // Outside of the years 1 to 9999 there are no rows, and no literals.
        if (range.from().isAfter(FIRST)) {
            conditions.add(time.codec().compare(time.reference(), Operator.GE, range.from()));
        }
        if (range.to().isBefore(END)) {
            conditions.add(time.codec().compare(time.reference(), Operator.LT, range.to()));
        }
        return conditions;
    }

    String orderBy(Scan scan) {
        String direction = scan.order() == Order.NEWEST_FIRST ? " DESC" : "";
        List<String> terms = new ArrayList<>();
        scan.clusteredBy().forEach(each -> terms.add(column(each).comparable()));
        table.orderColumns().forEach(each -> terms.add(column(each).comparable() + direction));
        return " ORDER BY " + String.join(", ", terms);
    }

    private static String limit(Scan scan) {
        return scan.limit().isPresent() ? " LIMIT " + scan.limit().getAsLong() : "";
    }

    /** A partition column as the text that it is, not as the value of the logical column. */
    private AthenaColumn partitionText(String partitionColumn, Use use) {
        AthenaColumn text = new AthenaColumn(
                new Column(partitionColumn, ColumnType.STRING, true),
                partitionName(partitionColumn),
                new PartitionCodec(partitionTypes.getOrDefault(partitionName(partitionColumn), "string")),
                true);
        return use == Use.SHOW && columns.containsKey(partitionColumn) ? text.masked() : text;
    }

    /** All partition columns with the version, in the order of the path. */
    public List<String> partitionColumns() {
        List<String> names = new ArrayList<>();
        layout().partitionColumns().forEach(each -> names.add(partitionName(each)));
        if (layout().isVersioned()) {
            names.add(HivePartitionLayout.VERSION_COLUMN);
        }
        return names;
    }

    /** The name in Athena of a partition column of the layout. */
    String partitionName(String partitionColumn) {
        @Nullable AthenaColumn logical = columns.get(partitionColumn);
        return logical == null ? partitionColumn : logical.physicalName();
    }
}
