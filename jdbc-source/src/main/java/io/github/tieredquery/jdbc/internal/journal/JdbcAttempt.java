package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.jdbc.internal.dialect.SqlErrors;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
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
public abstract class JdbcAttempt implements ArchiveAttempt {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcAttempt.class);

    private final JdbcJournal journal;
    private final AttemptStart.Begun begun;
    private final Set<String> recordedPaths = new HashSet<>();
    private RowDigest recorded = RowDigest.EMPTY;
    private boolean closed;

    JdbcAttempt(JdbcJournal journal, AttemptStart.Begun begun) {
        this.journal = journal;
        this.begun = begun;
    }

    @Override
    public TimeRange window() {
        return begun.window();
    }

    @Override
    public long version() {
        return begun.version();
    }

    @Override
    public ArchiveMark mark() {
        return begun.mark();
    }

    @Override
    public int schemaVersion() {
        return begun.schemaVersion();
    }

    public long archiveId() {
        return begun.archiveId();
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
            Sql.update(
                    connection,
                    "UPDATE " + journal.tables.archive + " SET lease_until_micros = ? WHERE archive_id = ?",
                    Math.addExact(journal.clock(connection), leaseMicros),
                    archiveId());
            return true;
        });
    }

    @Override
    public void discard() {
        run("discarding what was copied", connection -> {
            if (holdsLease(journal.lock(connection))) {
                journal.finishedFiles.deleteAll(connection, archiveId());
            }
            return true;
        });
    }

    @Override
    public void recordManifests(List<PartitionManifest> manifests) {
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
        ManifestTable stored = new ManifestTable(journal.tables);
        int first = recordedPaths.size();
        run("recording manifests", connection -> {
            stored.insert(connection, archiveId(), first, manifests);
            return true;
        });
        recordedPaths.addAll(paths);
        recorded = sum;
    }

    void check(PartitionManifest manifest) {
        if (manifest.version() != version()) {
            throw new IllegalArgumentException(subject() + " can't record the manifest of version " + manifest.version()
                    + " of the partition " + manifest.partition().path());
        }
        if (manifest.digest().rows() != manifest.rows()) {
            throw new IllegalArgumentException(subject() + ": the manifest of the partition "
                    + manifest.partition().path() + " says " + manifest.rows() + " rows, and its digest is over "
                    + manifest.digest().rows());
        }
    }

    void checkRecorded(RowDigest copied) {
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
        return row.isLeasedTo(version());
    }

    String subject() {
        return "table '" + journal.tableName() + "', window " + window() + ", version " + version();
    }

    @Override
    public void close() {
        if (!end()) {
            return;
        }
        try {
            run("giving back the archive's lease", connection -> {
                release(connection);
                return true;
            });
        } catch (TieredQueryException e) {
            LOG.warn("{}: the lease couldn't be given back and is held until it expires", subject(), e);
        }
    }

    /** Ends the attempt for its caller; whether it hadn't ended before. */
    boolean end() {
        boolean ends = !closed;
        closed = true;
        return ends;
    }

    void clearLease(Connection connection) throws SQLException {
        Sql.update(
                connection,
                "UPDATE " + journal.tables.archive + " SET lease_version = NULL, lease_owner = NULL,"
                        + " lease_until_micros = NULL WHERE archive_id = ?",
                archiveId());
    }

    private void release(Connection connection) throws SQLException {
        if (holdsLease(journal.lock(connection))) {
            clearLease(connection);
            journal.versions.abandonOpen(connection, archiveId(), journal.clock(connection));
        }
    }

    <T> T run(String what, JournalTransactions.Work<T> work) {
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
