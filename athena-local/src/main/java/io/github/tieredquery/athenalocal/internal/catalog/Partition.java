package io.github.tieredquery.athenalocal.internal.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A registered partition: its values in the order of the table's keys, as text, where its files are, and how many
 * columns the table had when it was registered: Glue keeps a partition's own columns, and those that the table gets
 * afterwards are NULL in it, whatever its files hold.
 *
 * @param location an {@code s3://} address that ends in a slash
 */
public record Partition(List<String> values, String location, int columns) {
    /** The value that stands for NULL. */
    public static final String NULL_VALUE = "__HIVE_DEFAULT_PARTITION__";

    /**
     * The value that rows show as NULL, as Trino's page sources do, whatever the partition's path says. The list of
     * partitions, and what prunes by it, have the text.
     */
    static final String NULL_IN_ROWS = "\\N";

    /** What stands in the partition's rows for a value. */
    public static @Nullable String inRows(String value) {
        return value.equals(NULL_IN_ROWS) ? null : inList(value);
    }

    /** What stands in the list of partitions for a value. */
    public static @Nullable String inList(String value) {
        return value.equals(NULL_VALUE) ? null : value;
    }
}
