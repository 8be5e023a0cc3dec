package io.github.tieredquery.store;

/** An attempt to take over the files of one window that somebody else has written. Used by one thread at a time. */
public interface AdoptionAttempt extends ArchiveAttempt {

    /**
     * Ends an adoption of files: checks that the lease and the version are still ours, un-excludes the version and
     * raises the epoch. Rows in the hot store stay as they are: below the watermark they are late ones from then on.
     *
     * @param adopted the digest of all rows of the version, over all columns of the table
     * @return {@link Outcome#COMMITTED} or {@link Outcome#LEASE_LOST}
     * @throws IllegalArgumentException if the recorded manifests don't add up to {@code adopted}
     * @throws io.github.tieredquery.error.OutcomeUnknownException as by {@link WindowAttempt#commit}
     */
    Outcome commit(RowDigest adopted);
}
