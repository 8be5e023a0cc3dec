package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.OutcomeUnknownException;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.jdbc.internal.connection.BorrowedConnection;
import io.github.tieredquery.jdbc.internal.dialect.DeleteEffect;
import io.github.tieredquery.jdbc.internal.dialect.Isolation;
import io.github.tieredquery.jdbc.internal.dialect.SqlErrors;
import io.github.tieredquery.jdbc.internal.scan.PhysicalTable;
import io.github.tieredquery.spi.ScanControl;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** The journal's transactions, each on a connection of its own. Thread-safe. */
public final class JournalTransactions {

    /** PostgreSQL calls the part of a key that is about one partition by the key's name and a number. */
    private static final String OF_PARTITION = "_\\d+";

    /** Each further try meets only what was committed meanwhile. */
    private static final int TRIES = 5;

    private final Jdbi jdbi;
    private final PhysicalTable physical;
    private final String source;
    private final String journal;
    private final JournalDialect dialect;
    private final ScanControl control;

    JournalTransactions(
            Jdbi jdbi, PhysicalTable physical, String journal, JournalDialect dialect, ScanControl control) {
        this.jdbi = jdbi;
        this.physical = physical;
        this.source = physical.name();
        this.journal = journal;
        this.dialect = dialect;
        this.control = control;
    }

    /** The same, for a caller that waits no longer than a control allows. */
    JournalTransactions within(ScanControl until) {
        return new JournalTransactions(jdbi, physical, journal, dialect, until);
    }

    /** What runs inside a transaction. It may run several times, so it leaves nothing behind in memory. */
    @FunctionalInterface
    public interface Work<T> {
        public T run(Connection connection) throws SQLException;
    }

    /**
     * Runs a transaction, and runs it again if the database rolled it back for reasons of timing only.
     *
     * @param what what is being done, for messages: {@code taking the lease}
     * @param isolation what it sees of others
     * @param ifUnknown what to do if it isn't known whether the transaction was committed, for the message
     * @param work runs inside; it may roll back itself and then changes nothing
     * @throws OutcomeUnknownException if COMMIT was sent and no answer came, in time or at all
     * @throws QueryTimedOutException if the control's time has passed before; nothing is committed then
     */
    public <T> T run(String what, Isolation isolation, String ifUnknown, Work<T> work) {
        Transaction<T> transaction = new Transaction<>(what, isolation, ifUnknown, work);
        if (control.remaining().isEmpty()) {
            return transaction.run();
        }
        try {
            return control.await(what + " of " + source, transaction::run, late -> {});
        } catch (QueryTimedOutException | QueryCancelledException e) {
            if (transaction.giveUp()) {
                throw e;
            }
            throw outcomeUnknown(what, ifUnknown, "no answer came in time", e);
        }
    }

    /** One transaction and its further tries. Whoever waits for it may give it up, unless COMMIT has been sent. */
    private final class Transaction<T> {

        private enum Phase {
            WORKING,
            COMMITTING,
            GIVEN_UP
        }

        private final String what;
        private final Isolation isolation;
        private final String ifUnknown;
        private final Work<T> work;
        private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.WORKING);

        Transaction(String what, Isolation isolation, String ifUnknown, Work<T> work) {
            this.what = what;
            this.isolation = isolation;
            this.ifUnknown = ifUnknown;
            this.work = work;
        }

        /** Sees to it that nothing is committed; false if that is too late. */
        boolean giveUp() {
            return phase.compareAndSet(Phase.WORKING, Phase.GIVEN_UP) || phase.get() == Phase.GIVEN_UP;
        }

        T run() {
            for (int tries = 1; ; tries++) {
                BorrowedConnection borrowed = BorrowedConnection.take(jdbi, physical, control);
                boolean committing = false;
                boolean committed = false;
                try {
                    Connection connection = borrowed.connection();
                    begin(connection, isolation);
                    T result = work.run(connection);
                    if (!phase.compareAndSet(Phase.WORKING, Phase.COMMITTING)) {
                        throw new QueryCancelledException(source + ": " + what + " was given up before its COMMIT");
                    }
                    committing = true;
                    physical.commit(connection);
                    committed = true;
                    return result;
                } catch (SQLException e) {
                    if (dialect.isRetryable(e) && tries < TRIES) {
                        phase.compareAndSet(Phase.COMMITTING, Phase.WORKING);
                        continue;
                    }
                    if (dialect.isReferenced(e)) {
                        throw referenced(borrowed.connection(), what, e);
                    }
                    if (committing && !saysRolledBack(e)) {
                        throw outcomeUnknown(what, ifUnknown, SqlErrors.state(e), e);
                    }
                    control.check(what + " of " + source);
                    throw failure(what, e);
                } finally {
                    if (committed) {
                        borrowed.release();
                    } else {
                        borrowed.release(physical::end);
                    }
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

    private OutcomeUnknownException outcomeUnknown(String what, String advice, String reason, Exception e) {
        return new OutcomeUnknownException(
                source + ": " + what + ": the answer to COMMIT was lost (" + reason
                        + "), so it may or may not have happened. " + advice,
                e);
    }

    /** The hot table's keys of which the database speaks: the journal has keys of its own. */
    private TieredQueryException referenced(Connection connection, String what, SQLException cause) {
        List<DeleteEffect> keys = List.of();
        try {
            physical.end(connection);
            String words = String.valueOf(cause.getMessage());
            List<DeleteEffect> all = physical.deleteEffects(connection).stream()
                    .filter(effect -> effect.kind() == DeleteEffect.Kind.REFERENCE)
                    .toList();
            keys = all.stream()
                    .filter(effect -> isNamed(Pattern.quote(effect.name()), words))
                    .toList();
            if (keys.isEmpty()) {
                keys = all.stream()
                        .filter(effect -> isNamed(Pattern.quote(effect.name()) + OF_PARTITION, words))
                        .toList();
            }
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
        return keys.isEmpty()
                ? failure(what, cause)
                : new ConfigurationException(
                        source + ": " + what + " was refused by the database (" + SqlErrors.state(cause)
                                + "), since rows of other tables point at rows that are to be deleted or changed: "
                                + keys.stream().map(DeleteEffect::text).collect(Collectors.joining("; "))
                                + ". Delete or archive those rows first, and keep these at least as long; nothing was"
                                + " changed",
                        cause);
    }

    /** Whether a message names a key, in whichever quotes its language has; H2 goes on with a colon. */
    private static boolean isNamed(String key, String message) {
        return Pattern.compile("[\"'`\u2018\u201c\u201e\u00ab\u00bb]\\h?" + key
                        + "(?:\\h?[\"'`\u2019\u201c\u201d\u00ab\u00bb]|:)")
                .matcher(message)
                .find();
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
