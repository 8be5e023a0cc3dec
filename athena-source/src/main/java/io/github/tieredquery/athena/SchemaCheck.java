package io.github.tieredquery.athena;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.services.athena.model.Column;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/** Compares the table in Athena with what the source is built for. */
final class SchemaCheck {

    private SchemaCheck() {}

    /** What differs, one sentence each; empty if the table fits. */
    static List<String> differences(ColdTable table, List<String> partitionColumns, TableMetadata metadata) {
        List<String> differences = new ArrayList<>();
        Map<String, String> columns = types(metadata.columns());
        for (ColdColumn column : table.columns()) {
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
        if (!List.copyOf(keys.keySet()).equals(partitionColumns)) {
            differences.add(
                    "the partition columns are " + keys.keySet() + ", and the layout's are " + partitionColumns);
        }
        keys.forEach((name, type) -> {
            if (!type.equals("string") && !type.startsWith("varchar(")) {
                differences.add("the partition column '" + name + "' is " + type + " and not string");
            }
        });
        return differences;
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
