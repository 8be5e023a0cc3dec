package io.github.tieredquery.jdbc.sql;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.TieredQueryException;
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
            PreparedStatement statement, String source, Dialect dialect, ScanControl control, Runnable release) {
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
                // Rounded up: when the driver gives up, the control's time has passed as well.
                statement.setQueryTimeout((int) Math.min(seconds + 1, Integer.MAX_VALUE));
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

    /** Cancels the statement if it is still this one that runs. */
    void cancel() {
        guard.cancel();
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
        guard.close();
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            // H2 keeps the timeout of a statement for the whole session.
            statement.setQueryTimeout(0);
        } catch (SQLException e) {
            LOG.debug("resetting a timeout failed", e);
        }
        try {
            closeQuietly(statement);
        } finally {
            release.run();
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
