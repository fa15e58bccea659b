package io.taskstore.embedded;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** The pool of a host, which somebody might close. */
final class HostPool implements DataSource, AutoCloseable {

    private final String url;
    private final Queue<Connection> given = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    HostPool(String url) {
        this.url = url;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = DriverManager.getConnection(url);
        given.add(connection);
        return connection;
    }

    /** {@return how many connections were not given back} */
    long open() throws SQLException {
        long open = 0;
        for (Connection connection : given) {
            open += connection.isClosed() ? 0 : 1;
        }
        return open;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        return null;
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
