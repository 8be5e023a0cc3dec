package io.github.tieredquery.store;

/**
 * An attempt to sweep one window: step 6 of the protocol, which folds late rows and tombstones into a new version.
 * Other systems call that a compaction. Used by one thread at a time.
 */
public interface SweepAttempt extends ArchiveAttempt {

    /**
     * Step 6, in one transaction: deletes late rows that equal the archived ones, since no new version is needed for
     * them. Checks that the lease and the version are still ours, reads the late rows again and deletes those that are
     * still what they were. The attempt goes on.
     *
     * @param unchanged late rows that equal what the versions of their snapshot have archived, and that no tombstone
     *     hides
     * @return how it ended; {@link Outcome#ROWS_CHANGED} if one of them is gone, or if anything of the window was
     *     erased after the snapshot
     * @throws io.github.tieredquery.error.ConfigurationException as by {@link WindowAttempt#commit}
     * @throws io.github.tieredquery.error.OutcomeUnknownException if the commit's answer was lost
     */
    Outcome deleteUnchanged(SweepCommit unchanged);

    /**
     * Step 6, in one transaction: checks that the lease and the version are still ours, reads the late rows again and
     * deletes those that equal what was copied, checks the number of deleted rows, removes the tombstones that were
     * applied, un-excludes the version, excludes all older ones that hold rows of the window, and raises the epoch. A
     * late row that came or changed meanwhile stays and wins over its copy.
     *
     * @param written the digest of all rows of the new version, over all columns of the table
     * @param swept what was folded in
     * @return how it ended; {@link Outcome#ROWS_CHANGED} if a copied late row is gone, or if anything of the window was
     *     erased after the snapshot: a row that was erased and inserted again just as it was can't be told from the
     *     copied one
     * @throws IllegalArgumentException if the recorded manifests don't add up to {@code written}
     * @throws io.github.tieredquery.error.ConfigurationException as by {@link WindowAttempt#commit}
     * @throws io.github.tieredquery.error.OutcomeUnknownException as by {@link WindowAttempt#commit}
     */
    Outcome commit(RowDigest written, SweepCommit swept);
}
