package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.ArchiveMark;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Ends what a history has begun that the journal has forgotten, in one transaction. What is under way in the lost
 * history may still write under its versions, so each of them is excluded, those without files included.
 */
final class Recovery {

    /** When the rows of a forgotten version are nobody knows for sure. */
    private static final TimeRange ALWAYS = TimeRange.SUPPORTED;

    /**
     * The lost history went on after the last that is known of it, one epoch with each commit. What was read in one of
     * those isn't valid in one of ours of the same number.
     */
    private static final long EPOCHS_BEYOND = 1_000_000;

    private final JdbcJournal journal;

    Recovery(JdbcJournal journal) {
        this.journal = journal;
    }

    ArchiveMark run(Connection connection, String archive, long excluded, long version, long epoch, String owner)
            throws SQLException {
        JournalRow row = journal.lock(connection);
        journal.marks.goOnAs(connection, row, archive);
        long now = journal.clock(connection);
        VersionTable versions = journal.versions;
        versions.abandonUnended(connection, row.id(), now);
        journal.finishedFiles.deleteAll(connection, row.id());
        for (long forgotten = row.nextVersion(); forgotten <= excluded; forgotten++) {
            versions.openForgotten(connection, row.id(), forgotten, ALWAYS, owner, now);
        }
        long highest = Math.max(row.nextVersion() - 1, version);
        long beyond = Math.max(row.epoch(), epoch) + EPOCHS_BEYOND;
        Sql.update(
                connection,
                "UPDATE " + journal.tables.archive + " SET next_version = ?, epoch = ?, lease_version = NULL,"
                        + " lease_owner = NULL, lease_until_micros = NULL WHERE archive_id = ?",
                highest + 1,
                beyond,
                row.id());
        return journal.marks.issue(connection, row.id(), highest, beyond, now);
    }
}
