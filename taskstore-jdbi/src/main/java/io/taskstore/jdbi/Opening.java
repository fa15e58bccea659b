package io.taskstore.jdbi;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.InvalidInputException;
import io.taskstore.StorageFailedException;
import io.taskstore.StorageUnavailableException;
import io.taskstore.jdbi.JdbiClaims.Leases;
import io.taskstore.jdbi.NotifyingQueue.Post;
import io.taskstore.jdbi.PostgresEngine.Pools;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;

/** Opens databases: everything is checked, made and migrated before a {@link TaskDatabase} exists. */
final class Opening {

    private static final Call OPEN = Call.of("open");
    private static final String POSTGRESQL = "jdbc:postgresql:";
    private static final int OLDEST_POSTGRESQL = 130_000;
    private static final int HEARTBEATS_PER_LEASE = 5;

    /** A statement may take so long; a wire that died without a word would keep its connection for a quarter of an hour. */
    private static final Duration LONGEST_ANSWER = Duration.ofMinutes(1);

    private static final int SWEEPS_PER_LEASE = 3;

    /** Whether a process lives is for its lock to say; heartbeats are for the case that it is missing. */
    private static final Duration BEAT = Duration.ofSeconds(3);

    private static final Duration SHORTEST_BEAT = Duration.ofSeconds(1);

    private static final Duration SQLITE_SWEEP = Duration.ofMillis(500);

    private Opening() {}

    static TaskDatabase url(String url, Options options) {
        if (url.startsWith(SqliteFile.PREFIX)) {
            SqliteFile file = SqliteFile.of(url);
            driver(url, "org.sqlite.JDBC", "org.xerial:sqlite-jdbc");
            return sqlite(url, file, options);
        } else if (url.startsWith(POSTGRESQL)) {
            Dialect.Postgres dialect = new Dialect.Postgres(options.schema());
            driver(url, "org.postgresql.Driver", "org.postgresql:postgresql");
            migrate(url, dialect, options);
            HikariDataSource pool = pool(url, options);
            HikariDataSource heartbeats = heartbeats(url, options);
            Runnable close = () -> {
                pool.close();
                heartbeats.close();
            };
            try {
                ConnectionFactory calls = PostgresConnections.of(pool);
                ConnectionFactory beats = PostgresConnections.ofOurs(heartbeats);
                ConnectionFactory alone = () -> connect(url, options);
                return postgresql(new Pools(calls, beats, alone, close), dialect, options);
            } catch (SQLException | RuntimeException e) {
                close.run();
                throw Failures.ofStatement(OPEN, e);
            }
        }
        throw new InvalidInputException("url", "one that begins with jdbc:sqlite: or jdbc:postgresql:", scheme(url));
    }

    /** What follows may be a password. */
    private static String scheme(String url) {
        int end = url.indexOf(':', url.startsWith("jdbc:") ? "jdbc:".length() : 0);
        return end < 0 ? "something else" : url.substring(0, end + 1);
    }

    /** Making one makes the driver known that came with a class loader of its own, as in an application server. */
    private static void driver(String url, String type, String artifact) {
        ServiceLoader.load(Driver.class, Opening.class.getClassLoader()).stream()
                .filter(driver -> driver.type().getName().equals(type))
                .findFirst()
                .orElseThrow(() -> new StorageUnavailableException(
                        "open failed: the driver is missing; add " + artifact + " to the dependencies", null))
                .get();
        try {
            DriverManager.getDriver(url);
        } catch (SQLException e) {
            throw new InvalidInputException("url", "one that its driver understands", scheme(url) + "...");
        }
    }

    static TaskDatabase using(DataSource host, Options options) {
        String product;
        String path = "";
        try (Connection connection = host.getConnection()) {
            product = connection.getMetaData().getDatabaseProductName();
            if (product.equalsIgnoreCase("sqlite")) {
                path = SqliteEngine.path(connection);
            }
        } catch (SQLException e) {
            throw Failures.ofStatement(OPEN, e);
        }
        if (product.equalsIgnoreCase("postgresql")) {
            Dialect.Postgres dialect = new Dialect.Postgres(options.schema());
            migrate(host, dialect, options);
            try {
                ConnectionFactory connections = PostgresConnections.of(host);
                return postgresql(new Pools(connections, connections, connections, () -> {}), dialect, options);
            } catch (SQLException e) {
                throw Failures.ofStatement(OPEN, e);
            }
        } else if (product.equalsIgnoreCase("sqlite")) {
            Optional<Path> file = path.isEmpty() ? Optional.empty() : Optional.of(Path.of(path));
            if (file.isEmpty()) {
                throw new InvalidInputException(
                        "dataSource",
                        "that of a SQLite file, since nobody else can see a database in memory",
                        "in memory");
            }
            return sqlite(SqliteFile.url(file.get()), new SqliteFile(file), options);
        }
        throw new InvalidInputException("dataSource", "that of SQLite or PostgreSQL", product);
    }

    private static TaskDatabase sqlite(String url, SqliteFile file, Options options) {
        SqliteConnections connections = new SqliteConnections(url, options, file.isInMemory());
        Dialect dialect = new Dialect.Sqlite();
        SqlSettings settings = new SqlSettings(dialect, new SqlLog(options.slowQuery()));
        InstantSource clock = options.clock().orElseGet(InstantSource::system);
        NewsDesk news = new NewsDesk();
        SqliteEngine engine = new SqliteEngine(settings, clock, news, file, connections, options);
        try {
            engine.open(options.migration());
        } catch (SQLException | RuntimeException e) {
            engine.close();
            throw Failures.ofStatement(OPEN, e);
        }
        TaskTable table = new TaskTable(dialect);
        Liveness liveness = engine.liveness();
        Leases leases = new Leases(BEAT, Optional.empty(), SQLITE_SWEEP);
        return database(engine, dialect, table, new SqliteStatements(dialect, table, liveness), liveness, news, leases);
    }

    /**
     * Connects without a pool, which tells at once what is wrong, where a pool would try again; and a migration needs more
     * connections than a small pool has. What the URL says goes before the properties.
     */
    private static void migrate(String url, Dialect.Postgres dialect, Options options) {
        try (Connection connection = connect(url, options)) {
            checkVersion(connection);
        } catch (SQLException e) {
            throw Failures.ofStatement(OPEN, e);
        }
        Migrations.postgresql(url, dialect.schema()).run(options.migration());
    }

    private static Connection connect(String url, Options options) throws SQLException {
        String seconds = Long.toString(Math.max(1, options.acquireTimeout().toSeconds()));
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "taskstore");
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("loginTimeout", seconds);
        return DriverManager.getConnection(url, properties);
    }

    private static void migrate(DataSource host, Dialect.Postgres dialect, Options options) {
        try (Connection connection = host.getConnection()) {
            checkVersion(connection);
        } catch (SQLException e) {
            throw Failures.ofStatement(OPEN, e);
        }
        Migrations.postgresql(host, dialect.schema()).run(options.migration());
    }

    private static TaskDatabase postgresql(Pools pools, Dialect.Postgres dialect, Options options) throws SQLException {
        InstantSource clock = options.clock().isPresent()
                ? options.clock().get()
                : new PostgresClock(pools.calls(), InstantSource.system());
        SqlSettings settings = new SqlSettings(dialect, new SqlLog(options.slowQuery()));
        NewsDesk news = new NewsDesk();
        Optional<Post> post = options.pollingOnly()
                ? Optional.empty()
                : Optional.of(new Post(pools.alone(), dialect.schema(), beat(options.lease())));
        PostgresEngine engine = new PostgresEngine(settings, clock, news, pools, post);
        engine.transactions().write(OPEN, session -> {
            Migrations.check(session);
            return true;
        });
        TaskTable table = new TaskTable(dialect);
        Liveness liveness = new PostgresLiveness(options.lease());
        Duration lease = options.lease();
        Leases leases = new Leases(
                lease.dividedBy(HEARTBEATS_PER_LEASE),
                Optional.of(lease.multipliedBy(4).dividedBy(5)),
                lease.dividedBy(SWEEPS_PER_LEASE));
        return database(engine, dialect, table, new PostgresStatements(dialect, table), liveness, news, leases);
    }

    /** Who shortens the lease, because processes are to be missed sooner, has lines between them checked more often. */
    private static Duration beat(Duration lease) {
        Duration beat = lease.dividedBy(HEARTBEATS_PER_LEASE);
        if (beat.compareTo(SHORTEST_BEAT) < 0) {
            return SHORTEST_BEAT;
        }
        return beat.compareTo(BEAT) > 0 ? BEAT : beat;
    }

    private static void checkVersion(Connection connection) throws SQLException {
        String version = SqliteConnections.ask(connection, "SHOW server_version_num");
        if (Integer.parseInt(version) < OLDEST_POSTGRESQL) {
            throw new StorageFailedException(
                    "open failed: PostgreSQL " + SqliteConnections.ask(connection, "SHOW server_version")
                            + " is too old; use 13 or later",
                    null);
        }
    }

    private static TaskDatabase database(
            Engine engine,
            Dialect dialect,
            TaskTable table,
            Statements statements,
            Liveness liveness,
            NewsDesk news,
            Leases leases) {
        Transactions transactions = engine.transactions();
        Parts parts = new Parts(
                dialect, table, statements, liveness, news, () -> TaskDatabase.health(transactions, engine.toString()));
        return new TaskDatabase(engine, parts, TaskDatabase.claims(engine, parts, leases));
    }

    static HikariDataSource pool(String url, Options options) {
        HikariConfig config = config("taskstore", url, LONGEST_ANSWER, options);
        config.setMaximumPoolSize(options.poolSize());
        config.setMinimumIdle(Math.min(2, options.poolSize()));
        return new HikariDataSource(config);
    }

    /** One connection that no other call can take: a worker must not die because the process has much to do. */
    static HikariDataSource heartbeats(String url, Options options) {
        HikariConfig config = config("taskstore-heartbeats", url, options.lease(), options);
        config.setMaximumPoolSize(1);
        config.setMinimumIdle(0);
        return new HikariDataSource(config);
    }

    /**
     * {@return what the pools of a URL have in common}
     *
     * @param answer how long a connection waits for bytes of the server before it counts as dead, unless the URL says otherwise
     */
    private static HikariConfig config(String name, String url, Duration answer, Options options) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(url);
        config.setConnectionTimeout(Math.max(options.acquireTimeout().toMillis(), 250));
        config.setInitializationFailTimeout(-1);
        config.addDataSourceProperty("ApplicationName", "taskstore");
        config.addDataSourceProperty("socketTimeout", String.valueOf(Math.max(1, answer.toSeconds())));
        return config;
    }
}
