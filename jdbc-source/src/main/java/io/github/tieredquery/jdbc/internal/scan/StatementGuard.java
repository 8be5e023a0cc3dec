package io.github.tieredquery.jdbc.internal.scan;

import io.github.tieredquery.spi.ScanControl;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a {@link ScanControl} cancel a statement from another thread until the guard is closed. Cancelling never reaches
 * the connection afterwards, where it could hit the next statement, or somebody else's once the connection has been
 * given back. Close it before the statement. Thread-safe.
 *
 * <p>A driver forgets a cancellation that comes before it has sent the statement, so one is repeated, ever more rarely,
 * until the guard is closed. Each is sent on a thread of its own: drivers open a connection for it, which takes as long
 * as the network likes. If the statement hasn't ended {@linkplain ConnectionWatch#GRACE soon}, its connection is broken
 * off.
 */
public final class StatementGuard implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StatementGuard.class);

    private static final long FIRST_REPEAT_MILLIS = 10;
    /** The last repeat comes about twenty seconds after the first cancellation. */
    private static final long LAST_REPEAT_MILLIS = 10_240;

    private final Statement statement;
    private final String what;
    private final ScanControl.Registration registration;
    private final ConnectionWatch watch;
    private boolean cancelled;
    private boolean cancelling;
    private boolean closed;

    /** A guard whose maker checks the control before the statement runs. */
    StatementGuard(Statement statement, ScanControl control, String what) throws SQLException {
        this.statement = statement;
        this.what = what;
        ConnectionWatch.limitSocket(statement.getConnection(), control);
        this.watch = ConnectionWatch.until(statement.getConnection(), control, what);
        this.registration = control.onStop(this::cancel);
    }

    /**
     * Guards a statement that isn't running yet.
     *
     * @param statement the statement; stays the caller's to close
     * @param control tells when to stop
     * @param what what the statement is for, for messages: {@code reading manifests of postgresql:flights}
     * @return the guard, to be closed by the caller
     * @throws SQLException if the driver says so
     * @throws io.github.tieredquery.error.QueryCancelledException if the query was cancelled already
     * @throws io.github.tieredquery.error.QueryTimedOutException if its timeout has passed already
     */
    public static StatementGuard of(Statement statement, ScanControl control, String what) throws SQLException {
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

    /** Begins to cancel the statement, unless the guard is closed, and goes on until it is. Doesn't wait. */
    void cancel() {
        synchronized (this) {
            if (closed || cancelled) {
                return;
            }
            cancelled = true;
        }
        watch.start();
        Intervention.start(() -> cancelAgain(FIRST_REPEAT_MILLIS));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it ends by itself once the guard is closed
    private void cancelAgain(long repeatMillis) {
        cancelOnce();
        if (repeatMillis <= LAST_REPEAT_MILLIS && !isClosed()) {
            Intervention.after(repeatMillis, () -> cancelAgain(2 * repeatMillis));
        }
    }

    private void cancelOnce() {
        synchronized (this) {
            if (closed || cancelling || watch.hasAborted()) {
                return;
            }
            cancelling = true;
        }
        try {
            // A driver may have closed a statement that failed.
            if (!statement.isClosed()) {
                PostgresCancel.cancel(statement);
            }
        } catch (SQLException e) {
            LOG.warn("{}: cancelling failed", what, e);
        } finally {
            synchronized (this) {
                cancelling = false;
                notifyAll();
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /**
     * Ends the control's hold of the statement; waits for a cancellation that is under way. One that doesn't end could
     * hit a later statement, so the connection is broken off then.
     */
    @Override
    public void close() {
        registration.close();
        synchronized (this) {
            closed = true;
            long end = System.nanoTime() + ConnectionWatch.GRACE.toNanos();
            boolean interrupted = false;
            while (cancelling && !watch.hasAborted()) {
                long rest = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (rest <= 0) {
                    ConnectionWatch.abort(connectionOf(statement), what);
                    break;
                }
                try {
                    wait(Math.min(rest, 20));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        watch.close();
    }

    private java.sql.Connection connectionOf(Statement running) {
        try {
            return running.getConnection();
        } catch (SQLException e) {
            throw new IllegalStateException(what + ": a statement without a connection", e);
        }
    }
}
