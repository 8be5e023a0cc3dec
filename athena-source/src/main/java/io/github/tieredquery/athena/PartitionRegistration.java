package io.github.tieredquery.athena;

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
     * without a version, since versions can't be worked out; so for archives that another job fills.
     */
    PROJECTION
}
