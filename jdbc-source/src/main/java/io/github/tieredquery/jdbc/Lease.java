package io.github.tieredquery.jdbc;

import io.github.tieredquery.jdbc.sql.PhysicalTable;
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

    private static final int UNTOUCHED = -1;

    private final Handle handle;
    private final boolean autoCommit;
    private final int isolation;
    private final String source;

    private Lease(Handle handle, String source, boolean isolationChanges) throws SQLException {
        this.handle = handle;
        this.source = source;
        Connection connection = handle.getConnection();
        this.autoCommit = connection.getAutoCommit();
        this.isolation = isolationChanges ? connection.getTransactionIsolation() : UNTOUCHED;
    }

    /**
     * Takes a connection to look at something with, in no transaction.
     *
     * @throws io.github.tieredquery.error.SourceUnavailableException if there is none to be had
     */
    static Lease take(Jdbi jdbi, String source) {
        return take(jdbi, source, false);
    }

    /**
     * Takes a connection for a scan or a transaction of a table.
     *
     * @throws io.github.tieredquery.error.SourceUnavailableException if there is none to be had
     */
    static Lease take(Jdbi jdbi, PhysicalTable physical) {
        return take(jdbi, physical.name(), physical.setsIsolationOfConnection());
    }

    private static Lease take(Jdbi jdbi, String source, boolean isolationChanges) {
        Handle handle;
        try {
            handle = jdbi.open();
        } catch (JdbiException e) {
            throw SqlErrors.failure(source, "getting a connection", (Throwable) e);
        }
        try {
            return new Lease(handle, source, isolationChanges);
        } catch (SQLException e) {
            handle.close();
            throw SqlErrors.failure(source, "looking at a connection", e);
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

    /** Gives back a connection on which nothing was begun, or what was has ended. */
    void release() {
        release(connection -> {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
        });
    }

    /**
     * Ends what was begun on the connection and gives it back as it came.
     *
     * @param ending rolls back what hasn't ended, and takes back what was set
     */
    void release(Ending ending) {
        try (Handle closing = handle) {
            Connection connection = closing.getConnection();
            if (!connection.isClosed()) {
                ending.end(connection);
                restore(connection);
            }
        } catch (SQLException | JdbiException e) {
            LOG.warn("{}: giving back a connection failed", source, e);
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
