package io.github.tieredquery.store;

import io.github.tieredquery.partition.HivePartition;
import java.util.List;

/**
 * A version that a cold store has files of, whether they were ever registered or not. Immutable.
 *
 * @param version the version
 * @param partitions the partitions that they lie in
 * @param file where one of them is
 * @param files how many there are
 * @param bytes how many bytes they have
 */
public record StoredVersion(long version, List<HivePartition> partitions, String file, long files, long bytes) {

    /** Copies the list. */
    public StoredVersion {
        partitions = List.copyOf(partitions);
    }
}
