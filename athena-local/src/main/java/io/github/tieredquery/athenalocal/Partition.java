package io.github.tieredquery.athenalocal;

import java.util.List;

/**
 * A registered partition: its values in the order of the table's keys, as text, and where its files are.
 *
 * @param location an {@code s3://} address that ends in a slash
 */
record Partition(List<String> values, String location) {
    /** The value that stands for NULL. */
    static final String NULL_VALUE = "__HIVE_DEFAULT_PARTITION__";
}
