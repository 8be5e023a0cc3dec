package io.github.tieredquery.athenalocal.internal.execution;

import io.github.tieredquery.athenalocal.internal.catalog.Catalog;
import io.github.tieredquery.athenalocal.internal.catalog.Column;
import io.github.tieredquery.athenalocal.internal.catalog.HivePaths;
import io.github.tieredquery.athenalocal.internal.catalog.Partition;
import io.github.tieredquery.athenalocal.internal.catalog.Table;
import io.github.tieredquery.athenalocal.internal.hive.HiveStatement;
import io.github.tieredquery.athenalocal.internal.hive.HiveStatement.Name;
import io.github.tieredquery.athenalocal.internal.s3.S3Server;
import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import io.github.tieredquery.athenalocal.internal.type.S3Address;
import io.github.tieredquery.athenalocal.internal.type.SqlType;
import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Carries out statements of Hive's grammar on the catalog. Thread-safe. */
public final class HiveRunner {
    private static final String DDL_TASK =
            "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. ";

    private final Catalog catalog;
    private final S3Server s3;

    public HiveRunner(Catalog catalog, S3Server s3) {
        this.catalog = catalog;
        this.s3 = s3;
    }

    /** Returns the lines of the result. */
    List<String> run(HiveStatement statement, String session) {
        if (statement instanceof HiveStatement.CreateDatabase create) {
            createDatabase(create);
        } else if (statement instanceof HiveStatement.DropDatabase drop) {
            dropDatabase(drop);
        } else if (statement instanceof HiveStatement.CreateTable create) {
            createTable(create, session);
        } else if (statement instanceof HiveStatement.DropTable drop) {
            dropTable(drop, session);
        } else if (statement instanceof HiveStatement.AddPartitions add) {
            addPartitions(add, session);
        } else if (statement instanceof HiveStatement.DropPartitions drop) {
            dropPartitions(drop, session);
        } else if (statement instanceof HiveStatement.AddColumns add) {
            addColumns(add, session);
        } else if (statement instanceof HiveStatement.Repair repair) {
            return repair(repair.name(), session);
        } else {
            return show(statement, session);
        }
        return List.of();
    }

    private Table table(Name name, String session) {
        Table table = catalog.table(name.in(session), name.table());
        if (table == null) {
            throw QueryFailedException.hive(
                    1301,
                    "FAILED: SemanticException [Error 10001]: Table not found " + name.in(session) + "."
                            + name.table());
        }
        return table;
    }

    private void createDatabase(HiveStatement.CreateDatabase create) {
        if (!catalog.createDatabase(create.name()) && !create.ifNotExists()) {
            throw QueryFailedException.hive(
                    1110, DDL_TASK + "AlreadyExistsException(message:Database " + create.name() + " already exists)");
        }
    }

    private void dropDatabase(HiveStatement.DropDatabase drop) {
        if (!catalog.hasDatabase(drop.name())) {
            if (drop.ifExists()) {
                return;
            }
            throw QueryFailedException.hive(
                    1301, "FAILED: SemanticException [Error 10072]: Database does not exist: " + drop.name());
        }
        if (!drop.cascade() && !catalog.tableNames(drop.name()).isEmpty()) {
            throw QueryFailedException.hive(
                    1000,
                    DDL_TASK + "InvalidOperationException(message:Database " + drop.name()
                            + " is not empty. One or more tables exist.)");
        }
        catalog.dropDatabase(drop.name());
    }

    private void createTable(HiveStatement.CreateTable create, String session) {
        String database = create.name().in(session);
        if (!catalog.hasDatabase(database)) {
            throw QueryFailedException.hive(
                    1301, "FAILED: SemanticException [Error 10072]: Database does not exist: " + database);
        }
        String location = create.location().endsWith("/") ? create.location() : create.location() + "/";
        Table table = new Table(
                catalog.nextTableId(),
                database,
                create.name().table(),
                create.columns(),
                create.partitionKeys(),
                create.storage(),
                location,
                create.properties());
        if (!catalog.add(table) && !create.ifNotExists()) {
            throw QueryFailedException.hive(
                    1110,
                    DDL_TASK + "AlreadyExistsException(message:Table "
                            + create.name().table() + " already exists)");
        }
    }

    private void dropTable(HiveStatement.DropTable drop, String session) {
        if (!catalog.dropTable(drop.name().in(session), drop.name().table()) && !drop.ifExists()) {
            table(drop.name(), session);
        }
    }

    private void addPartitions(HiveStatement.AddPartitions add, String session) {
        Table table = table(add.name(), session);
        List<Partition> partitions = new ArrayList<>();
        for (HiveStatement.Spec spec : add.partitions()) {
            List<String> values = values(table, spec.values());
            String location = spec.location() == null
                    ? table.location() + HivePaths.partition(table.partitionKeys(), values)
                    : spec.location();
            if (S3Address.parse(location) == null) {
                throw QueryFailedException.hive(
                        1000, "FAILED: SemanticException Location isn't an S3 address: " + location);
            }
            partitions.add(new Partition(
                    values,
                    location.endsWith("/") ? location : location + "/",
                    table.columns().size()));
        }
        if (!add.ifNotExists()) {
            for (Partition partition : partitions) {
                if (table.hasPartition(partition.values())) {
                    throw QueryFailedException.hive(
                            1110, DDL_TASK + "AlreadyExistsException(message:Partition already exists.)");
                }
            }
        }
        partitions.forEach(table::addPartition);
    }

    private void addColumns(HiveStatement.AddColumns add, String session) {
        Table table = table(add.name(), session);
        for (Column column : add.columns()) {
            if (column.type().is(SqlType.Kind.DATE)) {
                throw QueryFailedException.hive(
                        1003,
                        "FAILED: ParseException ALTER TABLE ADD COLUMNS doesn't work for columns with the date datatype: "
                                + column.name());
            }
        }
        if (!table.addColumns(add.columns())) {
            throw QueryFailedException.hive(
                    1000,
                    DDL_TASK + "Duplicate column name among "
                            + add.columns().stream().map(Column::name).toList());
        }
    }

    private void dropPartitions(HiveStatement.DropPartitions drop, String session) {
        Table table = table(drop.name(), session);
        List<List<String>> all = new ArrayList<>();
        for (Map<String, String> spec : drop.partitions()) {
            List<String> values = values(table, spec);
            if (!table.hasPartition(values) && !drop.ifExists()) {
                throw QueryFailedException.hive(
                        1301,
                        "FAILED: SemanticException [Error 10006]: Partition not found "
                                + HivePaths.partition(table.partitionKeys(), values));
            }
            all.add(values);
        }
        all.forEach(table::dropPartition);
    }

    private static List<String> values(Table table, Map<String, String> spec) {
        List<String> values = new ArrayList<>();
        for (Column key : table.partitionKeys()) {
            String value = spec.get(key.name());
            if (value == null) {
                break;
            }
            values.add(value.isEmpty() ? Partition.NULL_VALUE : value);
        }
        if (values.size() != table.partitionKeys().size() || values.size() != spec.size() || values.isEmpty()) {
            throw QueryFailedException.hive(
                    1000,
                    "FAILED: SemanticException partition spec " + spec + " doesn't match the partition keys of "
                            + table.name());
        }
        return List.copyOf(values);
    }

    /** Adds what is found in Hive-style directories; reports as Hive does. */
    private List<String> repair(Name name, String session) {
        Table table = catalog.table(name.in(session), name.table());
        if (table == null || table.partitionKeys().isEmpty()) {
            return List.of();
        }
        S3Address address = S3Address.parse(table.location());
        File root = address == null
                ? null
                : s3.file(address.bucket(), address.key()).toFile();
        if (root == null || !root.isDirectory()) {
            return List.of("Tables missing on filesystem:\t" + table.name());
        }
        List<Partition> found = new ArrayList<>();
        find(table, root, table.location(), new ArrayList<>(), found);
        List<Partition> added = found.stream().filter(table::addPartition).toList();
        if (added.isEmpty()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        StringBuilder missing = new StringBuilder("Partitions not in metastore:");
        for (Partition partition : added) {
            String spec = table.name() + ":" + HivePaths.partition(table.partitionKeys(), partition.values());
            missing.append('\t').append(spec);
            lines.add("Repair: Added partition to metastore " + spec);
        }
        lines.add(0, missing.toString());
        return lines;
    }

    private static void find(Table table, File folder, String location, List<String> values, List<Partition> found) {
        if (values.size() == table.partitionKeys().size()) {
            found.add(
                    new Partition(List.copyOf(values), location, table.columns().size()));
            return;
        }
        String prefix = table.partitionKeys().get(values.size()).name() + "=";
        File[] children = folder.listFiles(File::isDirectory);
        if (children == null) {
            return;
        }
        Arrays.sort(children);
        for (File child : children) {
            // Keys in upper case and values with a colon are passed over without a word.
            String directory = child.getName();
            if (directory.startsWith(prefix)) {
                String value = HivePaths.unescape(directory.substring(prefix.length()));
                if (!value.contains(":")) {
                    values.add(value);
                    find(table, child, location + directory + "/", values, found);
                    values.remove(values.size() - 1);
                }
            }
        }
    }

    private List<String> show(HiveStatement statement, String session) {
        if (statement instanceof HiveStatement.ShowDatabases) {
            return catalog.databases();
        }
        if (statement instanceof HiveStatement.ShowTables show) {
            String database = show.database() == null ? session : show.database();
            String pattern = show.pattern();
            return catalog.tableNames(database).stream()
                    .filter(name -> pattern == null || name.matches(pattern.replace("*", ".*")))
                    .toList();
        }
        if (statement instanceof HiveStatement.ShowPartitions show) {
            Table table = table(show.name(), session);
            if (table.partitionKeys().isEmpty()) {
                throw QueryFailedException.hive(
                        1000,
                        DDL_TASK + "Table " + table.database() + "." + table.name() + " is not a partitioned table");
            }
            return table.partitions().list().stream()
                    .map(partition -> HivePaths.partition(table.partitionKeys(), partition.values()))
                    .toList();
        }
        if (statement instanceof HiveStatement.Describe describe) {
            return describe(table(describe.name(), session));
        }
        if (statement instanceof HiveStatement.ShowCreateTable show) {
            return ddl(table(show.name(), session));
        }
        throw new IllegalArgumentException("Not a statement of Hive's: " + statement);
    }

    private static List<String> describe(Table table) {
        List<String> lines = new ArrayList<>();
        table.columns().forEach(column -> lines.add(padded(column)));
        table.partitionKeys().forEach(key -> lines.add(padded(key)));
        if (!table.partitionKeys().isEmpty()) {
            lines.add("\t \t ");
            lines.add("# Partition Information\t \t ");
            lines.add(String.format(Locale.ROOT, "%-20s\t%-20s\t%-20s", "# col_name", "data_type", "comment"));
            lines.add("\t \t ");
            table.partitionKeys().forEach(key -> lines.add(padded(key)));
        }
        return lines;
    }

    private static String padded(Column column) {
        return String.format(Locale.ROOT, "%-20s\t%-20s\t%-20s", column.name(), column.declaredType(), "");
    }

    private static List<String> ddl(Table table) {
        List<String> lines = new ArrayList<>();
        lines.add("CREATE EXTERNAL TABLE `" + table.database() + "." + table.name() + "`(");
        addColumns(lines, table.columns());
        if (!table.partitionKeys().isEmpty()) {
            lines.add("PARTITIONED BY ( ");
            addColumns(lines, table.partitionKeys());
        }
        lines.add("ROW FORMAT SERDE ");
        lines.add("  '" + table.storage().serde() + "' ");
        lines.add("LOCATION");
        lines.add("  '" + table.location() + "'");
        return lines;
    }

    private static void addColumns(List<String> lines, List<Column> columns) {
        for (int i = 0; i < columns.size(); i++) {
            String end = i == columns.size() - 1 ? ")" : ", ";
            lines.add("  `" + columns.get(i).name() + "` " + columns.get(i).declaredType() + end);
        }
    }
}
