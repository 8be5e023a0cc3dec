package io.github.tieredquery.athena.internal.archive;

import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.store.StoredVersion;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Gathers what a listing shows of versions. What doesn't lie as the layout has it isn't the archive's. */
public final class StoredVersions {

    private final HivePartitionLayout layout;
    private final S3Location folder;
    private final long above;
    private final TreeMap<Long, Files> versions = new TreeMap<>();

    /** Those of one version. */
    private static final class Files {
        private final Set<HivePartition> partitions = new LinkedHashSet<>();
        private final String first;
        private long files;
        private long bytes;

        Files(String first) {
            this.first = first;
        }
    }

    /**
     * Nothing yet.
     *
     * @param folder where the table lies
     * @param above versions up to it are passed over
     */
    public StoredVersions(HivePartitionLayout layout, S3Location folder, long above) {
        this.layout = layout;
        this.folder = folder;
        this.above = above;
    }

    public void add(S3Object object) {
        String key = object.key();
        int end = key.lastIndexOf('/');
        if (end <= folder.key().length()) {
            return;
        }
        String path = key.substring(folder.key().length(), end);
        try {
            long version = HivePartition.parseVersion(layout, path);
            if (version > above) {
                Files files =
                        versions.computeIfAbsent(version, absent -> new Files("s3://" + folder.bucket() + "/" + key));
                files.partitions.add(HivePartition.parse(layout, path));
                files.files++;
                files.bytes += object.size();
            }
        } catch (IllegalArgumentException e) {
            // Somebody else's.
        }
    }

    public List<StoredVersion> found() {
        List<StoredVersion> found = new ArrayList<>();
        versions.forEach((version, files) -> found.add(
                new StoredVersion(version, List.copyOf(files.partitions), files.first, files.files, files.bytes)));
        return found;
    }
}
