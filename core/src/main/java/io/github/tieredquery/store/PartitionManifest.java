package io.github.tieredquery.store;

import io.github.tieredquery.partition.HivePartition;
import java.time.Instant;
import java.util.List;

/**
 * What one version of one partition holds. A manifest is written once and never changed. Immutable.
 *
 * @param partition the partition, without the version
 * @param version the version of the attempt that wrote it
 * @param files its files, at least one
 * @param rows how many rows
 * @param bytes how many bytes its files have
 * @param minTime the oldest row's time
 * @param maxTime the newest row's time
 * @param digest the rows' digest
 * @param schemaVersion which version of the table's schema wrote it, from 1
 */
public record PartitionManifest(
        HivePartition partition,
        long version,
        List<StoredFile> files,
        long rows,
        long bytes,
        Instant minTime,
        Instant maxTime,
        RowDigest digest,
        int schemaVersion) {

    /** Copies the list. */
    public PartitionManifest {
        files = List.copyOf(files);
    }
}
