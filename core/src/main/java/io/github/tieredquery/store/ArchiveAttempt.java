package io.github.tieredquery.store;

import io.github.tieredquery.partition.HivePartitionLayout;
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
     * Step 1: what is to be left at the archive's place before anything is written under the version. It was issued by
     * the transaction that has begun the attempt.
     *
     * @return the mark
     */
    ArchiveMark mark();

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
     * What earlier attempts have copied of the window, so that this one needn't: an attempt that was suspended goes on
     * with its own files. Files of another version are those of an attempt that was declared dead and that may still be
     * writing: they are copied under this version, by {@link ColdStore#copy}, and recorded by {@link #finished} again.
     *
     * @param layout the layout that the archive is written with
     * @return the files in the order in which they were finished, those under this version first; none for a sweep
     */
    List<FinishedFile> copied(HivePartitionLayout layout);

    /**
     * Step 2: records a file that is finished and durable, so that another run can go on behind it.
     *
     * @param file a file under this version
     * @return whether the lease was still held; if not, nothing was recorded and the attempt is over
     */
    boolean finished(FinishedFile file);

    /**
     * Step 2: gives the lease back and leaves the attempt to the next one that is begun for its window, under the same
     * version. So nothing may be written under it any more, by nobody: whoever calls this has waited for all that it
     * has begun to write. The attempt is over for the caller, however the call ends.
     *
     * @throws IllegalStateException if the attempt is a sweep
     */
    void suspend();

    /**
     * Nobody goes on with what was copied of the window, by this attempt or by earlier ones: it isn't what the window
     * holds, or can't be read. Does nothing if the lease is gone.
     */
    void discard();

    /**
     * Step 2: records what was written. May be called several times, with further partitions each time.
     *
     * @param manifests the manifests of finished partitions
     * @throws IllegalArgumentException if a partition was recorded before, or a manifest is of another version
     */
    void record(List<PartitionManifest> manifests);

    /**
     * {@link #commit(RowDigest, long)} that deletes all rows in its own transaction.
     *
     * @param copied the digest of the rows that were copied, over all columns of the table
     * @return how it ended
     */
    default Outcome commit(RowDigest copied) {
        return commit(copied, Long.MAX_VALUE);
    }

    /**
     * Step 5, in one transaction: checks that the lease and the version are still ours, reads the window again and
     * compares it with what was copied, deletes it, checks the number of deleted rows and that no row has a column that
     * the table hasn't, moves the watermark to the end of the window, un-excludes the version and raises the epoch.
     *
     * <p>A window with more rows than one transaction is to delete stays in the hot store for the moment:
     * {@link ArchiveJournal#undeleted} tells of its rows from then on. They are compared all the same, and none of them
     * goes or changes between the comparison and the end of the transaction: a row that was deleted just then would
     * appear again as the archived one.
     *
     * @param copied the digest of the rows that were copied, over all columns of the table
     * @param rowsPerDelete how many rows at most are deleted in the transaction
     * @return how it ended
     * @throws IllegalStateException if the attempt is a sweep or an adoption
     * @throws IllegalArgumentException if the recorded manifests don't add up to {@code copied}: what no manifest tells
     *     of wouldn't be found again
     * @throws io.github.tieredquery.error.ConfigurationException if the hot store's rows have columns that the table
     *     hasn't: they came since {@link ArchiveJournal#prepare}, and nothing is deleted
     * @throws io.github.tieredquery.error.OutcomeUnknownException if the commit's answer was lost; it happened if the
     *     versions of {@link ArchiveJournal#state} show this one
     */
    Outcome commit(RowDigest copied, long rowsPerDelete);

    /**
     * Step 6, in one transaction: deletes late rows that equal the archived ones, since no new version is needed for
     * them. Checks that the lease and the version are still ours, reads the late rows again and deletes those that are
     * still what they were. The attempt goes on.
     *
     * @param twins late rows that equal what the versions of their snapshot have archived, and that no tombstone hides
     * @return how it ended; {@link Outcome#ROWS_CHANGED} if one of them is gone, or if anything of the window was
     *     erased after the snapshot
     * @throws IllegalStateException if the attempt isn't a sweep
     * @throws io.github.tieredquery.error.ConfigurationException as by {@link #commit}
     * @throws io.github.tieredquery.error.OutcomeUnknownException if the commit's answer was lost
     */
    Outcome deleteTwins(SweptRows twins);

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
     * @throws io.github.tieredquery.error.ConfigurationException as by {@link #commit}
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

    /**
     * Gives the lease back. A version that wasn't committed stays excluded for good; its finished files may be copied
     * by the next attempt. Calling it again, or after {@link #suspend}, does nothing.
     */
    @Override
    void close();
}
