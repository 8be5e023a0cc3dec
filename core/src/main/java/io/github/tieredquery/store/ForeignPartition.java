package io.github.tieredquery.store;

import io.github.tieredquery.partition.HivePartition;
import java.util.List;

/**
 * A partition that somebody else has written, and that an archive takes over. Immutable.
 *
 * @param partition the partition
 * @param files its files with the rows and bytes of each, at least one
 */
public record ForeignPartition(HivePartition partition, List<StoredFile> files) {

    /** Copies the list. */
    public ForeignPartition {
        files = List.copyOf(files);
    }

    /**
     * How many rows its files have.
     *
     * @return the sum
     */
    public long rows() {
        return files.stream().mapToLong(StoredFile::rows).sum();
    }

    /**
     * How many bytes its files have.
     *
     * @return the sum
     */
    public long bytes() {
        return files.stream().mapToLong(StoredFile::bytes).sum();
    }
}
