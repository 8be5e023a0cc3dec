package io.github.tieredquery.spi;

/** How a backend gets at the rows of a scan, from the cheapest to the dearest. */
public enum AccessPath {
    /** Nothing is read: the answer stands in the archive's manifest. */
    MANIFEST,
    /** A range of the primary key or of the time index. */
    KEY_RANGE,
    /** An index that serves the filter. */
    INDEX,
    /** Only the partitions that can hold matching rows. */
    PARTITION_PRUNED,
    /** Everything is read and filtered afterwards. */
    FILTER_SCAN
}
