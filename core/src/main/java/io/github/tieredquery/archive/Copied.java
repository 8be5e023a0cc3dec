package io.github.tieredquery.archive;

/**
 * How far a copy has come.
 *
 * @param rows how many rows were read
 * @param bytes how many bytes the finished files have
 * @param files how many files are finished
 */
record Copied(long rows, long bytes, int files) {}
