package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.taskstore.Health;
import io.taskstore.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** One database that fails when a test wants it to, seen through the library and beside it. */
final class FaultySide implements AutoCloseable {

    private static final AtomicInteger POOLS = new AtomicInteger();

    private final FailingJdbc failing;
    private final Opening opening;
    private final Kill kill;
    private final String url;
    private final Connection beside;
    private final @Nullable HikariDataSource pool;
    private TaskDatabase database;
    private List<String> saved = List.of();

    /** Opens the database. */
    private interface Opening {
        TaskDatabase open(String url, Migration migration);
    }

    /** What becomes of the database when this process is killed now. */
    private interface Kill {

        /** {@return where it is found after that} */
        String at(Connection beside) throws SQLException, IOException;
    }

    private FaultySide(
            FailingJdbc failing,
            Opening opening,
            Kill kill,
            @Nullable HikariDataSource pool,
            String url,
            String setting)
            throws SQLException {
        this.failing = failing;
        this.opening = opening;
        this.kill = kill;
        this.pool = pool;
        this.url = url;
        this.database = opening.open(url, Migration.APPLY);
        this.beside = DriverManager.getConnection(url);
        SqliteWriter.execute(beside, setting);
    }

    static FaultySide file(Path folder) throws SQLException {
        FailingJdbc failing = FailingJdbc.stepping();
        ManualClock clock = ManualClock.create();
        Opening opening = (url, migration) -> TaskDatabase.builder(url)
                .clock(clock)
                .migration(migration)
                .durability(Durability.NORMAL)
                .busyTimeout(Duration.ofMillis(20))
                .tap(connection -> {
                    // a kill of this process leaves what the system was given, synced or not
                    SqliteWriter.execute(connection, "PRAGMA synchronous = OFF");
                    return failing.wrap(connection);
                })
                .open();
        String url = "jdbc:sqlite:" + folder.resolve("tasks.db");
        return new FaultySide(failing, opening, beside -> copied(folder), null, url, "PRAGMA synchronous = OFF");
    }

    /** A kill leaves the file and its log as they are, and of their index nothing that counts. */
    private static String copied(Path folder) throws IOException {
        Path copy = Files.createDirectories(folder.resolve("copy"));
        for (String file : List.of("tasks.db", "tasks.db-wal")) {
            Files.copy(folder.resolve(file), copy.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.deleteIfExists(copy.resolve("tasks.db-shm"));
        return "jdbc:sqlite:" + copy.resolve("tasks.db");
    }

    static FaultySide postgres() throws SQLException {
        String schema = TestPostgres.schema();
        FailingJdbc failing = new FailingJdbc();
        String name = "faulty-" + POOLS.incrementAndGet();
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(TestPostgres.url());
        source.setApplicationName(name);
        // planning takes longer than running where tables are that small
        source.setPrepareThreshold(1);
        source.setOptions("-c plan_cache_mode=force_generic_plan");
        HikariDataSource pool = pool(failing.wrap(source));
        DataSource refusing = failing.refusing(pool);
        ManualClock clock = ManualClock.create();
        Opening opening = (url, migration) -> TaskDatabase.builder(refusing)
                .schema(schema)
                .clock(clock)
                .migration(migration)
                .lease(Databases.LEASE)
                .open();
        Kill kill = beside -> {
            awaitRest(pool.getHikariPoolMXBean());
            SqliteWriter.execute(beside, """
                    SELECT pg_terminate_backend(pid, 10000)
                      FROM pg_stat_activity
                     WHERE application_name = '%s'""".formatted(name));
            pool.getHikariPoolMXBean().softEvictConnections();
            return TestPostgres.url();
        };
        return new FaultySide(failing, opening, kill, pool, TestPostgres.url(), "SET search_path = " + schema);
    }

    /** A connection that the pool is opening as the server ends all is dead, too, and the pool would lend it. */
    private static void awaitRest(HikariPoolMXBean pool) {
        try {
            Await.until(
                    "the pool opens nothing", () -> pool.getActiveConnections() > 0 || pool.getIdleConnections() > 0);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static HikariDataSource pool(DataSource source) {
        HikariConfig config = new HikariConfig();
        config.setMaximumPoolSize(3);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(2_000);
        config.setDataSource(source);
        return new HikariDataSource(config);
    }

    TaskDatabase database() {
        return database;
    }

    FailingJdbc failing() {
        return failing;
    }

    Connection beside() {
        return beside;
    }

    String dump() throws SQLException {
        return Dump.of(beside);
    }

    void wipe() throws SQLException {
        Dump.wipe(beside);
    }

    /** Keeps what is there, until the next time. */
    void save() throws SQLException {
        saved = Dump.save(beside);
    }

    /** Makes it be as it was when that was kept, which is sooner done than by the library. */
    void restore() throws SQLException {
        Dump.restore(beside, saved);
    }

    /** {@return what would be there if this process were killed now} On a server its connections do end. */
    String dumpAfterKill() throws SQLException, IOException {
        String left = kill.at(beside);
        if (left.equals(url)) {
            return dump();
        }
        try (Connection connection = DriverManager.getConnection(left)) {
            return Dump.of(connection);
        }
    }

    /** {@return what is found by who opens the database after a kill, which has found nothing in its way} */
    String dumpReopenedAfterKill() throws SQLException, IOException {
        String left = kill.at(beside);
        try (TaskDatabase reopened = opening.open(left, Migration.SKIP)) {
            assertThat(reopened.health().level()).isEqualTo(Health.Level.UP);
            if (left.equals(url)) {
                return dump();
            }
            try (Connection connection = DriverManager.getConnection(left)) {
                return Dump.of(connection);
            }
        }
    }

    void assertNothingLeaks() throws SQLException {
        if (pool != null) {
            assertThat(pool.getHikariPoolMXBean().getActiveConnections())
                    .as("connections that were not given back")
                    .isZero();
        }
        assertThat(Dump.brokenHistories(beside)).isZero();
    }

    @Override
    public void close() throws SQLException {
        database.close();
        beside.close();
        if (pool != null) {
            pool.close();
        }
    }
}
