package io.github.tieredquery.jdbc.internal.scan;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.jdbc.internal.dialect.Dialect;
import io.github.tieredquery.jdbc.internal.dialect.SqlErrors;
import io.github.tieredquery.jdbc.internal.dialect.SqlText;
import io.github.tieredquery.spi.ScanControl;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A statement of a scan, which a {@link ScanControl} can stop from another thread until it is closed. */
final class RunningStatement {

    private static final Logger LOG = LoggerFactory.getLogger(RunningStatement.class);

    private final PreparedStatement statement;
    private final String source;
    private final Dialect dialect;
    private final Runnable release;
    private final StatementGuard guard;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RunningStatement(
            PreparedStatement statement, String source, Dialect dialect, ScanControl control, Runnable release)
            throws SQLException {
        this.statement = statement;
        this.source = source;
        this.dialect = dialect;
        this.release = release;
        this.guard = new StatementGuard(statement, control, source);
    }

    /**
     * Prepares a statement and binds its values.
     *
     * @param release gives back the connection; is run exactly once, also if this fails
     */
    static RunningStatement prepare(
            Connection connection,
            SqlText sql,
            int fetchSize,
            String source,
            Dialect dialect,
            ScanControl control,
            Runnable release) {
        PreparedStatement statement = null;
        try {
            if (sql.parameters() > dialect.maxParameters()) {
                throw new BadQueryException(source + ": the filter has more values than the " + dialect.maxParameters()
                        + " that " + dialect.name() + " takes in a statement (" + sql.parameters()
                        + "); ask for fewer at a time");
            }
            statement = dialect.prepare(connection, sql.toString(), fetchSize);
            sql.bind(statement);
            long seconds = control.remaining(TimeUnit.SECONDS).orElse(0L);
            if (seconds > 0) {
                // Later than all that the control does: pgjdbc's own cancelling would keep this thread waiting.
                statement.setQueryTimeout((int) Math.min(seconds + 2, Integer.MAX_VALUE));
            }
            return new RunningStatement(statement, source, dialect, control, release);
        } catch (SQLException | RuntimeException e) {
            closeQuietly(statement);
            release.run();
            throw e instanceof SQLException driver
                    ? SqlErrors.failure(source, "preparing a query", driver)
                    : (RuntimeException) e;
        }
    }

    /** Runs the statement. Closes this if that fails. */
    ResultSet execute(ScanControl control, String what) {
        try {
            control.check(what);
            return statement.executeQuery();
        } catch (SQLException e) {
            try {
                control.check(what);
                throw failure(e);
            } finally {
                close(false);
            }
        } catch (RuntimeException e) {
            close(false);
            throw e;
        }
    }

    TieredQueryException failure(SQLException e) {
        return SqlErrors.failure(source, "reading", e);
    }

    /** Cancels the statement if it is still this one that runs; its connection is broken off if it doesn't end. */
    void cancel() {
        guard.cancel();
    }

    /** Lets the socket wait no longer than what remains by now. */
    void limitSocket(ScanControl control) throws SQLException {
        if (control.remaining().isPresent()) {
            ConnectionWatch.limitSocket(statement.getConnection(), control);
        }
    }

    /**
     * Closes the statement and gives back the connection. Calling it again does nothing.
     *
     * @param rowsAreLeft whether the result wasn't read to its end
     */
    void close(boolean rowsAreLeft) {
        if (rowsAreLeft && dialect.closingDrains()) {
            cancel();
        }
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            guard.close();
            closeWithin();
        } finally {
            release.run();
        }
    }

    /** A driver may read what is left of a result from the server first. */
    private void closeWithin() {
        Connection connection = connection();
        if (connection == null) {
            closeQuietly(statement);
            return;
        }
        int socketMillis = ConnectionWatch.socketMillis(connection);
        ConnectionWatch.limitSocket(connection, ConnectionWatch.GRACE);
        try (ConnectionWatch watch = ConnectionWatch.until(connection, ScanControl.unlimited(), source)) {
            watch.start();
            resetTimeout();
            closeQuietly(statement);
        } finally {
            ConnectionWatch.restoreSocket(connection, socketMillis);
        }
    }

    /** H2 keeps the timeout of a statement for the whole session. */
    private void resetTimeout() {
        try {
            statement.setQueryTimeout(0);
        } catch (SQLException e) {
            LOG.debug("resetting a timeout failed", e);
        }
    }

    /** Null if the driver has closed the statement, since it failed. */
    private @Nullable Connection connection() {
        try {
            return statement.getConnection();
        } catch (SQLException e) {
            LOG.debug("a closed statement knows no connection", e);
            return null;
        }
    }

    private static void closeQuietly(@Nullable PreparedStatement statement) {
        if (statement != null) {
            try {
                statement.close();
            } catch (SQLException e) {
                LOG.debug("closing a statement failed", e);
            }
        }
    }
}
