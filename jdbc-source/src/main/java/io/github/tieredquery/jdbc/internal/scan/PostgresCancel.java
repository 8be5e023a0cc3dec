package io.github.tieredquery.jdbc.internal.scan;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancels what runs on a connection. PostgreSQL's driver has whoever runs a statement wait until the server has
 * answered {@link Statement#cancel}, up to ten seconds; the same request sent for the connection keeps nobody waiting.
 */
final class PostgresCancel {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresCancel.class);
    private static final String INTERFACE = "org.postgresql.PGConnection";

    private PostgresCancel() {}

    static void cancel(Statement statement) throws SQLException {
        Connection connection = statement.getConnection();
        Class<?> type = find(statement);
        if (type == null || !connection.isWrapperFor(type)) {
            statement.cancel();
            return;
        }
        try {
            Method cancel = type.getMethod("cancelQuery");
            cancel.invoke(connection.unwrap(type));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SQLException driver) {
                throw driver;
            }
            throw new IllegalStateException("cancelling failed", e.getCause());
        } catch (ReflectiveOperationException e) {
            statement.cancel();
        }
    }

    /** The driver's interface as the connection's own class loader, or ours, knows it; null where there is none. */
    private static @Nullable Class<?> find(Statement statement) {
        for (ClassLoader loader : new @Nullable ClassLoader[] {
            statement.getClass().getClassLoader(), PostgresCancel.class.getClassLoader()
        }) {
            try {
                return Class.forName(INTERFACE, false, loader);
            } catch (ClassNotFoundException e) {
                LOG.trace("{} doesn't know PostgreSQL's driver", loader, e);
            }
        }
        return null;
    }
}
