package io.github.tieredquery.store;

/**
 * How much an archive holds at one moment. Immutable.
 *
 * @param partitions how many partitions with rows; one that is held in parts, under several versions, counts as often
 * @param bytes how many bytes their files have
 */
public record ArchiveSize(int partitions, long bytes) {}
