package io.github.tieredquery.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
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
        return watched(Connection.class, target.getConnection());
    }

    /** Commits come as a call of the driver's, or as a statement. */
    private <T> T watched(Class<T> type, T watched) {
        return type.cast(Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    boolean isCommit = method.getName().equals("commit")
                            || method.getName().equals("execute") && arguments[0].equals("COMMIT");
                    if (isCommit && when == Break.BEFORE_COMMIT) {
                        throw new SQLException("An I/O error occurred", "08006");
                    }
                    Object result;
                    try {
                        result = method.invoke(watched, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (isCommit && when == Break.AFTER_COMMIT) {
                        throw new SQLException("An I/O error occurred", "08006");
                    }
                    return method.getName().equals("createStatement")
                            ? watched(Statement.class, (Statement) result)
                            : result;
                }));
    }
}
