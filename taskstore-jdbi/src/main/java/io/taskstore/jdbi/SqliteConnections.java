package io.taskstore.jdbi;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.StorageFailedException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.ConnectionFactory;

/** Opens connections to one SQLite database, each with what its use needs. */
final class SqliteConnections {

    private static final long PAUSE = Duration.ofMillis(10).toNanos();
    private static final List<Integer> LEAST_VERSION = List.of(3, 51, 3);
    private static final int MAGNITUDE = 1_000;
    /** Files are created by us, for their owner alone; SQLite would put an empty one where one was deleted. */
    private static final String OPEN_MODE = "open_mode";

    private static final String READ_AND_WRITE = "2";
    private static final String BUSY_TIMEOUT = "busy_timeout";
    /** Nobody asks for them, and the driver would search the text of each statement for an INSERT whenever it ran. */
    private static final String GENERATED_KEYS = "jdbc.get_generated_keys";

    private static final long LEAST_POOL_TIMEOUT = 250;

    private final String url;
    private final Options options;
    private final boolean inMemory;

    SqliteConnections(String url, Options options, boolean inMemory) {
        this.url = url;
        this.options = options;
        this.inMemory = inMemory;
    }

    /** {@return the factory of the connection that writes} Its waiting for others is done by the gate, not by SQLite. */
    ConnectionFactory writer() {
        return () -> {
            Connection connection = open();
            try {
                set(
                        connection,
                        "busy_timeout = 0",
                        "foreign_keys = ON",
                        "synchronous = " + options.durability().name(),
                        "journal_size_limit = 67108864",
                        "temp_store = MEMORY",
                        "cache_size = -16384");
                expect(connection, "journal_mode", inMemory ? "memory" : "wal");
                expect(connection, "synchronous", options.durability() == Durability.FULL ? "2" : "1");
                expect(connection, "foreign_keys", "1");
                return options.tap().apply(connection);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        };
    }

    /** {@return a pool of connections that only read} */
    HikariDataSource readers() {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName("taskstore-readers");
        pool.setJdbcUrl(url);
        pool.addDataSourceProperty(
                BUSY_TIMEOUT, Long.toString(options.busyTimeout().toMillis()));
        pool.addDataSourceProperty(OPEN_MODE, READ_AND_WRITE);
        pool.addDataSourceProperty(GENERATED_KEYS, "false");
        pool.setConnectionInitSql("PRAGMA query_only = ON");
        pool.setMaximumPoolSize(options.poolSize());
        pool.setMinimumIdle(0);
        pool.setConnectionTimeout(Math.max(options.acquireTimeout().toMillis(), LEAST_POOL_TIMEOUT));
        pool.setInitializationFailTimeout(-1);
        return new HikariDataSource(pool);
    }

    /**
     * {@return what migrations connect with} They take the write lock when they begin: a lock that is taken later fails at
     * once when processes start together, whatever the busy timeout.
     */
    Map<String, String> migrationProperties() {
        return Map.of(
                "transaction_mode",
                "IMMEDIATE",
                BUSY_TIMEOUT,
                Long.toString(options.busyTimeout().toMillis()));
    }

    String url() {
        return url;
    }

    /** Checks the version of SQLite, and turns the file to write-ahead logging, which it stays in. */
    void prepare() throws SQLException {
        try (Connection connection = open()) {
            String version = ask(connection, "SELECT sqlite_version()");
            if (number(version)
                    < number(String.join(
                            ".", LEAST_VERSION.stream().map(String::valueOf).toList()))) {
                throw new StorageFailedException(
                        "open failed: SQLite " + version
                                + " has errors that lose data; use 3.51.3 or later, with sqlite-jdbc 3.51.3.0",
                        null);
            }
            set(connection, "busy_timeout = " + options.busyTimeout().toMillis());
            logAhead(connection);
            expect(connection, "journal_mode", "wal");
        }
    }

    /** Where several turn the same new file at once, SQLite refuses some at once, whatever its timeout: they would wait for each other. */
    private void logAhead(Connection connection) throws SQLException {
        long start = System.nanoTime();
        boolean turned = false;
        while (!turned) {
            try {
                set(connection, "journal_mode = WAL");
                turned = true;
            } catch (SQLException e) {
                if (!Failures.isSqliteBusy(e)
                        || System.nanoTime() - start > options.busyTimeout().toNanos()) {
                    throw e;
                }
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(PAUSE));
            }
        }
    }

    private static long number(String version) {
        long number = 0;
        for (String part : version.split("\\.", -1)) {
            number = number * MAGNITUDE + Long.parseLong(part);
        }
        return number;
    }

    private Connection open() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty(GENERATED_KEYS, "false");
        if (!inMemory) {
            properties.setProperty(OPEN_MODE, READ_AND_WRITE);
        }
        return DriverManager.getConnection(inMemory ? SqliteFile.PREFIX + ":memory:" : url, properties);
    }

    private static void set(Connection connection, String... pragmas) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String pragma : pragmas) {
                statement.execute("PRAGMA " + pragma);
            }
        }
    }

    private static void expect(Connection connection, String pragma, String value) throws SQLException {
        String actual = ask(connection, "PRAGMA " + pragma);
        if (!value.equals(actual)) {
            throw new StorageFailedException(
                    "open failed: SQLite keeps " + pragma + " at " + actual + " where " + value
                            + " is needed; is the file on a network, or open in another mode?",
                    null);
        }
    }

    static String ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        }
    }
}
