package io.github.tieredquery.store;

/**
 * A finished file of the archive. Immutable.
 *
 * @param location where it lies, as the cold store names it ({@code "$path"} of Athena)
 * @param rows how many rows it holds
 * @param bytes its size
 */
public record StoredFile(String location, long rows, long bytes) {}
