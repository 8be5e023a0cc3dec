package io.github.tieredquery.athena.format;

/** How Athena gets to know of new partitions. */
public enum PartitionRegistration {
    /** {@code ALTER TABLE … ADD PARTITION}, many in one statement: exactly those that were written. The default. */
    ADD_PARTITION,
    /**
     * {@code MSCK REPAIR TABLE}: lists the whole table's prefix each time, which takes long for a big archive, and
     * needs nothing but the files. It passes over values with a colon, so the archiver refuses such rows.
     */
    MSCK,
    /**
     * Partition projection: nothing is registered, Athena works the partitions out from the query. Only for layouts
     * {@linkplain io.github.tieredquery.partition.HivePartitionLayout#withoutVersion() without a version}, since
     * versions can't be worked out; so with one archiver at a time and without sweeps. There is no list of partitions
     * in which a reader could find out that one is missing, as it does with the other ways: where the table's
     * properties don't cover a partition, its rows are silently missing from results. So the archiver refuses values
     * that aren't projected, and columns that are injected.
     */
    PROJECTION
}
