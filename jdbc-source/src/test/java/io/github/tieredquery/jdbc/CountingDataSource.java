package io.github.tieredquery.jdbc;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A pool that counts the connections that are taken and given back, and wants them back as they were. */
public final class CountingDataSource implements DataSource {

    private final DataSource target;
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final AtomicLong opened = new AtomicLong();
    private final AtomicLong closed = new AtomicLong();

    private volatile boolean refusing;

    CountingDataSource(DataSource target) {
        this.target = target;
    }

    /** Whether connections are refused as a server does that isn't there. */
    void refuse(boolean refuse) {
        refusing = refuse;
    }

    long opened() {
        return opened.get();
    }

    /** How many connections are out. */
    public long open() {
        return opened.get() - closed.get();
    }

    /** Forgets the connections that nobody has taken; how many there were. */
    int closeIdle() throws SQLException {
        int count = 0;
        for (Connection each = idle.pollFirst(); each != null; each = idle.pollFirst()) {
            each.close();
            count++;
        }
        return count;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (refusing) {
            throw new SQLException("no server", "08001");
        }
        Connection pooled = idle.pollFirst();
        Connection connection = pooled == null ? target.getConnection() : pooled;
        opened.incrementAndGet();
        AtomicBoolean isClosed = new AtomicBoolean();
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        if (isClosed.compareAndSet(false, true)) {
                            giveBack(connection);
                        }
                        return null;
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void giveBack(Connection connection) throws SQLException {
        closed.incrementAndGet();
        if (connection.isClosed()) {
            return;
        }
        if (!connection.getAutoCommit() || connection.isReadOnly()) {
            connection.close();
            throw new SQLException("the connection wasn't given back as it was taken");
        }
        idle.addFirst(connection);
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        throw new SQLException("not used");
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return target.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        target.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        target.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return target.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> iface) throws SQLException {
        return target.unwrap(iface);
    }

    @Override
    public boolean isWrapperFor(Class<?> iface) throws SQLException {
        return target.isWrapperFor(iface);
    }
}
