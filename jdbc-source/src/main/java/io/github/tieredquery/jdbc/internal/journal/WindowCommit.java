package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.jdbc.internal.dialect.DeleteEffect;
import io.github.tieredquery.jdbc.internal.dialect.Isolation;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.ArchiveAttempt.Outcome;
import io.github.tieredquery.store.PendingDelete;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.SweepCommit;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps 5 and 6 of the protocol: the one transaction in which rows leave the hot table and become visible in the
 * archive. Whoever reads sees all of it or nothing. The first statement locks the table's row: commits and erasures
 * follow one another, and none meets another's rows.
 */
public final class WindowCommit {

    private static final Logger LOG = LoggerFactory.getLogger(WindowCommit.class);

    private final JdbcAttempt attempt;
    private final JdbcJournal journal;

    public WindowCommit(JdbcAttempt attempt) {
        this.attempt = attempt;
        this.journal = attempt.journal();
    }

    /**
     * 5. Commit. Where the rows stay for the moment, the re-read holds them until the watermark has moved: no DELETE of
     * this transaction would notice one that went after it was read, and it would appear again as the archived one.
     */
    public Outcome run(RowDigest copied, long rowsPerDelete) {
        DetachPartitions drop = journal.partitionDrop;
        Optional<Outcome> dropped = drop == null || copied.rows() == 0 ? Optional.empty() : runDropping(copied, drop);
        return dropped.orElseGet(() -> runDeleting(copied, rowsPerDelete));
    }

    /**
     * 5. Commit of a window whose partitions are dropped. Each statement sees what was committed before it, and nothing
     * is once the table is locked: so what is compared is what is dropped.
     *
     * @return empty if rows have to be deleted
     */
    private Optional<Outcome> runDropping(RowDigest copied, DetachPartitions drop) {
        TimeRange window = attempt.window();
        try {
            return run(journal.dialect.shortIsolation(), this::show, (connection, row) -> {
                drop.lock(connection);
                if (journal.hotRows.checkEffects(connection).stream().anyMatch(WindowCommit::isOfRows)) {
                    LOG.info("{}: rows are deleted, since keys or triggers act on each", attempt.subject());
                    return Optional.empty();
                }
                DetachPartitions.Found found = drop.find(connection, window);
                if (!found.reachingBeyond().isEmpty()) {
                    LOG.warn(
                            "{}: rows are deleted, since {} of the table's partitions reach beyond the window, the first is {}",
                            attempt.subject(),
                            found.reachingBeyond().size(),
                            found.reachingBeyond().get(0));
                    return Optional.empty();
                }
                if (!journal.hotRows.digest(connection, window).equals(copied)) {
                    return Optional.of(Outcome.ROWS_CHANGED);
                }
                journal.betweenRereadAndDelete.run();
                long gone = drop.drop(connection, found.within()) + journal.hotRows.delete(connection, window);
                if (gone != copied.rows()) {
                    return Optional.of(Outcome.ROWS_CHANGED);
                }
                moveWatermark(connection, row);
                return Optional.of(Outcome.COMMITTED);
            });
        } catch (SourceUnavailableException e) {
            if (e.getCause() instanceof SQLException driver && DetachPartitions.isLockTimeout(driver)) {
                LOG.warn(
                        "{}: rows are deleted, since the table could not be locked to detach partitions; somebody reads"
                                + " it for long",
                        attempt.subject());
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Dropping a partition deletes no row: it fires no trigger, and no key follows. */
    private static boolean isOfRows(DeleteEffect effect) {
        return effect.kind() == DeleteEffect.Kind.CASCADE || effect.kind() == DeleteEffect.Kind.TRIGGER;
    }

    private void moveWatermark(Connection connection, JournalRow row) throws SQLException {
        Sql.update(
                connection,
                "UPDATE " + journal.tables.archive + " SET watermark_micros = ? WHERE archive_id = ?",
                Sql.micros(attempt.window().to()),
                row.id());
        journal.finishedFiles.deleteAll(connection, row.id());
    }

    private Outcome runDeleting(RowDigest copied, long rowsPerDelete) {
        boolean later = copied.rows() > rowsPerDelete;
        TimeRange window = attempt.window();
        return run(this::show, (connection, row) -> {
            PendingDelete.Builder found = new PendingDelete.Builder(journal.table(), window);
            String suffix = later ? journal.dialect.lockingSuffix() : journal.dialect.rereadSuffix();
            journal.hotRows.reread(connection, window, suffix, found::add);
            if (!found.digest().equals(copied)) {
                return Outcome.ROWS_CHANGED;
            }
            journal.betweenRereadAndDelete.run();
            if (later) {
                journal.pendingDeletes.insert(connection, row.id(), found.parts(attempt.version(), rowsPerDelete));
            } else if (!journal.hotRows.areGone(
                    connection, journal.hotRows.delete(connection, window), copied.rows())) {
                return Outcome.ROWS_CHANGED;
            }
            moveWatermark(connection, row);
            return Outcome.COMMITTED;
        });
    }

    /** 6. Sweep. */
    Outcome runSweep(SweepCommit swept) {
        return run(this::show, (connection, row) -> {
            Outcome outcome = removeUnlessErased(connection, row, swept);
            if (outcome == Outcome.COMMITTED) {
                journal.tombstones.delete(connection, row.id(), swept.range(), swept.epoch());
                journal.pendingDeletes.forget(connection, row.id(), attempt.window());
                journal.versions.supersede(connection, row.id(), attempt.window(), journal.clock(connection));
            }
            return outcome;
        });
    }

    /** 6. Sweep, of late rows that need no new version. */
    Outcome runUnchanged(SweepCommit unchanged) {
        return run((connection, epoch) -> {}, (connection, row) -> removeUnlessErased(connection, row, unchanged));
    }

    private Outcome removeUnlessErased(Connection connection, JournalRow row, SweepCommit swept) throws SQLException {
        boolean erased = journal.tombstones.existsSince(connection, row.id(), attempt.window(), swept.epoch());
        return erased || !removeLate(connection, swept) ? Outcome.ROWS_CHANGED : Outcome.COMMITTED;
    }

    /** Deletes the late rows that equal what was copied; whether all that were copied are still there. */
    private boolean removeLate(Connection connection, SweepCommit swept) throws SQLException {
        if (swept.late().isEmpty()) {
            return true;
        }
        LateRowMatch late = new LateRowMatch(journal.table(), swept.late());
        journal.hotRows.reread(connection, late.span(), journal.dialect.rereadSuffix(), late::meet);
        journal.betweenRereadAndDelete.run();
        return late.areAllMet()
                && journal.hotRows.areGone(
                        connection,
                        journal.hotRows.delete(connection, late.unchanged()),
                        late.unchanged().size());
    }

    /** An adoption's end: the files count, and nothing else changes. */
    Outcome runAdoption() {
        return run(this::show, (connection, row) -> Outcome.COMMITTED);
    }

    private interface Work {
        Outcome run(Connection connection, JournalRow row) throws SQLException;
    }

    private void show(Connection connection, long epoch) throws SQLException {
        journal.versions.commit(connection, attempt.archiveId(), attempt.version(), epoch, journal.clock(connection));
    }

    /** What becomes of the version, when the epoch has risen. */
    private interface Ending {
        void run(Connection connection, long epoch) throws SQLException;
    }

    /** Changes nothing if it is empty. */
    private interface Try {
        Optional<Outcome> run(Connection connection, JournalRow row) throws SQLException;
    }

    /** A database that fails over may have lost what was recorded, and still know of the lease. */
    private void checkManifests(Connection connection) throws SQLException {
        RowDigest found = new ManifestTable(journal.tables).sum(connection, attempt.archiveId(), attempt.version());
        if (!found.equals(attempt.recorded())) {
            throw new SourceUnavailableException(attempt.subject() + ": " + journal.source()
                    + " has lost manifests that were recorded: those of " + found.rows() + " rows are there, of "
                    + attempt.recorded().rows() + ". Nothing was deleted. Run the archiver again");
        }
    }

    private Outcome run(Ending ending, Work work) {
        return run(
                        journal.dialect.commitIsolation(),
                        ending,
                        (connection, row) -> Optional.of(work.run(connection, row)))
                .orElseThrow();
    }

    private Optional<Outcome> run(Isolation isolation, Ending ending, Try work) {
        return journal.transactions.run(
                "committing " + attempt.subject(),
                isolation,
                "The journal's state tells: if its versions show " + attempt.version() + ", it happened",
                connection -> {
                    if (isolation == journal.dialect.commitIsolation()) {
                        journal.hotRows.holdOffChanges(connection);
                    }
                    JournalRow row = journal.lock(connection);
                    Optional<Outcome> outcome =
                            attempt.holdsLease(row) && journal.versions.isOpen(connection, row.id(), attempt.version())
                                    ? work.run(connection, row)
                                    : Optional.of(Outcome.LEASE_LOST);
                    if (outcome.equals(Optional.of(Outcome.COMMITTED))) {
                        journal.hotRows.checkDeletion(connection);
                        checkManifests(connection);
                        long epoch = row.epoch() + 1;
                        Sql.update(
                                connection,
                                "UPDATE " + journal.tables.archive + " SET epoch = ? WHERE archive_id = ?",
                                epoch,
                                row.id());
                        ending.run(connection, epoch);
                    } else {
                        journal.transactions.beginAgain(connection, isolation);
                    }
                    return outcome;
                });
    }
}
