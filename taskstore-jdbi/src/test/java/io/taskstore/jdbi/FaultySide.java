package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.testkit.ManualClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** One database that fails when a test wants it to, seen through the library and beside it. */
final class FaultySide implements AutoCloseable {

    private final FailingJdbc failing;
    private final Function<Migration, TaskDatabase> opening;
    private final Connection beside;
    private final @Nullable HikariDataSource pool;
    private TaskDatabase database;

    private FaultySide(
            FailingJdbc failing,
            Function<Migration, TaskDatabase> opening,
            @Nullable HikariDataSource pool,
            String url,
            String... settings)
            throws SQLException {
        this.failing = failing;
        this.opening = opening;
        this.pool = pool;
        this.database = opening.apply(Migration.APPLY);
        this.beside = DriverManager.getConnection(url);
        try (Statement statement = beside.createStatement()) {
            for (String setting : settings) {
                statement.execute(setting);
            }
        }
    }

    static FaultySide file(Path folder) throws SQLException {
        String url = "jdbc:sqlite:" + folder.resolve("tasks.db");
        FailingJdbc failing = new FailingJdbc();
        ManualClock clock = ManualClock.create();
        Function<Migration, TaskDatabase> opening = migration -> TaskDatabase.builder(url)
                .clock(clock)
                .migration(migration)
                .durability(Durability.NORMAL)
                .busyTimeout(Duration.ofMillis(100))
                .tap(failing::wrap)
                .open();
        return new FaultySide(failing, opening, null, url, "PRAGMA synchronous = OFF");
    }

    static FaultySide postgres() throws SQLException {
        String schema = TestPostgres.schema();
        FailingJdbc failing = new FailingJdbc();
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(TestPostgres.url());
        HikariDataSource pool = pool(failing.wrap(source));
        ManualClock clock = ManualClock.create();
        Function<Migration, TaskDatabase> opening = migration -> TaskDatabase.builder(pool)
                .schema(schema)
                .clock(clock)
                .migration(migration)
                .lease(Databases.LEASE)
                .open();
        return new FaultySide(failing, opening, pool, TestPostgres.url(), "SET search_path = " + schema);
    }

    private static HikariDataSource pool(DataSource source) {
        HikariConfig config = new HikariConfig();
        config.setMaximumPoolSize(3);
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

    void reopen() {
        database.close();
        database = opening.apply(Migration.SKIP);
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
