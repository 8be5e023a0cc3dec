package io.github.tieredquery.archive;

import io.github.tieredquery.store.ArchiveAttempt;
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
record CopyResult(List<PartitionManifest> manifests, RowDigest digest, Totals copied, int takenOver) {

    private static final int MANIFESTS_AT_ONCE = 500;

    /**
     * How far a copy has come, in finished files.
     *
     * @param rows how many rows they have
     * @param bytes how many bytes
     * @param files how many files
     */
    record Totals(long rows, long bytes, int files) {}

    /**
     * Step 2: records what was copied.
     *
     * @param manifests one for each partition
     * @param between called after each call of the journal, to hold the lease
     */
    static CopyResult recorded(
            ArchiveAttempt attempt, List<PartitionManifest> manifests, Totals copied, int takenOver, Runnable between) {
        for (int from = 0; from < manifests.size(); from += MANIFESTS_AT_ONCE) {
            attempt.recordManifests(manifests.subList(from, Math.min(manifests.size(), from + MANIFESTS_AT_ONCE)));
            between.run();
        }
        RowDigest digest = manifests.stream().map(PartitionManifest::digest).reduce(RowDigest.EMPTY, RowDigest::plus);
        return new CopyResult(manifests, digest, copied, takenOver);
    }
}
