package io.github.tieredquery.athena.internal.sql;

import io.github.tieredquery.athena.internal.execution.StatementRunner;
import io.github.tieredquery.athena.internal.format.TableStorage;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The statements that make and change the cold table, in Hive's grammar. Immutable and thread-safe. */
public final class TableDdl {

    /** A sensible size for one statement, well below what Athena takes in its ten minutes. */
    private static final int PARTITIONS_PER_STATEMENT = 1000;

    private static final int STATEMENT_BYTES = StatementRunner.LONGEST_STATEMENT_BYTES - 1024;

    private final AthenaTable table;
    private final S3Location location;
    private final Map<String, String> extraProperties;

    /**
     * The statements of a table.
     *
     * @param location where it lies
     * @param extraProperties of the table, besides those of its storage
     */
    public TableDdl(AthenaTable table, S3Location location, Map<String, String> extraProperties) {
        this.table = table;
        this.location = location;
        this.extraProperties = extraProperties;
    }

    /**
     * The table.
     *
     * @param storage how its files are written
     */
    public String createTable(TableStorage storage) {
        String columns = table.columns().stream()
                .filter(each -> !each.partition())
                .map(each -> "  " + declaration(each))
                .collect(Collectors.joining(",\n"));
        Map<String, String> properties = new LinkedHashMap<>(storage.properties());
        properties.putAll(extraProperties);
        return create(columns, storage.clauses(), properties);
    }

    /**
     * A table for the files of another one and further ones like them.
     *
     * @param other how its files are written
     * @param otherColumns their names and types in the order of the files
     */
    public String createLike(TableStorage other, Map<String, String> otherColumns) {
        Map<String, String> columns = new LinkedHashMap<>(otherColumns);
        table.columns().stream()
                .filter(each -> !each.partition())
                .forEach(each -> columns.put(each.physicalName(), each.codec().declaredType()));
        return create(
                columns.entrySet().stream()
                        .map(each -> "  " + HiveSql.identifier(each.getKey()) + " " + each.getValue())
                        .collect(Collectors.joining(",\n")),
                other.clauses(),
                other.properties());
    }

    private String create(String columns, String clauses, Map<String, String> tableProperties) {
        String partitions = table.partitionColumns().stream()
                .map(each -> "  " + HiveSql.identifier(each) + " string")
                .collect(Collectors.joining(",\n"));
        return "CREATE EXTERNAL TABLE IF NOT EXISTS " + name() + " (\n" + columns + "\n)\nPARTITIONED BY (\n"
                + partitions + "\n)\n" + clauses + "LOCATION " + HiveSql.string(location.toString())
                + (tableProperties.isEmpty()
                        ? ""
                        : tableProperties.entrySet().stream()
                                .map(each -> HiveSql.string(each.getKey()) + " = " + HiveSql.string(each.getValue()))
                                .collect(Collectors.joining(", ", "\nTBLPROPERTIES (", ")")));
    }

    private static String declaration(AthenaColumn column) {
        return HiveSql.identifier(column.physicalName()) + " " + column.codec().declaredType();
    }

    /** Appends columns; they stand before the partition columns. */
    public String addColumns(List<AthenaColumn> columns) {
        return "ALTER TABLE " + name()
                + columns.stream().map(TableDdl::declaration).collect(Collectors.joining(", ", " ADD COLUMNS (", ")"));
    }

    /**
     * Registers partitions; as few statements as the limits allow.
     *
     * @param places where each one's files lie
     * @param version null in a layout without one
     */
    public List<String> addPartitions(Map<HivePartition, S3Location> places, @Nullable Long version) {
        List<String> specs = places.entrySet().stream()
                .map(each -> "PARTITION " + spec(each.getKey(), version) + " LOCATION "
                        + HiveSql.string(each.getValue().toString()))
                .toList();
        return statements("ALTER TABLE " + name() + " ADD IF NOT EXISTS", specs, " ");
    }

    /** Takes partitions out of the table; their files stay. */
    public List<String> dropPartitions(List<HivePartition> partitions, @Nullable Long version) {
        List<String> specs = partitions.stream()
                .map(each -> "PARTITION " + spec(each, version))
                .toList();
        return statements("ALTER TABLE " + name() + " DROP IF EXISTS", specs, ", ");
    }

    public String repair() {
        return "MSCK REPAIR TABLE " + name();
    }

    /** Where the table lies. */
    public S3Location location() {
        return location;
    }

    public S3Location folder(HivePartition partition, @Nullable Long version) {
        return location.resolve((version == null ? partition.path() : partition.path(version)) + "/");
    }

    private String spec(HivePartition partition, @Nullable Long version) {
        List<String> parts = new ArrayList<>();
        for (String column : partition.columns()) {
            String value = partition.value(column);
            parts.add(HiveSql.identifier(table.partitionName(column)) + " = "
                    + HiveSql.string(value == null ? io.github.tieredquery.partition.HivePath.NULL_TEXT : value));
        }
        if (version != null) {
            parts.add(HiveSql.identifier(HivePartitionLayout.VERSION_COLUMN) + " = "
                    + HiveSql.string(HivePartitionLayout.versionText(version)));
        }
        return "(" + String.join(", ", parts) + ")";
    }

    private static List<String> statements(String head, List<String> specs, String separator) {
        List<String> statements = new ArrayList<>();
        StringBuilder statement = new StringBuilder();
        int bytes = 0;
        int count = 0;
        for (String spec : specs) {
            int length = spec.getBytes(StandardCharsets.UTF_8).length + separator.length();
            if (count == PARTITIONS_PER_STATEMENT || (count > 0 && bytes + length > STATEMENT_BYTES)) {
                statements.add(statement.toString());
                count = 0;
            }
            if (count == 0) {
                statement = new StringBuilder(head);
                bytes = head.length();
            }
            statement.append(count == 0 ? " " : separator).append(spec);
            bytes += length;
            count++;
        }
        if (count > 0) {
            statements.add(statement.toString());
        }
        return statements;
    }

    private String name() {
        return HiveSql.identifier(table.database()) + "." + HiveSql.identifier(table.name());
    }
}
