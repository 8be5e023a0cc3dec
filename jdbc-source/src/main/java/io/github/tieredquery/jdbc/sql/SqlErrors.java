package io.github.tieredquery.jdbc.sql;

import io.github.tieredquery.error.SourceUnavailableException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Words for what a database says. They hold its state and never its message, which may quote values. */
public final class SqlErrors {

    private SqlErrors() {}

    /**
     * A failure of the database.
     *
     * @param source the source's name
     * @param what what failed: {@code reading}
     * @param cause what the driver says
     * @return the error to throw
     */
    public static SourceUnavailableException unavailable(String source, String what, SQLException cause) {
        return new SourceUnavailableException(
                source + ": " + what + " failed with " + state(cause) + "; the cause holds the database's own words",
                cause);
    }

    /**
     * A failure without a driver's exception of its own.
     *
     * @param source the source's name
     * @param what what failed: {@code getting a connection}
     * @param cause the failure; a driver's exception among its causes gives the state
     * @return the error to throw
     */
    public static SourceUnavailableException unavailable(String source, String what, Throwable cause) {
        SQLException driver = driverException(cause);
        return driver != null
                ? unavailable(source, what, driver)
                : new SourceUnavailableException(source + ": " + what + " failed; see the cause", cause);
    }

    /**
     * The state that a driver's exception carries.
     *
     * @param e the driver's exception
     * @return for example {@code SQL state 42501}, or the error code if there is no state
     */
    public static String state(SQLException e) {
        return e.getSQLState() == null ? "error code " + e.getErrorCode() : "SQL state " + e.getSQLState();
    }

    /** Whether the statement itself is at fault, rather than the connection or the server. */
    static boolean isStatementAtFault(SQLException e) {
        String state = e.getSQLState();
        return state == null || !(state.startsWith("08") || state.startsWith("53") || state.startsWith("57"));
    }

    private static @Nullable SQLException driverException(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException driver) {
                return driver;
            }
        }
        return null;
    }
}
