package io.github.tieredquery.store;

import io.github.tieredquery.query.TimeRange;
import java.time.Duration;
import java.util.List;

/**
 * One attempt to archive or to sweep one window, under a version that is given out once. Until it commits, no reader
 * sees what it wrote. Used by one thread at a time.
 */
public interface ArchiveAttempt extends AutoCloseable {

    /** How a commit ended. */
    enum Outcome {
        /** The rows are deleted, the watermark is moved, the version is visible. */
        COMMITTED,
        /**
         * The rows of the window are not those that were copied, or one of them was erased. Nothing was changed; the
         * window is copied again.
         */
        ROWS_CHANGED,
        /** The lease is somebody else's by now. Nothing was changed. */
        LEASE_LOST
    }

    /**
     * What is archived.
     *
     * @return from inclusive, to exclusive
     */
    TimeRange window();

    /**
     * The version that everything of this attempt is written under.
     *
     * @return from 1
     */
    long version();

    /**
     * The version of the table's schema that everything of this attempt is written with.
     *
     * @return from 1
     */
    int schemaVersion();

    /**
     * Holds the lease for longer. A lease that has expired is still held until somebody else takes it.
     *
     * @param lease how long from now on, by the database's clock
     * @return whether the lease was still held; if not, the attempt is over
     */
    boolean renew(Duration lease);

    /**
     * Step 2: records what was written. May be called several times, with further partitions each time.
     *
     * @param manifests the manifests of finished partitions
     * @throws IllegalArgumentException if a partition was recorded before, or a manifest is of another version
     */
    void record(List<PartitionManifest> manifests);

    /**
     * Step 5, in one transaction: checks that the lease and the version are still ours, reads the window again and
     * compares it with what was copied, deletes it, checks the number of deleted rows, moves the watermark to the end
     * of the window, un-excludes the version and raises the epoch.
     *
     * @param copied the digest of the rows that were copied, over all columns of the table
     * @return how it ended
     * @throws IllegalStateException if the attempt is a sweep or an adoption
     * @throws IllegalArgumentException if the recorded manifests don't add up to {@code copied}: what no manifest tells
     *     of wouldn't be found again
     * @throws io.github.tieredquery.error.OutcomeUnknownException if the commit's answer was lost; it happened if the
     *     versions of {@link ArchiveJournal#state} show this one
     */
    Outcome commit(RowDigest copied);

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
     * @throws IllegalStateException if the attempt isn't a sweep
     * @throws IllegalArgumentException if the recorded manifests don't add up to {@code written}
     * @throws io.github.tieredquery.error.OutcomeUnknownException as by {@link #commit}
     */
    Outcome commitSweep(RowDigest written, SweptRows swept);

    /**
     * Ends an adoption of files: checks that the lease and the version are still ours, un-excludes the version and
     * raises the epoch. Rows in the hot store stay as they are: below the watermark they are late ones from then on.
     *
     * @param adopted the digest of all rows of the version, over all columns of the table
     * @return {@link Outcome#COMMITTED} or {@link Outcome#LEASE_LOST}
     * @throws IllegalStateException if the attempt isn't an adoption
     * @throws IllegalArgumentException if the recorded manifests don't add up to {@code adopted}
     * @throws io.github.tieredquery.error.OutcomeUnknownException as by {@link #commit}
     */
    Outcome commitAdoption(RowDigest adopted);

    /** Gives the lease back. A version that wasn't committed stays excluded. Calling it again does nothing. */
    @Override
    void close();
}
