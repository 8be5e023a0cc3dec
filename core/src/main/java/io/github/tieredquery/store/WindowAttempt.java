package io.github.tieredquery.store;

import io.github.tieredquery.partition.HivePartitionLayout;
import java.util.List;

/** An attempt to archive one window: steps 1 to 5 of the protocol. Used by one thread at a time. */
public interface WindowAttempt extends ArchiveAttempt {

    /**
     * What earlier attempts have copied of the window, so that this one needn't: an attempt that was suspended goes on
     * with its own files. Files of another version are those of an attempt that was declared dead and that may still be
     * writing: they are copied under this version, by {@link ColdStore#copy}, and recorded by {@link #recordFile}
     * again.
     *
     * @param layout the layout that the archive is written with
     * @return the files in the order in which they were finished, those under this version first
     */
    List<FinishedFile> copiedFiles(HivePartitionLayout layout);

    /**
     * Step 2: records a file that is finished and durable, so that another run can go on behind it.
     *
     * @param file a file under this version
     * @return whether the lease was still held; if not, nothing was recorded and the attempt is over
     */
    boolean recordFile(FinishedFile file);

    /**
     * Step 2: gives the lease back and leaves the attempt to the next one that is begun for its window, under the same
     * version. So nothing may be written under it any more, by nobody: whoever calls this has waited for all that it
     * has begun to write. The attempt is over for the caller, however the call ends.
     */
    void suspend();

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
     * @param rowsPerDelete how many rows at most are deleted in the transaction; {@link Long#MAX_VALUE} for all of them
     * @return how it ended
     * @throws IllegalArgumentException if the recorded manifests don't add up to {@code copied}: what no manifest tells
     *     of wouldn't be found again
     * @throws io.github.tieredquery.error.ConfigurationException if the hot store's rows have columns that the table
     *     hasn't: they came since {@link ArchiveJournal#prepare}, and nothing is deleted
     * @throws io.github.tieredquery.error.OutcomeUnknownException if the commit's answer was lost; it happened if the
     *     versions of {@link ArchiveJournal#state} show this one
     */
    Outcome commit(RowDigest copied, long rowsPerDelete);
}
