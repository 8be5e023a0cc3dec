package io.github.tieredquery.jdbc.internal.scan;

import io.github.tieredquery.spi.ScanControl;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Breaks a connection off that doesn't answer. What is asked of a server once a query has stopped, to cancel a
 * statement, to roll back, has {@link #GRACE} in all; after that the connection is aborted, which frees whoever waits
 * for it, and the server rolls back by itself. Close the watch before the connection is given back: it waits for an
 * abort that has begun, which would hit whoever has the connection by then. Thread-safe.
 */
public final class ConnectionWatch implements AutoCloseable {

    /** How long a server has to answer once a query has stopped. */
    public static final Duration GRACE = Duration.ofMillis(400);

    /** For how long an abort is waited for. It takes no time, unless its driver asks a silent server first. */
    private static final Duration ABORT = Duration.ofMillis(200);

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionWatch.class);
    private static final Duration LONGEST_TIMEOUT = Duration.ofMillis(Integer.MAX_VALUE);

    private final Connection connection;
    private final String what;
    private ScanControl.@Nullable Registration registration;
    private @Nullable Future<?> alarm;
    private boolean closed;
    private boolean aborted;
    private final CountDownLatch abortEnded = new CountDownLatch(1);

    private ConnectionWatch(Connection connection, String what) {
        this.connection = connection;
        this.what = what;
    }

    /**
     * A watch that starts when a query stops.
     *
     * @param connection the connection; stays the caller's to close
     * @param control tells when the query stops
     * @param what what is done on it, for the log
     * @return the watch, to be closed by the caller
     */
    public static ConnectionWatch until(Connection connection, ScanControl control, String what) {
        ConnectionWatch watch = new ConnectionWatch(connection, what);
        ScanControl.Registration stop = control.onStop(watch::start);
        synchronized (watch) {
            watch.registration = stop;
        }
        return watch;
    }

    /** Starts the watch now; it may run already. */
    public synchronized void start() {
        if (!closed && alarm == null) {
            alarm = Intervention.after(GRACE.toMillis(), this::abort);
        }
    }

    private void abort() {
        synchronized (this) {
            if (closed || aborted) {
                return;
            }
            aborted = true;
        }
        LOG.warn("{}: the server hasn't answered for {}, so the connection is broken off", what, GRACE);
        abort(connection, what);
        abortEnded.countDown();
    }

    /** Whether the connection was broken off. */
    public synchronized boolean hasAborted() {
        return aborted;
    }

    /**
     * Breaks a connection off, and waits for a server that doesn't answer for some 200 ms at most.
     *
     * @param connection the connection; its owner still closes it
     * @param what what was done on it, for the log
     */
    public static void abort(Connection connection, String what) {
        // Drivers ask a server to end what runs before they close the socket, and encrypted ones say goodbye.
        Future<?> abort = Intervention.submit(() -> {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException | RuntimeException | AbstractMethodError e) {
                LOG.debug("{}: a connection can't be broken off", what, e);
            }
        });
        try {
            abort.get(ABORT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("{}: the server keeps a connection from being broken off", what, e);
        }
    }

    /**
     * Lets a connection's socket wait for the server no longer than a query lasts, and {@link #GRACE}: for drivers that
     * an abort reaches only through a server that answers. Does nothing if the query has no timeout.
     *
     * @param connection the connection, on which nothing runs
     * @param control tells how much is left
     */
    public static void limitSocket(Connection connection, ScanControl control) {
        control.remaining().ifPresent(rest -> limitSocket(connection, rest.plus(GRACE)));
    }

    /**
     * Lets a connection's socket wait for the server for some time.
     *
     * @param connection the connection, on which nothing runs
     * @param time at most this long for each answer
     */
    public static void limitSocket(Connection connection, Duration time) {
        Duration bounded = time.compareTo(LONGEST_TIMEOUT) < 0 ? time : LONGEST_TIMEOUT;
        setTimeout(connection, Math.max(1, (int) bounded.toMillis()));
    }

    private static void setTimeout(Connection connection, int millis) {
        try {
            connection.setNetworkTimeout(Runnable::run, millis);
        } catch (SQLFeatureNotSupportedException | AbstractMethodError e) {
            LOG.trace("the driver has no socket that could wait", e);
        } catch (SQLException e) {
            LOG.debug("the connection's socket can't be given a timeout", e);
        }
    }

    /**
     * How long a connection's socket waits.
     *
     * @param connection the connection
     * @return milliseconds, 0 for ever; -1 if the driver can't tell
     */
    public static int socketMillis(Connection connection) {
        try {
            return connection.getNetworkTimeout();
        } catch (SQLException | AbstractMethodError e) {
            LOG.trace("the driver can't tell how long its socket waits", e);
            return -1;
        }
    }

    /**
     * Puts back how long a connection's socket waits.
     *
     * @param connection the connection
     * @param millis what {@link #socketMillis} has said
     */
    public static void restoreSocket(Connection connection, int millis) {
        if (millis >= 0 && socketMillis(connection) != millis) {
            setTimeout(connection, millis);
        }
    }

    /** Ends the watch. The connection isn't broken off any more; if that has begun it is waited for. */
    @Override
    public void close() {
        ScanControl.Registration stop;
        boolean aborting;
        synchronized (this) {
            closed = true;
            aborting = aborted;
            stop = registration;
            if (alarm != null) {
                alarm.cancel(false);
            }
        }
        if (stop != null) {
            stop.close();
        }
        if (aborting) {
            awaitAbort();
        }
    }

    private void awaitAbort() {
        try {
            if (!abortEnded.await(ABORT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("{}: the server keeps a connection from being broken off", what);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The grace, and time for those who were freed to come back: how long a lock is waited for that they hold. */
    public static boolean graceful(java.util.concurrent.locks.Lock lock) {
        try {
            return lock.tryLock(2 * GRACE.toMillis() - 100, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return lock.tryLock();
        }
    }
}
