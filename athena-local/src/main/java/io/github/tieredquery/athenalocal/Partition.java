package io.github.tieredquery.athenalocal;

import java.util.List;

/**
 * A registered partition: its values in the order of the table's keys, as text, where its files are, and how many
 * columns the table had when it was registered: Glue keeps a partition's own columns, and those that the table gets
 * afterwards are NULL in it, whatever its files hold.
 *
 * @param location an {@code s3://} address that ends in a slash
 */
record Partition(List<String> values, String location, int columns) {
    /** The value that stands for NULL. */
    static final String NULL_VALUE = "__HIVE_DEFAULT_PARTITION__";
}
