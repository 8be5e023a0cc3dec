package io.github.tieredquery.jdbc.internal.connection;

import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.jdbc.internal.dialect.SqlErrors;
import io.github.tieredquery.jdbc.internal.scan.ConnectionWatch;
import io.github.tieredquery.jdbc.internal.scan.PhysicalTable;
import io.github.tieredquery.spi.ScanControl;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of the service's, given back as it was, unless the network is silent: then it is broken off. Used by one
 * thread at a time.
 */
public final class BorrowedConnection {

    private static final Logger LOG = LoggerFactory.getLogger(BorrowedConnection.class);
    private static final String EMPTY_POOL = "the pool is empty, since all its connections are in use, or the database"
            + " takes no new one. Let fewer queries run at a time, or give the pool more connections; each stream"
            + " holds one until it is closed";

    private static final int UNTOUCHED = -1;

    /** What becomes of the isolation of the connection itself. */
    private enum IsolationUse {
        CHANGED,
        LEFT_ALONE
    }

    private final Handle handle;
    private final ScanControl control;
    private final ConnectionWatch watch;
    private final int socketMillis;
    private final boolean autoCommit;
    private final int isolation;
    private final String source;

    private BorrowedConnection(Handle handle, String source, IsolationUse isolationUse, ScanControl control)
            throws SQLException {
        this.handle = handle;
        this.source = source;
        this.control = control;
        Connection connection = handle.getConnection();
        this.socketMillis = ConnectionWatch.socketMillis(connection);
        this.watch = ConnectionWatch.until(connection, control, source);
        try {
            ConnectionWatch.limitSocket(connection, control);
            this.autoCommit = connection.getAutoCommit();
            this.isolation = isolationUse == IsolationUse.CHANGED ? connection.getTransactionIsolation() : UNTOUCHED;
        } catch (SQLException | RuntimeException e) {
            watch.close();
            ConnectionWatch.abort(connection, source);
            throw e;
        }
    }

    /**
     * Takes a connection to look at something with, in no transaction.
     *
     * @throws SourceUnavailableException if there is none to be had
     */
    public static BorrowedConnection take(Jdbi jdbi, String source, ScanControl control) {
        return take(jdbi, source, IsolationUse.LEFT_ALONE, control);
    }

    /**
     * Takes a connection for a scan or a transaction of a table, and waits for it no longer than the query lasts. A
     * connection that comes later is given back.
     *
     * @throws SourceUnavailableException if there is none to be had
     */
    public static BorrowedConnection take(Jdbi jdbi, PhysicalTable physical, ScanControl control) {
        IsolationUse use = physical.setsIsolationOfConnection() ? IsolationUse.CHANGED : IsolationUse.LEFT_ALONE;
        return take(jdbi, physical.name(), use, control);
    }

    private static BorrowedConnection take(Jdbi jdbi, String source, IsolationUse use, ScanControl control) {
        Handle handle = open(jdbi, source, control);
        try {
            return new BorrowedConnection(handle, source, use, control);
        } catch (SQLException e) {
            handle.close();
            control.check("looking at a connection of " + source);
            throw SqlErrors.failure(source, "looking at a connection", e);
        }
    }

    private static Handle open(Jdbi jdbi, String source, ScanControl control) {
        try {
            return control.await("waiting for a connection of " + source, jdbi::open, Handle::close);
        } catch (QueryTimedOutException e) {
            throw new QueryTimedOutException(
                    source + ": the query's timeout passed while it waited for a connection: " + EMPTY_POOL, e);
        } catch (JdbiException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLTransientConnectionException) {
                    throw new SourceUnavailableException(
                            source + ": there was no connection to be had: " + EMPTY_POOL, e);
                }
            }
            throw SqlErrors.failure(source, "getting a connection", (Throwable) e);
        }
    }

    /** The connection, whose socket waits for an answer no longer than the query lasts by now. */
    public Connection connection() {
        Connection connection = handle.getConnection();
        ConnectionWatch.limitSocket(connection, control);
        return connection;
    }

    /** What is done on a connection before it is given back. */
    @FunctionalInterface
    public interface Ending {
        void end(Connection connection) throws SQLException;
    }

    /** Gives back a connection on which nothing was begun, or what was has ended. */
    public void release() {
        release(connection -> {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
        });
    }

    /**
     * Ends what was begun on the connection and gives it back as it came. If that takes longer than
     * {@link ConnectionWatch#GRACE} or fails, the connection is broken off: nobody else gets it as it is.
     *
     * @param ending rolls back what hasn't ended, and takes back what was set
     */
    public void release(Ending ending) {
        try (Handle closing = handle) {
            end(closing.getConnection(), ending);
        } catch (SQLException | JdbiException e) {
            LOG.warn("{}: giving back a connection failed", source, e);
        }
    }

    private void end(Connection connection, Ending ending) throws SQLException {
        try (ConnectionWatch ended = watch) {
            if (connection.isClosed()) {
                return;
            }
            ended.start();
            ConnectionWatch.limitSocket(connection, ConnectionWatch.GRACE);
            ending.end(connection);
            restore(connection);
            ConnectionWatch.restoreSocket(connection, socketMillis);
        } catch (SQLException | RuntimeException e) {
            ConnectionWatch.abort(connection, source);
            makeKnownAsBroken(connection);
            throw e;
        }
        if (watch.hasAborted()) {
            makeKnownAsBroken(connection);
        }
    }

    /** A pool gives up a connection that fails; others it hands out again without a look if they were used just now. */
    private void makeKnownAsBroken(Connection connection) {
        try (Statement failing = connection.createStatement()) {
            LOG.debug("{}: a connection that was broken off still makes statements: {}", source, failing);
        } catch (SQLException e) {
            LOG.trace("{}: the pool knows that the connection is broken", source, e);
        }
    }

    private void restore(Connection connection) throws SQLException {
        if (connection.getAutoCommit() != autoCommit) {
            connection.setAutoCommit(autoCommit);
        }
        if (isolation != UNTOUCHED && connection.getTransactionIsolation() != isolation) {
            connection.setTransactionIsolation(isolation);
        }
    }
}
