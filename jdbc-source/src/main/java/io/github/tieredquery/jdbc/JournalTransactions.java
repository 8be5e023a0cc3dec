package io.github.tieredquery.jdbc;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.OutcomeUnknownException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.jdbc.sql.DeleteEffect;
import io.github.tieredquery.jdbc.sql.Isolation;
import io.github.tieredquery.jdbc.sql.PhysicalTable;
import io.github.tieredquery.jdbc.sql.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** The journal's transactions, each on a connection of its own. Thread-safe. */
final class JournalTransactions {

    /** Each further try meets only what was committed meanwhile. */
    private static final int TRIES = 5;

    private final Jdbi jdbi;
    private final PhysicalTable physical;
    private final String source;
    private final String journal;
    private final JournalDialect dialect;

    JournalTransactions(Jdbi jdbi, PhysicalTable physical, String journal, JournalDialect dialect) {
        this.jdbi = jdbi;
        this.physical = physical;
        this.source = physical.name();
        this.journal = journal;
        this.dialect = dialect;
    }

    /** What runs inside a transaction. It may run several times, so it leaves nothing behind in memory. */
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /**
     * Runs a transaction, and runs it again if the database rolled it back for reasons of timing only.
     *
     * @param what what is being done, for messages: {@code taking the lease}
     * @param isolation what it sees of others
     * @param ifUnknown what to do if it isn't known whether the transaction was committed, for the message
     * @param work runs inside; it may roll back itself and then changes nothing
     * @throws OutcomeUnknownException if COMMIT was sent and no answer came
     */
    <T> T run(String what, Isolation isolation, String ifUnknown, Work<T> work) {
        for (int tries = 1; ; tries++) {
            Lease lease = Lease.take(jdbi, physical);
            boolean committing = false;
            boolean committed = false;
            try {
                Connection connection = lease.connection();
                begin(connection, isolation);
                T result = work.run(connection);
                committing = true;
                physical.commit(connection);
                committed = true;
                return result;
            } catch (SQLException e) {
                if (dialect.isRetryable(e) && tries < TRIES) {
                    continue;
                }
                if (dialect.isReferenced(e)) {
                    throw referenced(lease.connection(), what, e);
                }
                throw committing && !saysRolledBack(e) ? outcomeUnknown(what, ifUnknown, e) : failure(what, e);
            } finally {
                if (committed) {
                    lease.release();
                } else {
                    lease.release(physical::end);
                }
            }
        }
    }

    /** Rolls back what a transaction's work has done so far; what follows is a transaction of its own. */
    void beginAgain(Connection connection, Isolation isolation) throws SQLException {
        physical.end(connection);
        begin(connection, isolation);
    }

    private void begin(Connection connection, Isolation isolation) throws SQLException {
        physical.begin(connection, isolation);
        dialect.makeDurable(connection);
    }

    /** State 40003 says that nobody knows. */
    private static boolean saysRolledBack(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("23") || (state.startsWith("40") && !state.equals("40003"));
    }

    private OutcomeUnknownException outcomeUnknown(String what, String advice, SQLException e) {
        return new OutcomeUnknownException(
                source + ": " + what + ": the answer to COMMIT was lost (" + SqlErrors.state(e)
                        + "), so it may or may not have happened. " + advice,
                e);
    }

    /** The hot table's keys of which the database speaks: the journal has keys of its own. */
    private TieredQueryException referenced(Connection connection, String what, SQLException cause) {
        List<DeleteEffect> keys = List.of();
        try {
            connection.rollback();
            String words = String.valueOf(cause.getMessage());
            keys = physical.deleteEffects(connection).stream()
                    .filter(effect -> effect.kind() == DeleteEffect.Kind.REFERENCE && words.contains(effect.name()))
                    .toList();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
        return keys.isEmpty()
                ? failure(what, cause)
                : new ConfigurationException(
                        source + ": " + what + " was refused by the database (" + SqlErrors.state(cause)
                                + "), since rows of other tables point at rows that are to be deleted: "
                                + keys.stream().map(DeleteEffect::text).collect(Collectors.joining("; "))
                                + ". Delete or archive those rows first, and keep these at least as long; nothing was"
                                + " changed",
                        cause);
    }

    /** The error that a caller gets for what the driver says. */
    TieredQueryException failure(String what, SQLException e) {
        if (dialect.isMissingTable(e)) {
            return new ConfigurationException(
                    source + ": " + what + " failed, since the tables of the journal '" + journal
                            + "' aren't there. The archiver creates them, or a DBA does with the statements of"
                            + " JdbcSource.journalDdl()",
                    e);
        }
        if (dialect.isDenied(e)) {
            return new ConfigurationException(
                    source + ": " + what + " was denied to this database user (" + SqlErrors.state(e)
                            + "). A reader needs SELECT on the table and on the tables of the journal '" + journal
                            + "'; an archiver also needs DELETE on the table, with rowsPerDelete(…) UPDATE too, and INSERT,"
                            + " UPDATE and DELETE on the journal's."
                            + " A DBA can create those with the statements of JdbcSource.journalDdl()",
                    e);
        }
        return SqlErrors.failure(source, what, e);
    }
}
