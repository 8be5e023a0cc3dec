package io.github.tieredquery.athena.internal.catalog;

import io.github.tieredquery.athena.internal.codec.PartitionCodec;
import io.github.tieredquery.athena.internal.sql.AthenaColumn;
import io.github.tieredquery.athena.internal.sql.AthenaTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.services.athena.model.Column;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/** Compares the table in Athena with what the source is built for. */
public final class SchemaCheck {

    private SchemaCheck() {}

    /** What differs, one sentence each; empty if the table fits. */
    public static List<String> differences(AthenaTable table, TableMetadata metadata) {
        List<String> differences = new ArrayList<>();
        Map<String, String> columns = types(metadata.columns());
        for (AthenaColumn column : table.columns()) {
            if (column.partition()) {
                continue;
            }
            String declared = columns.get(column.physicalName());
            if (declared == null) {
                differences.add("column '" + column.column().name() + "' needs a column '" + column.physicalName()
                        + "', and there is " + columns.keySet());
            } else if (!column.codec().reads(declared)) {
                differences.add("column '" + column.column().name() + "', "
                        + column.column().type()
                        + ", can't be read from '" + column.physicalName() + "', which is " + declared + " and not "
                        + column.codec().declaredType());
            }
        }
        Map<String, String> keys = types(metadata.partitionKeys());
        if (!List.copyOf(keys.keySet()).equals(table.partitionColumns())) {
            differences.add("the partition columns are " + keys.keySet() + ", and the layout's are "
                    + table.partitionColumns());
        }
        keys.forEach((name, type) -> {
            if (!table.readsPartition(name, type)) {
                differences.add("the partition column '" + name + "' is " + type + " and not string");
            }
        });
        return differences;
    }

    /**
     * The nullable columns at the end that the table in Athena doesn't have, if that is all that it lacks: they were
     * appended since it was made.
     *
     * @param positional whether files hold values by the order of the columns, so that no other one may come between
     */
    public static List<AthenaColumn> appended(AthenaTable table, boolean positional, TableMetadata metadata) {
        Map<String, String> there = types(metadata.columns());
        List<AthenaColumn> missing = new ArrayList<>();
        int present = 0;
        for (AthenaColumn column : table.columns()) {
            if (column.partition()) {
                continue;
            }
            boolean found = there.containsKey(column.physicalName());
            if (found ? !missing.isEmpty() : !column.column().nullable()) {
                return List.of();
            }
            if (found) {
                present++;
            } else {
                missing.add(column);
            }
        }
        boolean fits = differences(table, metadata).size() == missing.size();
        return fits && (present == there.size() || !positional) ? missing : List.of();
    }

    /** What is wrong with the order of the columns, if files hold them without their names. */
    public static List<String> misplaced(AthenaTable table, TableMetadata metadata) {
        List<String> there = List.copyOf(types(metadata.columns()).keySet());
        List<String> files = table.columns().stream()
                .filter(column -> !column.partition())
                .map(AthenaColumn::physicalName)
                .toList();
        List<String> beginning = there.subList(0, Math.min(files.size(), there.size()));
        return !there.containsAll(files) || beginning.equals(files)
                ? List.of()
                : List.of("files have the columns " + files + " in this order, and the table begins with " + beginning);
    }

    /** The types of partition columns that aren't text. */
    public static Map<String, String> partitionTypes(TableMetadata metadata) {
        Map<String, String> types = types(metadata.partitionKeys());
        types.values().removeIf(PartitionCodec::isText);
        return types;
    }

    private static Map<String, String> types(List<Column> columns) {
        Map<String, String> types = new LinkedHashMap<>();
        for (Column column : columns) {
            types.put(
                    column.name().toLowerCase(Locale.ROOT),
                    column.type().toLowerCase(Locale.ROOT).replace(" ", ""));
        }
        return types;
    }
}
