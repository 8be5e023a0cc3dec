package io.github.tieredquery.store;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The archive's own tables in the hot database: watermark, epoch, versions and which of them are excluded, leases and
 * manifests. One set of tables serves many tables. Thread-safe; every call is one transaction of its own.
 */
public interface ArchiveJournal {

    /**
     * The same journal for a caller that waits no longer than a control allows: each of its calls, and of the attempts
     * that are begun with it, ends soon after the control has stopped, whatever the network does. A call whose commit
     * may have happened by then fails with {@link io.github.tieredquery.error.OutcomeUnknownException}, any other with
     * {@link io.github.tieredquery.error.QueryTimedOutException} or
     * {@link io.github.tieredquery.error.QueryCancelledException}, and has changed nothing.
     *
     * @param control tells how long callers wait
     * @return the journal; by default this one, whose calls take as long as they take
     */
    default ArchiveJournal within(ScanControl control) {
        return this;
    }

    /**
     * Fails if the archive was written with another identity that isn't continued by this one. Changes nothing: a
     * journal whose tables aren't there yet knows of no archive.
     *
     * @param identity how the archiver is configured
     * @throws io.github.tieredquery.error.ConfigurationException if it can't go on with the archive
     *     ({@link ArchiveIdentity#continuedBy})
     */
    void check(ArchiveIdentity identity);

    /**
     * Creates or migrates the journal's tables and records with which table and layout the archive is written. If
     * columns were appended to the table since, a further schema version is recorded, and whoever holds the lease loses
     * it: an archiver that doesn't know of the columns would drop their values.
     *
     * @param identity the table and the layout
     * @return what is recorded
     * @throws io.github.tieredquery.error.ConfigurationException if the archive was written with another identity that
     *     isn't continued by this one ({@link ArchiveIdentity#continuedBy}), or if the hot store's rows have columns
     *     that the table hasn't, whose values archiving would lose
     */
    ArchiveIdentity prepare(ArchiveIdentity identity);

    /**
     * The state by itself. A reader takes it from a {@link HotSnapshot} instead, together with its rows.
     *
     * @return the state
     */
    JournalState state();

    /**
     * What the journal knows of the archive's past.
     *
     * @return the history
     */
    ArchiveHistory history();

    /**
     * Whether a mark that is at the archive's place was issued here. Marks that were issued before it aren't remembered
     * any longer then: they can't come there again.
     *
     * @param mark what was found or left there
     * @return whether it was issued here; if not, there is a history that this journal doesn't know
     */
    boolean remembers(ArchiveMark mark);

    /**
     * Issues a mark without giving out a version, for what is done to versions that were given out before.
     *
     * @return the mark, to be left at the archive's place before that is done
     */
    ArchiveMark mark();

    /**
     * Ends what another history has begun: gives out none of the versions up to the highest that is known elsewhere,
     * and excludes those from reading that this journal hasn't given out. Attempts that haven't ended, and suspended
     * ones, are declared dead, nothing that they have copied is gone on with, and whoever holds the lease loses it.
     *
     * @param archive what the archive is told by from then on: what its history says, or, if it
     *     {@linkplain ArchiveHistory#isOlderThanMarks is older than marks}, what the mark at its place says
     * @param excluded the highest version that is excluded; 0 for none, in a layout without versions
     * @param version the highest version that is known elsewhere
     * @param epoch the highest epoch that is known elsewhere. The archive's own is far beyond it afterwards, so that
     *     nobody takes a state that was lost for one that is to come
     * @param owner who asks, for the eyes of operators
     * @return a mark, to be left at the archive's place
     * @throws IllegalArgumentException if the archive is told by something else and isn't older than marks
     */
    ArchiveMark recover(String archive, long excluded, long version, long epoch, String owner);

    /**
     * The versions that {@link #recover} has excluded, for this journal hadn't given them out, and that nobody has
     * {@linkplain #forgetVersions removed} yet.
     *
     * @return the versions
     */
    SortedSet<Long> forgotten();

    /**
     * Step 1 of the protocol: takes the archive's lease and a new version, and excludes that version from reading. An
     * attempt at the same window that was suspended is gone on with under its own version, since its process has said
     * that it writes no more. One whose lease has run out is declared dead and never gone on with: its process may be
     * slow rather than gone, and whatever it still writes must count for nothing. Its finished files are there to be
     * copied ({@link WindowAttempt#copiedFiles}).
     *
     * @param window what is to be archived, from inclusive, to exclusive; it starts at the watermark if there is one
     * @param owner who asks, for messages and for the eyes of operators
     * @param lease how long the lease is held from now on by the database's clock, unless it is renewed
     * @return the attempt; empty if somebody else holds the lease
     * @throws IllegalArgumentException if the window doesn't start at the watermark
     * @throws io.github.tieredquery.error.ConfigurationException if the archive is written with other columns by now,
     *     or if an adoption was begun and hasn't ended
     */
    Optional<WindowAttempt> beginWindow(TimeRange window, String owner, Duration lease);

    /**
     * Step 1 for a sweep: takes the archive's lease and a new version for a window that was archived before, and
     * excludes that version from reading. What is replaced must not hold anything else: the attempt's window is the
     * given one, extended to the windows of all versions that count, hold rows and touch it.
     *
     * @param window what is to be swept, from inclusive, to exclusive; it ends at or before the watermark
     * @param owner who asks, for messages and for the eyes of operators
     * @param lease how long the lease is held from now on by the database's clock, unless it is renewed
     * @return the attempt; empty if somebody else holds the lease
     * @throws IllegalArgumentException if the window isn't below the watermark
     * @throws io.github.tieredquery.error.ConfigurationException if the archive is written with other columns by now
     */
    Optional<SweepAttempt> beginSweep(TimeRange window, String owner, Duration lease);

    /**
     * Step 1 for files that somebody else has written: takes the archive's lease and a new version, and excludes that
     * version from reading. Until {@link #endAdoption} there is no watermark, and no window can be archived.
     *
     * @param window when the rows of the files are, from inclusive, to exclusive
     * @param owner who asks, for messages and for the eyes of operators
     * @param lease how long the lease is held from now on by the database's clock, unless it is renewed
     * @return the attempt; empty if somebody else holds the lease
     * @throws IllegalArgumentException if there is a watermark
     * @throws io.github.tieredquery.error.ConfigurationException if the archive is written with other columns by now
     */
    Optional<AdoptionAttempt> beginAdoption(TimeRange window, String owner, Duration lease);

    /**
     * Ends the adoption: sets the watermark and raises the epoch, if there is no watermark yet.
     *
     * @param watermark rows before it, exclusive, are archived
     */
    void endAdoption(Instant watermark);

    /**
     * The database's clock, by which leases and ages go.
     *
     * @return what it shows
     */
    Instant clock();

    /**
     * How long a window has been as it is.
     *
     * @param window from inclusive, to exclusive
     * @return the time since the newest of the versions was committed that count, hold rows and touch the window, by
     *     the database's clock; empty if there is none
     */
    Optional<Duration> timeSinceLastCommit(TimeRange window);

    /**
     * Step 5, where a commit has moved the watermark alone: what is still to be deleted. A sweep of the window ends
     * that.
     *
     * @return the parts of windows, the oldest first, at most 1,000
     */
    List<PendingDelete> undeleted();

    /**
     * Step 5, where a commit has moved the watermark alone: deletes some of the rows in one transaction, if the range
     * holds exactly what is archived and nothing of it was erased, and raises the epoch. If not, for a row has come,
     * changed or gone since, they are late rows like others from then on. Needs no lease.
     *
     * @param rows some of {@link #undeleted}
     * @return whether they were deleted; if not, somebody else has done so, or they are left to a sweep
     * @throws io.github.tieredquery.error.ConfigurationException if the archive is written with other columns by now,
     *     or the hot store's rows have columns that the table hasn't; nothing is deleted
     * @throws io.github.tieredquery.error.OutcomeUnknownException if the commit's answer was lost; {@link #undeleted}
     *     tells
     */
    boolean delete(PendingDelete rows);

    /**
     * Deletes rows by time and key, in one transaction: what the hot store has of them is deleted; for each key below
     * the watermark a tombstone is written too, which hides the archived row until a sweep removes it, and the epoch
     * rises.
     *
     * @param keys rows with the columns of {@link io.github.tieredquery.table.Table#keyType}; keys that no row has are
     *     harmless
     * @return what was done
     * @throws io.github.tieredquery.error.OutcomeUnknownException if the commit's answer was lost; erasing the keys
     *     again is harmless, unless somebody has inserted them again
     */
    EraseResult erase(List<Row> keys);

    /**
     * Step 7: the versions that are excluded for good, because their attempts have ended without a commit or were
     * declared dead, or because a sweep has replaced them. An attempt that is declared dead counts as excluded from
     * that moment on. Nobody goes on with what the returned ones have copied: their files are about to be removed.
     *
     * @param excludedFor for how long they have been excluded at least, by the database's clock
     * @return the versions, the lowest first, at most 1,000
     */
    List<DeadVersion> listDeadVersions(Duration excludedFor);

    /**
     * Step 7: takes versions off the list of excluded ones, and drops their manifests. Only what the cold store holds
     * nothing of any more may be forgotten: readers take it for visible.
     *
     * @param versions some of {@link #listDeadVersions}; others, and those that are forgotten already, are left alone
     */
    void forgetVersions(Collection<DeadVersion> versions);
}
