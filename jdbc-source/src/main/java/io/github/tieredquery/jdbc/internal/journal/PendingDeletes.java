package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.PendingDelete;
import io.github.tieredquery.store.RowDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of step 5 of the protocol, where a commit has moved the watermark alone: the rows that are archived and still
 * in the hot table. All changes are made while the table's row is locked. Immutable and thread-safe.
 */
final class PendingDeletes {

    private static final int MOST = 1_000;

    private final JdbcJournal journal;

    PendingDeletes(JdbcJournal journal) {
        this.journal = journal;
    }

    void insert(Connection connection, long archiveId, List<PendingDelete> parts) throws SQLException {
        for (PendingDelete part : parts) {
            Sql.update(
                    connection,
                    "INSERT INTO " + journal.tables.undeleted + " (archive_id, from_micros, to_micros, version_number,"
                            + " row_count, fingerprint) VALUES (?, ?, ?, ?, ?, ?)",
                    archiveId,
                    Sql.micros(part.range().from()),
                    Sql.micros(part.range().to()),
                    part.version(),
                    part.digest().rows(),
                    part.digest().fingerprint());
        }
    }

    List<PendingDelete> read(Connection connection, long archiveId) throws SQLException {
        List<PendingDelete> parts = new ArrayList<>();
        Sql.query(
                connection,
                "SELECT from_micros, to_micros, version_number, row_count, fingerprint FROM " + journal.tables.undeleted
                        + " WHERE archive_id = ? ORDER BY from_micros LIMIT " + MOST,
                row -> parts.add(new PendingDelete(
                        row.getLong(3),
                        new TimeRange(Sql.instant(row.getLong(1)), Sql.instant(row.getLong(2))),
                        RowDigest.of(row.getLong(4), row.getString(5)))),
                archiveId);
        return parts;
    }

    /**
     * Deletes the rows of a part if they are what is archived, and forgets the part. A row that was erased may be there
     * again just as it was: then it counts, although it equals the archived one, which a tombstone hides.
     */
    boolean delete(Connection connection, PendingDelete part) throws SQLException {
        journal.hotRows.holdOffChanges(connection);
        JournalRow row = journal.lock(connection);
        // Without a column that was appended since, a changed row would be taken for the archived one.
        row.identity().checkWrittenBy(journal.table());
        if (!forget(connection, row.id(), part)) {
            return false;
        }
        if (journal.tombstones.existsSince(connection, row.id(), part.range(), Long.MIN_VALUE)
                || !journal.hotRows.digest(connection, part.range()).equals(part.digest())) {
            return false;
        }
        journal.betweenRereadAndDelete.run();
        if (!journal.hotRows.areGone(
                connection,
                journal.hotRows.delete(connection, part.range()),
                part.digest().rows())) {
            journal.transactions.beginAgain(connection, journal.dialect.commitIsolation());
            forget(connection, journal.lock(connection).id(), part);
            return false;
        }
        journal.hotRows.checkDeletion(connection);
        Sql.update(
                connection,
                "UPDATE " + journal.tables.archive + " SET epoch = ? WHERE archive_id = ?",
                row.epoch() + 1,
                row.id());
        return true;
    }

    private boolean forget(Connection connection, long archiveId, PendingDelete part) throws SQLException {
        return Sql.update(
                        connection,
                        "DELETE FROM " + journal.tables.undeleted
                                + " WHERE archive_id = ? AND from_micros = ? AND to_micros = ? AND version_number = ?",
                        archiveId,
                        Sql.micros(part.range().from()),
                        Sql.micros(part.range().to()),
                        part.version())
                > 0;
    }

    /** A sweep decides from now on what of a window is archived. */
    void forget(Connection connection, long archiveId, TimeRange window) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM " + journal.tables.undeleted
                        + " WHERE archive_id = ? AND from_micros < ? AND to_micros > ?",
                archiveId,
                Sql.micros(window.to()),
                Sql.micros(window.from()));
    }
}
