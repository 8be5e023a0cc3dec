package io.github.tieredquery.jdbc;

import io.github.tieredquery.store.ArchiveAttempt.Outcome;
import io.github.tieredquery.store.RowDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Step 5 of the protocol: the one transaction in which a window's rows leave the hot table and become visible in the
 * archive. Whoever reads sees all of it or nothing.
 */
final class WindowCommit {

    private final JdbcAttempt attempt;
    private final JdbcJournal journal;

    WindowCommit(JdbcAttempt attempt) {
        this.attempt = attempt;
        this.journal = attempt.journal();
    }

    Outcome run(RowDigest copied) {
        return journal.transactions.run(
                "committing " + attempt.subject(),
                journal.dialect.commitIsolation(),
                "The journal's state tells: if its versions show " + attempt.version() + ", it happened",
                connection -> commit(connection, copied));
    }

    /**
     * The first statement locks the table's row: two commits follow one another, and neither meets the other's rows.
     */
    private Outcome commit(Connection connection, RowDigest copied) throws SQLException {
        JournalRow row = journal.lock(connection);
        if (!attempt.holdsLease(row) || !isOpen(connection)) {
            connection.rollback();
            return Outcome.LEASE_LOST;
        }
        if (!journal.hotRows.digest(connection, attempt.window()).equals(copied)) {
            connection.rollback();
            return Outcome.ROWS_CHANGED;
        }
        journal.betweenRereadAndDelete.run();
        if (journal.hotRows.delete(connection, attempt.window()) != copied.rows()) {
            connection.rollback();
            return Outcome.ROWS_CHANGED;
        }
        long epoch = row.epoch() + 1;
        JournalSql.update(
                connection,
                "UPDATE " + journal.tables.archive + " SET watermark_micros = ?, epoch = ? WHERE archive_id = ?",
                JournalSql.micros(attempt.window().to()),
                epoch,
                attempt.archiveId());
        JournalSql.update(
                connection,
                "UPDATE " + journal.tables.version + " SET state = 'COMMITTED', excluded_micros = NULL,"
                        + " committed_micros = ?, committed_epoch = ? WHERE archive_id = ? AND version_number = ?",
                journal.clock(connection),
                epoch,
                attempt.archiveId(),
                attempt.version());
        return Outcome.COMMITTED;
    }

    /** A version that was declared dead, or is committed already, isn't committed. */
    private boolean isOpen(Connection connection) throws SQLException {
        List<String> states = new ArrayList<>(1);
        JournalSql.query(
                connection,
                "SELECT state FROM " + journal.tables.version
                        + " WHERE archive_id = ? AND version_number = ? FOR UPDATE",
                row -> states.add(row.getString(1)),
                attempt.archiveId(),
                attempt.version());
        return states.contains("OPEN");
    }
}
