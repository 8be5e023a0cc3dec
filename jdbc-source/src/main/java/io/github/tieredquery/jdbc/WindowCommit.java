package io.github.tieredquery.jdbc;

import io.github.tieredquery.store.ArchiveAttempt.Outcome;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.SweptRows;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Steps 5 and 6 of the protocol: the one transaction in which rows leave the hot table and become visible in the
 * archive. Whoever reads sees all of it or nothing. The first statement locks the table's row: commits and erasures
 * follow one another, and none meets another's rows.
 */
final class WindowCommit {

    private final JdbcAttempt attempt;
    private final JdbcJournal journal;

    WindowCommit(JdbcAttempt attempt) {
        this.attempt = attempt;
        this.journal = attempt.journal();
    }

    /** 5. Commit. */
    Outcome run(RowDigest copied) {
        return run((connection, row) -> {
            if (!journal.hotRows.digest(connection, attempt.window()).equals(copied)) {
                return Outcome.ROWS_CHANGED;
            }
            journal.betweenRereadAndDelete.run();
            if (journal.hotRows.delete(connection, attempt.window()) != copied.rows()) {
                return Outcome.ROWS_CHANGED;
            }
            JournalSql.update(
                    connection,
                    "UPDATE " + journal.tables.archive + " SET watermark_micros = ? WHERE archive_id = ?",
                    JournalSql.micros(attempt.window().to()),
                    attempt.archiveId());
            return Outcome.COMMITTED;
        });
    }

    /** 6. Sweep. */
    Outcome runSweep(SweptRows swept) {
        return run((connection, row) -> {
            if (journal.tombstones.existsSince(connection, row.id(), attempt.window(), swept.epoch())) {
                return Outcome.ROWS_CHANGED;
            }
            if (!removeLate(connection, swept)) {
                return Outcome.ROWS_CHANGED;
            }
            journal.tombstones.delete(connection, row.id(), swept.range(), swept.epoch());
            journal.versions.supersede(connection, row.id(), attempt.window(), journal.clock(connection));
            return Outcome.COMMITTED;
        });
    }

    /** Deletes the late rows that equal what was copied; whether all that were copied are still there. */
    private boolean removeLate(Connection connection, SweptRows swept) throws SQLException {
        if (swept.late().isEmpty()) {
            return true;
        }
        LateRows late = new LateRows(journal.table(), swept.late());
        journal.hotRows.reread(connection, late.span(), late::meet);
        journal.betweenRereadAndDelete.run();
        return late.areAllMet()
                && journal.hotRows.delete(connection, late.unchanged())
                        == late.unchanged().size();
    }

    /** An adoption's end: the files count, and nothing else changes. */
    Outcome runAdoption() {
        return run((connection, row) -> Outcome.COMMITTED);
    }

    private interface Work {
        Outcome run(Connection connection, JournalRow row) throws SQLException;
    }

    private Outcome run(Work work) {
        return journal.transactions.run(
                "committing " + attempt.subject(),
                journal.dialect.commitIsolation(),
                "The journal's state tells: if its versions show " + attempt.version() + ", it happened",
                connection -> {
                    JournalRow row = journal.lock(connection);
                    Outcome outcome =
                            attempt.holdsLease(row) && journal.versions.isOpen(connection, row.id(), attempt.version())
                                    ? work.run(connection, row)
                                    : Outcome.LEASE_LOST;
                    if (outcome == Outcome.COMMITTED) {
                        show(connection, row);
                    } else {
                        connection.rollback();
                    }
                    return outcome;
                });
    }

    private void show(Connection connection, JournalRow row) throws SQLException {
        long epoch = row.epoch() + 1;
        JournalSql.update(
                connection,
                "UPDATE " + journal.tables.archive + " SET epoch = ? WHERE archive_id = ?",
                epoch,
                row.id());
        journal.versions.commit(connection, row.id(), attempt.version(), epoch, journal.clock(connection));
    }
}
