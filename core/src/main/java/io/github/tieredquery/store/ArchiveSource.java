package io.github.tieredquery.store;

import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.Source;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A source that can read an archive in Hive partitions, whoever writes it. With a layout it can stand behind a journal:
 * queries check the layout against the one that the archive was written with, and ask for partitions that are missing.
 */
public interface ArchiveSource extends Source {

    /**
     * How the rows that it reads are spread over partitions.
     *
     * @return the layout; empty if the source knows of no partitions, and then can't tell versions apart either
     */
    Optional<HivePartitionLayout> archiveLayout();

    /**
     * What tells the place where the archive lies from others, in the same words for all who use it. It becomes part of
     * the archive's identity: a process with another place is refused. By default it isn't known.
     *
     * @return for example {@code s3://archive/flights/}; empty if the source doesn't know it
     */
    default Optional<String> place() {
        return Optional.empty();
    }

    /**
     * Which partitions a query would silently miss. What it costs is stated by each source.
     *
     * @param expected manifests with rows, of the {@link #archiveLayout}
     * @param control tells when to stop
     * @return those of {@code expected} that the source's catalog doesn't know, or shows no row of
     */
    List<PartitionManifest> unregistered(Collection<PartitionManifest> expected, ScanControl control);
}
