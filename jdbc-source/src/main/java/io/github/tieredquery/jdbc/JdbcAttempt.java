package io.github.tieredquery.jdbc;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.jdbc.sql.SqlErrors;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.store.FinishedFile;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.SweptRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An attempt. It holds the lease as long as the table's row names its version: an expired lease is still its own until
 * somebody takes it, and is lost from then on, whatever the clocks say.
 */
final class JdbcAttempt implements ArchiveAttempt {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcAttempt.class);

    private final JdbcJournal journal;
    private final long archiveId;
    private final TimeRange window;
    private final String kind;
    private final long version;
    private final int schemaVersion;
    private final ArchiveMark mark;
    private final List<FinishedFiles.Stored> copied;
    private final Set<String> recordedPaths = new HashSet<>();
    private RowDigest recorded = RowDigest.EMPTY;
    private int finished;
    private boolean closed;
    /** Another process may go on under the version by now. */
    private boolean suspended;

    /**
     * An attempt.
     *
     * @param copied what it goes on with
     */
    JdbcAttempt(
            JdbcJournal journal,
            long archiveId,
            TimeRange window,
            String kind,
            long version,
            int schemaVersion,
            ArchiveMark mark,
            List<FinishedFiles.Stored> copied) {
        this.journal = journal;
        this.archiveId = archiveId;
        this.window = window;
        this.kind = kind;
        this.version = version;
        this.schemaVersion = schemaVersion;
        this.mark = mark;
        this.copied = copied;
        this.finished =
                (int) copied.stream().filter(file -> file.version() == version).count();
    }

    @Override
    public TimeRange window() {
        return window;
    }

    @Override
    public long version() {
        return version;
    }

    @Override
    public ArchiveMark mark() {
        return mark;
    }

    @Override
    public int schemaVersion() {
        return schemaVersion;
    }

    long archiveId() {
        return archiveId;
    }

    JdbcJournal journal() {
        return journal;
    }

    @Override
    public boolean renew(Duration lease) {
        long leaseMicros = JdbcJournal.leaseMicros(lease);
        return run("renewing the archive's lease", connection -> {
            if (!holdsLease(journal.lock(connection))) {
                return false;
            }
            JournalSql.update(
                    connection,
                    "UPDATE " + journal.tables.archive + " SET lease_until_micros = ? WHERE archive_id = ?",
                    Math.addExact(journal.clock(connection), leaseMicros),
                    archiveId);
            return true;
        });
    }

    @Override
    public List<FinishedFile> copied(HivePartitionLayout layout) {
        return copied.stream()
                .map(file -> journal.finishedFiles.parse(file, layout))
                .toList();
    }

    @Override
    public boolean finished(FinishedFile file) {
        check(file.manifest());
        int number = finished;
        boolean held = run("recording a finished file", connection -> {
            if (!holdsLease(journal.lock(connection))) {
                return false;
            }
            journal.finishedFiles.insert(connection, archiveId, number, file);
            return true;
        });
        finished += held ? 1 : 0;
        return held;
    }

    @Override
    public void suspend() {
        if (!kind.equals(AttemptRequest.WINDOW)) {
            throw new IllegalStateException("only an attempt to archive a window is suspended; close this one");
        }
        if (closed) {
            return;
        }
        closed = true;
        suspended = true;
        run("suspending the attempt", connection -> {
            if (journal.lock(connection).isLeasedTo(version)) {
                journal.versions.suspend(connection, archiveId, version);
                clearLease(connection);
            }
            return true;
        });
    }

    @Override
    public void discard() {
        run("discarding what was copied", connection -> {
            if (holdsLease(journal.lock(connection))) {
                journal.finishedFiles.deleteAll(connection, archiveId);
            }
            return true;
        });
    }

    @Override
    public void record(List<PartitionManifest> manifests) {
        Set<String> paths = new HashSet<>();
        RowDigest sum = recorded;
        for (PartitionManifest manifest : manifests) {
            check(manifest);
            String path = manifest.partition().path();
            if (recordedPaths.contains(path) || !paths.add(path)) {
                throw new IllegalArgumentException(subject() + " has a manifest of the partition " + path + " already");
            }
            sum = sum.plus(manifest.digest());
        }
        Manifests stored = new Manifests(journal.tables);
        int first = recordedPaths.size();
        run("recording manifests", connection -> {
            stored.insert(connection, archiveId, first, manifests);
            return true;
        });
        recordedPaths.addAll(paths);
        recorded = sum;
    }

    private void check(PartitionManifest manifest) {
        if (manifest.version() != version) {
            throw new IllegalArgumentException(subject() + " can't record the manifest of version " + manifest.version()
                    + " of the partition " + manifest.partition().path());
        }
        if (manifest.digest().rows() != manifest.rows()) {
            throw new IllegalArgumentException(subject() + ": the manifest of the partition "
                    + manifest.partition().path() + " says " + manifest.rows() + " rows, and its digest is over "
                    + manifest.digest().rows());
        }
    }

    @Override
    public Outcome commit(RowDigest copied, long rowsPerDelete) {
        checkKind(AttemptRequest.WINDOW);
        checkRecorded(copied);
        return new WindowCommit(this).run(copied, rowsPerDelete);
    }

    @Override
    public Outcome deleteTwins(SweptRows twins) {
        checkKind(AttemptRequest.SWEEP);
        return new WindowCommit(this).runTwins(twins);
    }

    @Override
    public Outcome commitSweep(RowDigest written, SweptRows swept) {
        checkKind(AttemptRequest.SWEEP);
        checkRecorded(written);
        return new WindowCommit(this).runSweep(swept);
    }

    @Override
    public Outcome commitAdoption(RowDigest adopted) {
        checkKind(AttemptRequest.ADOPTION);
        checkRecorded(adopted);
        return new WindowCommit(this).runAdoption();
    }

    private void checkKind(String asked) {
        if (!kind.equals(asked)) {
            throw new IllegalStateException(
                    switch (kind) {
                        case AttemptRequest.SWEEP -> "the attempt is a sweep; end it with commitSweep";
                        case AttemptRequest.ADOPTION -> "the attempt is an adoption; end it with commitAdoption";
                        default -> "the attempt is a window's; end it with commit";
                    });
        }
    }

    private void checkRecorded(RowDigest copied) {
        if (!recorded.equals(copied)) {
            throw new IllegalArgumentException(subject() + ": " + copied.rows() + " rows with the fingerprint "
                    + copied.fingerprint() + " were copied, but the recorded manifests are of " + recorded.rows()
                    + " rows with the fingerprint " + recorded.fingerprint()
                    + "; record every partition before the commit");
        }
    }

    /** What all manifests add up to that were recorded. */
    RowDigest recorded() {
        return recorded;
    }

    boolean holdsLease(JournalRow row) {
        return !suspended && row.isLeasedTo(version);
    }

    String subject() {
        return "table '" + journal.tableName() + "', window " + window + ", version " + version;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            run("giving back the archive's lease", connection -> {
                release(connection);
                return true;
            });
        } catch (TieredQueryException e) {
            LOG.warn("{}: the lease couldn't be given back and is held until it expires", subject(), e);
        }
    }

    private void clearLease(Connection connection) throws SQLException {
        JournalSql.update(
                connection,
                "UPDATE " + journal.tables.archive + " SET lease_version = NULL, lease_owner = NULL,"
                        + " lease_until_micros = NULL WHERE archive_id = ?",
                archiveId);
    }

    private void release(Connection connection) throws SQLException {
        if (holdsLease(journal.lock(connection))) {
            clearLease(connection);
            journal.versions.abandonOpen(connection, archiveId, journal.clock(connection));
        }
    }

    private <T> T run(String what, JournalTransactions.Work<T> work) {
        try {
            return journal.transactions.run(
                    what, journal.dialect.shortIsolation(), "Close the attempt and begin another", work);
        } catch (ConfigurationException e) {
            if (e.getCause() instanceof SQLException driver && SqlErrors.isConstraint(driver)) {
                // The journal's rows refer to the attempt's: whoever has taken it for dead may have removed that.
                throw new SourceUnavailableException(
                        subject() + ": " + what + " failed with " + SqlErrors.state(driver)
                                + ", since the journal doesn't know the attempt any more. Begin another",
                        e);
            }
            throw e;
        }
    }
}
