package io.github.tieredquery.jdbc.sql;

import io.github.tieredquery.spi.ScanControl;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a {@link ScanControl} cancel a statement from another thread until the guard is closed. Cancelling never reaches
 * the connection afterwards, where it could hit the next statement, or somebody else's once the connection has been
 * given back. Close it before the statement. Thread-safe.
 *
 * <p>A driver forgets a cancellation that comes before it has sent the statement, so one is repeated, ever more rarely,
 * until the guard is closed.
 */
public final class StatementGuard implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StatementGuard.class);

    private static final long FIRST_REPEAT_MILLIS = 10;
    /** The last repeat comes about twenty seconds after the first cancellation. */
    private static final long LAST_REPEAT_MILLIS = 10_240;

    private final Statement statement;
    private final String what;
    private final ScanControl.Registration registration;
    private boolean closed;

    /** A guard whose maker checks the control before the statement runs. */
    StatementGuard(Statement statement, ScanControl control, String what) {
        this.statement = statement;
        this.what = what;
        this.registration = control.onStop(() -> cancelAgain(FIRST_REPEAT_MILLIS));
    }

    /**
     * Guards a statement that isn't running yet.
     *
     * @param statement the statement; stays the caller's to close
     * @param control tells when to stop
     * @param what what the statement is for, for messages: {@code reading manifests of postgresql:flights}
     * @return the guard, to be closed by the caller
     * @throws io.github.tieredquery.error.QueryCancelledException if the query was cancelled already
     * @throws io.github.tieredquery.error.QueryTimedOutException if its timeout has passed already
     */
    public static StatementGuard of(Statement statement, ScanControl control, String what) {
        StatementGuard guard = new StatementGuard(statement, control, what);
        try {
            // A control that stops before this line has cancelled a statement that didn't run.
            control.check(what);
            return guard;
        } catch (RuntimeException e) {
            guard.close();
            throw e;
        }
    }

    /** Cancels the statement, unless the guard is closed. */
    synchronized void cancel() {
        if (!closed) {
            try {
                // A driver may have closed a statement that failed.
                if (!statement.isClosed()) {
                    statement.cancel();
                }
            } catch (SQLException e) {
                LOG.warn("{}: cancelling failed", what, e);
            }
        }
    }

    private void cancelAgain(long repeatMillis) {
        cancel();
        if (repeatMillis <= LAST_REPEAT_MILLIS && !isClosed()) {
            CompletableFuture.delayedExecutor(repeatMillis, TimeUnit.MILLISECONDS)
                    .execute(() -> cancelAgain(2 * repeatMillis));
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Ends the control's hold of the statement; waits for a cancellation that is under way. */
    @Override
    public void close() {
        registration.close();
        synchronized (this) {
            closed = true;
        }
    }
}
