package io.github.tieredquery.jdbc.internal.dialect;

import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Words for what a database says. They hold its state and never its message, which may quote values. */
public final class SqlErrors {

    private SqlErrors() {}

    /**
     * A failure of the database, as the error that {@link SqlFault} has for what the driver says.
     *
     * @param source the source's name
     * @param what what failed: {@code reading}
     * @param cause what the driver says
     * @return the error to throw
     */
    public static TieredQueryException failure(String source, String what, SQLException cause) {
        SqlFault fault = SqlFault.of(cause);
        String message = source + ": " + what + " failed with " + state(cause)
                + (fault == null ? "" : ": " + fault.advice()) + "; the cause holds the database's own words";
        return fault == null ? new SourceUnavailableException(message, cause) : fault.error(message, cause);
    }

    /**
     * A failure without a driver's exception of its own.
     *
     * @param source the source's name
     * @param what what failed: {@code getting a connection}
     * @param cause the failure; a driver's exception among its causes gives the state
     * @return the error to throw
     */
    public static TieredQueryException failure(String source, String what, Throwable cause) {
        SQLException driver = driverException(cause);
        return driver != null
                ? failure(source, what, driver)
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

    /**
     * Whether a constraint of the database was in the way.
     *
     * @param e the driver's exception
     * @return whether it is so
     */
    public static boolean isConstraint(SQLException e) {
        return SqlFault.of(e) == SqlFault.CONSTRAINT;
    }

    /** Whether the statement itself is at fault, rather than the connection or the server. */
    public static boolean isStatementAtFault(SQLException e) {
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
