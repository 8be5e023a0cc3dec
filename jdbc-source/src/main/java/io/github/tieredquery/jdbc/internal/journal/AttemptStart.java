package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.jdbc.internal.journal.AttemptRequest.Kind;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.ArchiveMark;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Step 1 of the protocol: takes the lease and a version, in a transaction that locks the table's row first. */
public final class AttemptStart {

    private final JdbcJournal journal;
    private final AttemptRequest request;

    AttemptStart(JdbcJournal journal, AttemptRequest request) {
        this.journal = journal;
        this.request = request;
    }

    /**
     * An attempt that has begun.
     *
     * @param window what is asked for; a sweep's is extended to all that it replaces
     * @param copied what it goes on with; none for a sweep and for an adoption
     */
    public record Begun(
            long archiveId,
            TimeRange window,
            long version,
            int schemaVersion,
            ArchiveMark mark,
            List<FinishedFileTable.Stored> copied) {}

    /** Empty if somebody else holds the lease. */
    Optional<Begun> run(Connection connection) throws SQLException {
        JournalRow row = journal.lock(connection);
        row.identity().checkWrittenBy(journal.table());
        long now = journal.clock(connection);
        if (row.leaseVersion() != null && row.leaseUntilMicros() > now) {
            return Optional.empty();
        }
        check(connection, row);
        boolean archives = request.kind() == Kind.WINDOW;
        TimeRange window = request.kind() == Kind.SWEEP
                ? journal.versions.reach(connection, row.id(), request.window())
                : request.window();
        // Whoever held the lease before is declared dead: it finds its version abandoned if it comes back.
        journal.versions.abandonOpen(connection, row.id(), now);
        Optional<Long> suspended =
                archives ? journal.versions.resume(connection, row.id(), window, now) : Optional.empty();
        long version = suspended.orElse(row.nextVersion());
        Sql.update(
                connection,
                "UPDATE " + journal.tables.archive + " SET next_version = ?, lease_version = ?, lease_owner = ?,"
                        + " lease_until_micros = ? WHERE archive_id = ?",
                suspended.isPresent() ? row.nextVersion() : version + 1,
                version,
                request.owner(),
                Math.addExact(now, request.leaseMicros()),
                row.id());
        if (suspended.isEmpty()) {
            journal.versions.open(connection, row.id(), version, request.kind(), window, request.owner(), now);
        }
        List<FinishedFileTable.Stored> copied =
                archives ? journal.finishedFiles.goneOnWith(connection, row.id(), version, window) : List.of();
        return Optional.of(new Begun(
                row.id(),
                window,
                version,
                row.identity().schemaVersion(),
                journal.marks.issue(connection, row.id(), Math.max(version, row.nextVersion() - 1), row.epoch(), now),
                copied));
    }

    private void check(Connection connection, JournalRow row) throws SQLException {
        request.kind().check(journal.tableName(), request.window(), row.watermark());
        if (row.watermark() == null
                && request.kind() != Kind.ADOPTION
                && journal.versions.anyCommitted(connection, row.id())) {
            throw new ConfigurationException("table '" + journal.tableName() + "': an archive is being taken over and"
                    + " not all of it is yet; run Adoption.of(…) until it is complete");
        }
    }
}
