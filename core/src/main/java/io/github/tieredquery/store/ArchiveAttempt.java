package io.github.tieredquery.store;

import io.github.tieredquery.query.TimeRange;
import java.time.Duration;
import java.util.List;

/**
 * One attempt at one window, under a version that is given out once: {@link WindowAttempt} archives it,
 * {@link SweepAttempt} sweeps it, {@link AdoptionAttempt} takes over files of others. Until it commits, no reader sees
 * what it wrote. Used by one thread at a time.
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
    void recordManifests(List<PartitionManifest> manifests);

    /**
     * Gives the lease back. A version that wasn't committed stays excluded for good; its finished files may be copied
     * by the next attempt. Calling it again, or after {@link WindowAttempt#suspend}, does nothing.
     */
    @Override
    void close();
}
