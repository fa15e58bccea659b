package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.WorkerId;
import io.taskstore.spi.Storage;
import io.taskstore.testkit.StorageContract;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract in one schema and with one pool, as connecting takes longer than most tests; ModelTest opens by URL. */
final class PostgresContractTest extends StorageContract {

    private static final String SCHEMA = TestPostgres.schema();
    private static @Nullable HikariDataSource pool;
    private static long deadlocks;

    @BeforeAll
    static void connect() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(TestPostgres.url());
        config.setMaximumPoolSize(10);
        config.addDataSourceProperty("ApplicationName", SCHEMA);
        pool = new HikariDataSource(config);
        TaskDatabase.builder(pool).schema(SCHEMA).open().close();
        deadlocks = TestPostgres.deadlocks();
    }

    @AfterAll
    static void disconnect() throws Exception {
        Objects.requireNonNull(pool).close();
        // a connection that is closed has told what it counted
        Await.until("the connections are closed", () -> TestPostgres.number("""
                SELECT count(*) FROM pg_stat_activity WHERE application_name = '%s'""".formatted(SCHEMA)) == 0);
        assertThat(TestPostgres.deadlocks())
                .as("deadlocks, though they are tried again")
                .isEqualTo(deadlocks);
    }

    @Override
    protected Storage open(InstantSource clock) {
        HikariDataSource connected = Objects.requireNonNull(pool);
        Databases.empty(connected, SCHEMA);
        return TaskDatabase.builder(connected)
                .schema(SCHEMA)
                .clock(clock)
                .lease(Databases.LEASE)
                .migration(Migration.SKIP)
                .open();
    }

    @Override
    protected void kill(Storage storage, WorkerId worker) {
        Databases.kill(storage, worker);
    }
}
