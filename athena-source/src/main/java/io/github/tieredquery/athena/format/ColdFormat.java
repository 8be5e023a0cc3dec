package io.github.tieredquery.athena.format;

/**
 * The form of a cold table's files. Each column has one encoding in each, from which every value reads back exactly.
 */
public enum ColdFormat {
    /**
     * Gzip CSV, read with the OpenCSV SerDe: every field quoted, every column declared {@code string}. Line breaks in
     * texts, and NULL of a STRING, are written as control characters that keep the order of texts; NULL of other types
     * is an empty field.
     */
    CSV,
    /** Parquet, every column of Athena's own type but timestamps, which are texts, since Athena keeps milliseconds. */
    PARQUET
}
