package io.github.tieredquery.store;

import io.github.tieredquery.partition.HivePartition;
import java.time.Instant;
import java.util.ArrayList;
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
 * @param schemaVersion which version of the table's schema wrote it, from 1: columns of later ones are NULL in its rows
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

    /**
     * What the same rows are under another version.
     *
     * @param newVersion the version
     * @param copies their files
     * @return the manifest
     */
    public PartitionManifest movedTo(long newVersion, List<StoredFile> copies) {
        return new PartitionManifest(
                partition,
                newVersion,
                copies,
                rows,
                copies.stream().mapToLong(StoredFile::bytes).sum(),
                minTime,
                maxTime,
                digest,
                schemaVersion);
    }

    /**
     * What a version holds of a partition if it holds this and something else. Of two schema versions the older counts:
     * all rows have its columns.
     *
     * @param other of the same partition and version, with other rows and files
     * @return the manifest of both
     */
    public PartitionManifest plus(PartitionManifest other) {
        List<StoredFile> all = new ArrayList<>(files);
        all.addAll(other.files);
        return new PartitionManifest(
                partition,
                version,
                all,
                rows + other.rows,
                bytes + other.bytes,
                other.minTime.isBefore(minTime) ? other.minTime : minTime,
                other.maxTime.isAfter(maxTime) ? other.maxTime : maxTime,
                digest.plus(other.digest),
                Math.min(schemaVersion, other.schemaVersion));
    }
}
