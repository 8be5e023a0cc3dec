package io.github.tieredquery.archive;

import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import java.util.List;

/**
 * What was copied of a window.
 *
 * @param manifests one for each partition, none for a window without rows
 * @param digest of all rows, over all columns of the table
 */
record WindowCopy(List<PartitionManifest> manifests, RowDigest digest) {

    long bytes() {
        return manifests.stream().mapToLong(PartitionManifest::bytes).sum();
    }

    int files() {
        return manifests.stream().mapToInt(manifest -> manifest.files().size()).sum();
    }
}
