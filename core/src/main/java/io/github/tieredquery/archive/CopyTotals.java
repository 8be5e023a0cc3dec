package io.github.tieredquery.archive;

/**
 * How far a copy has come, in finished files.
 *
 * @param rows how many rows they have
 * @param bytes how many bytes
 * @param files how many files
 */
record CopyTotals(long rows, long bytes, int files) {}
