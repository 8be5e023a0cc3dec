package io.github.tieredquery.archive;

import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import java.util.List;

/**
 * What was copied of a window.
 *
 * @param manifests one for each partition, none for a window without rows
 * @param digest of all rows, over all columns of the table
 * @param copied the sums
 * @param takenOver how many of the files were finished by earlier attempts
 */
record WindowCopy(List<PartitionManifest> manifests, RowDigest digest, Copied copied, int takenOver) {}
