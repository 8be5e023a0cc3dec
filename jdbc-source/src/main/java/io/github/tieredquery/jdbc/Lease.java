package io.github.tieredquery.jdbc;

import io.github.tieredquery.jdbc.sql.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection of the service's, given back as it was. Used by one thread at a time. */
final class Lease {

    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    private final Handle handle;
    private final boolean autoCommit;
    private final boolean readOnly;
    private final int isolation;
    private final String source;

    private Lease(Handle handle, String source) throws SQLException {
        this.handle = handle;
        this.source = source;
        Connection connection = handle.getConnection();
        this.autoCommit = connection.getAutoCommit();
        this.readOnly = connection.isReadOnly();
        this.isolation = connection.getTransactionIsolation();
    }

    /**
     * Takes a connection.
     *
     * @throws io.github.tieredquery.error.SourceUnavailableException if there is none to be had
     */
    static Lease take(Jdbi jdbi, String source) {
        Handle handle;
        try {
            handle = jdbi.open();
        } catch (JdbiException e) {
            throw SqlErrors.unavailable(source, "getting a connection", (Throwable) e);
        }
        try {
            return new Lease(handle, source);
        } catch (SQLException e) {
            handle.close();
            throw SqlErrors.unavailable(source, "looking at a connection", e);
        }
    }

    Connection connection() {
        return handle.getConnection();
    }

    /** What is done on a connection before it is given back. */
    @FunctionalInterface
    interface Ending {
        void end(Connection connection) throws SQLException;
    }

    /** Ends the transaction, restores the connection's settings and gives it back. */
    void release() {
        release(connection -> {});
    }

    /**
     * Ends the transaction, restores the connection's settings and gives it back.
     *
     * @param ending takes back what was set in the session, after the transaction
     */
    void release(Ending ending) {
        try (Handle closing = handle) {
            Connection connection = closing.getConnection();
            if (!connection.isClosed()) {
                if (!connection.getAutoCommit()) {
                    rollback(connection);
                }
                ending.end(connection);
                restore(connection);
            }
        } catch (SQLException | JdbiException e) {
            LOG.warn("{}: giving back a connection failed", source, e);
        }
    }

    /** A cancel request that came late may hit the first statement after the one that it was meant for. */
    private static void rollback(Connection connection) throws SQLException {
        try {
            connection.rollback();
        } catch (SQLException e) {
            LOG.debug("rolling back again, since the first time failed", e);
            connection.rollback();
        }
    }

    private void restore(Connection connection) throws SQLException {
        if (connection.getAutoCommit() != autoCommit) {
            connection.setAutoCommit(autoCommit);
        }
        if (connection.isReadOnly() != readOnly) {
            connection.setReadOnly(readOnly);
        }
        if (connection.getTransactionIsolation() != isolation) {
            connection.setTransactionIsolation(isolation);
        }
    }
}
