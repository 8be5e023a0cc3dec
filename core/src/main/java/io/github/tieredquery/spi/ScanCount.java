package io.github.tieredquery.spi;

/**
 * The answer to {@link Source#count}. Immutable.
 *
 * @param rows how many rows
 * @param stats what counting has cost
 */
public record ScanCount(long rows, ScanStats stats) {}
