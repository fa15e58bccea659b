package io.taskstore.jdbi;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * New connections to a PostgreSQL server, for what is done before there is a pool: it tells at once what is wrong, where a
 * pool would try again, and a migration needs more connections than a small pool has.
 */
final class UnpooledConnections implements DataSource {

    private final String url;
    private final String seconds;

    UnpooledConnections(String url, Duration patience) {
        this.url = url;
        this.seconds = Long.toString(Math.max(1, patience.toSeconds()));
    }

    /** What the URL says goes before these properties. */
    @Override
    public Connection getConnection() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "taskstore");
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("loginTimeout", seconds);
        return DriverManager.getConnection(url, properties);
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the URL says who connects");
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        throw new SQLFeatureNotSupportedException("there is nothing to log");
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("there is nothing to log");
    }

    @Override
    public void setLoginTimeout(int timeout) throws SQLException {
        throw new SQLFeatureNotSupportedException("the timeout is fixed");
    }

    @Override
    public int getLoginTimeout() {
        return Integer.parseInt(seconds);
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("there is nothing to log");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLFeatureNotSupportedException("there is nothing inside");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
