package io.github.tieredquery.store;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.VisibleVersions;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A source that can take rows into an archive: files in Hive partitions under versions. Partitions are only ever added,
 * never pointed elsewhere.
 */
public interface ColdStore extends ArchiveSource {

    /**
     * How rows are spread over partitions.
     *
     * @return the layout
     */
    HivePartitionLayout layout();

    @Override
    default Optional<HivePartitionLayout> archiveLayout() {
        return Optional.of(layout());
    }

    /**
     * Makes the store ready for writing: creates its table if there is none.
     *
     * @param control tells when to stop
     * @throws ConfigurationException if there is a table of another shape
     */
    void prepare(ScanControl control);

    /**
     * What an archive has left here last ({@link #mark(ArchiveMark, StoredMark, ScanControl)}), as it is by now: never
     * something older.
     *
     * @param control tells when to stop
     * @return the mark; empty if there is none
     * @throws ConfigurationException if there is something else in its place
     */
    Optional<StoredMark> mark(ScanControl control);

    /**
     * Step 1: leaves a mark here in the place of the one that is here, at once and durably, or doesn't. Whoever reads
     * the archive by its partitions doesn't see it.
     *
     * @param mark what is to be here
     * @param before what was found here; null if there was nothing. Nothing is changed if something else is here now
     * @param control tells when to stop
     * @return whether it is here now. After an error nobody knows: {@link #mark(ScanControl)} tells
     */
    boolean mark(ArchiveMark mark, @Nullable StoredMark before, ScanControl control);

    /**
     * The versions that there are files of here, registered or not, by a look at all there is.
     *
     * @param above those with greater numbers only
     * @param control tells when to stop
     * @return the versions, the lowest first; none in a layout without versions
     */
    List<StoredVersion> stored(long above, ScanControl control);

    /**
     * Files that aren't here any more. Files that lie elsewhere than where this store writes aren't looked for.
     *
     * @param expected what was written, of a stretch of time
     * @param control tells when to stop
     * @return where they were, in no particular order
     */
    List<String> lacking(Collection<PartitionManifest> expected, ScanControl control);

    /**
     * Step 2 in a layout without versions: deletes what attempts that have ended without a commit have left where a
     * window is about to be written, unfinished uploads included. In such a layout nothing but the watermark tells what
     * counts: files of a window at or above it aren't read, and all of them are once it has passed. So no more than one
     * archiver may be at work, one that has lost its lease included, and this is called with the lease held.
     *
     * <p>Nothing is deleted but files with names as this store gives them, in partitions that the window and one of the
     * attempts have in common. Partitions stay in the catalog: without files they have no rows, and dropping one that
     * is written again could hide what is committed, if the catalog does it late.
     *
     * @param window what is about to be written, from inclusive, to exclusive
     * @param kept files that stay: those of windows before, which may share a partition with this one where clocks go
     *     back, and those that the attempt itself has finished
     * @param attempted the windows of the attempts whose files go; none for a mere look whether there are others
     * @param control tells when to stop
     * @return what was deleted
     * @throws ConfigurationException if one of the window's partitions holds a file that is neither: somebody else's.
     *     Nothing is deleted then; the message names the first
     */
    default CleanUpResult removeLeftovers(
            TimeRange window, Collection<StoredFile> kept, Collection<TimeRange> attempted, ScanControl control) {
        throw new ConfigurationException(name() + " writes no archives without versions; archive with a layout that"
                + " isn't withoutVersion()");
    }

    /**
     * Step 2: starts a file. In a layout without versions a file that is there already is never replaced: finishing the
     * new one fails.
     *
     * @param partition where its rows belong
     * @param version the attempt's version
     * @param part the number of the file in its partition, from 1
     * @return the file, to be closed by the caller
     */
    ColdFile create(HivePartition partition, long version, int part);

    /**
     * Step 2: {@linkplain #create(HivePartition, long, int) starts a file} that is given up when a run's time is over,
     * also while it is being put into the store.
     *
     * @param partition where its rows belong
     * @param version the attempt's version
     * @param part the number of the file in its partition, from 1
     * @param control tells when to stop
     * @return the file, to be closed by the caller; by default one that takes as long as it takes
     */
    default ColdFile create(HivePartition partition, long version, int part, ScanControl control) {
        return create(partition, version, part);
    }

    /**
     * Step 6: copies a finished file into another version of its partition. The store does it by itself: the file's
     * bytes don't pass through this process.
     *
     * @param file a file of the same partition, under another version
     * @param partition where its rows belong
     * @param version the attempt's version
     * @param part the number of the copy in its partition, from 1
     * @param control tells when to stop
     * @return the copy, durable
     */
    StoredFile copy(StoredFile file, HivePartition partition, long version, int part, ScanControl control);

    /**
     * Whether this store was built to take over an archive that another job has filled. Nothing is archived before that
     * is done.
     *
     * @return whether there is one to be taken over, or was; not by default
     */
    default boolean requiresAdoption() {
        return false;
    }

    /**
     * The partitions of the archive that this store was built to take over, by the catalog alone: no file is read. By
     * default there is none, and the call fails.
     *
     * @param control tells when to stop
     * @return the partitions, with rows or without, in no particular order
     * @throws ConfigurationException if the store wasn't built to take over an archive, or if the archive doesn't fit
     */
    default List<HivePartition> listForeignPartitions(ScanControl control) {
        throw new ConfigurationException(name() + " takes over no archive; build it so that it does");
    }

    /**
     * The files of some partitions of the archive that this store was built to take over.
     *
     * @param partitions some of {@link #listForeignPartitions(ScanControl)}
     * @param control tells when to stop
     * @return those of the partitions that have rows
     */
    default List<ForeignPartition> listForeignFiles(Collection<HivePartition> partitions, ScanControl control) {
        return List.of();
    }

    /**
     * Step 3: makes finished partitions known to the store's catalog. One whose files lie elsewhere than where this
     * store writes is registered where they lie.
     *
     * @param manifests what was written
     * @param control tells when to stop
     */
    void publish(Collection<PartitionManifest> manifests, ScanControl control);

    /**
     * Step 4: asks the store itself what a version holds, the way a reader would. In a layout without versions that is
     * all that a reader of the window would get.
     *
     * @param window the window that the version was written for
     * @param version the version
     * @param control tells when to stop
     * @return each file that the store sees, with the rows it counts in it; the size is -1 if the store doesn't say
     */
    List<StoredFile> listVisibleFiles(TimeRange window, long version, ScanControl control);

    /**
     * Shows those who ask the store by themselves, and know nothing of the journal, which versions count. An archiver
     * calls it in each run, after the windows and the sweeps, and before step 7 removes anything. What it shows is
     * behind the journal until then, and right all the same: versions that were begun since are above its ceiling, or
     * excluded by it, and those that have been replaced since are still there. If it fails, nothing is removed in that
     * run. By default nothing is done.
     *
     * @param versions which versions count; none before anything is archived
     * @param control tells when to stop
     */
    default void publishView(VisibleVersions versions, ScanControl control) {}

    /**
     * Step 7: removes what versions have left: drops their partitions from the catalog first, and then deletes their
     * files, those that no manifest tells of and unfinished uploads included. What isn't there any more is no error.
     * Files that lie elsewhere than where this store writes are never touched. Does nothing in a layout without
     * versions, where {@link #removeLeftovers} does what is to be done.
     *
     * @param dead versions that no reader sees, nor will see
     * @param control tells when to stop
     * @return what was removed
     */
    CleanUpResult remove(Collection<DeadVersion> dead, ScanControl control);
}
