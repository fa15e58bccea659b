package io.taskstore.jdbi;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A driver whose connections fail when a test wants them to: so do those that a pool opens by itself. */
final class FailingDriver implements Driver {

    private final Driver driver;
    private final FailingJdbc failing;

    private FailingDriver(Driver driver, FailingJdbc failing) {
        this.driver = driver;
        this.failing = failing;
    }

    /** {@return what the opening answers, while nobody finds another driver for the address} */
    static <T> T during(String url, FailingJdbc failing, Callable<T> opening) throws Exception {
        Driver known = DriverManager.getDriver(url);
        FailingDriver instead = new FailingDriver(known, failing);
        DriverManager.deregisterDriver(known);
        DriverManager.registerDriver(instead);
        try {
            return opening.call();
        } finally {
            DriverManager.deregisterDriver(instead);
            DriverManager.registerDriver(known);
        }
    }

    @Override
    public @Nullable Connection connect(String url, Properties properties) throws SQLException {
        Connection connection = driver.connect(url, properties);
        return connection == null ? null : failing.wrap(connection);
    }

    @Override
    public boolean acceptsURL(String url) throws SQLException {
        return driver.acceptsURL(url);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) throws SQLException {
        return driver.getPropertyInfo(url, properties);
    }

    @Override
    public int getMajorVersion() {
        return driver.getMajorVersion();
    }

    @Override
    public int getMinorVersion() {
        return driver.getMinorVersion();
    }

    @Override
    public boolean jdbcCompliant() {
        return driver.jdbcCompliant();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }
}
