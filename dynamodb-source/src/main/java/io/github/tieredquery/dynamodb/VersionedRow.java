package io.github.tieredquery.dynamodb;

import io.github.tieredquery.table.Row;

/**
 * A row as it was read, to be replaced only if nobody has changed it since. Immutable.
 *
 * @param row the row, with all columns of the table
 * @param version what its item had as its version, another one after each write; empty if it was written past the
 *     library
 */
public record VersionedRow(Row row, String version) {}
