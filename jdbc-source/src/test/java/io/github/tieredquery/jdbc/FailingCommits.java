package io.github.tieredquery.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** Connections whose commit fails on demand, as when the network breaks. */
final class FailingCommits {

    /** When the network breaks. */
    enum Break {
        NEVER,
        BEFORE_COMMIT,
        AFTER_COMMIT
    }

    private final DataSource target;
    private volatile Break when = Break.NEVER;

    FailingCommits(DataSource target) {
        this.target = target;
    }

    void fail(Break moment) {
        when = moment;
    }

    Jdbi jdbi() {
        return Jdbi.create(this::connection);
    }

    private Connection connection() throws SQLException {
        Connection connection = target.getConnection();
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    boolean isCommit = method.getName().equals("commit");
                    if (isCommit && when == Break.BEFORE_COMMIT) {
                        throw new SQLException("An I/O error occurred", "08006");
                    }
                    Object result;
                    try {
                        result = method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (isCommit && when == Break.AFTER_COMMIT) {
                        throw new SQLException("An I/O error occurred", "08006");
                    }
                    return result;
                });
    }
}
