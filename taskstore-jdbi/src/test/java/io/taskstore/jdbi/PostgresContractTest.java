package io.taskstore.jdbi;

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

    @BeforeAll
    static void connect() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(TestPostgres.url());
        config.setMaximumPoolSize(10);
        pool = new HikariDataSource(config);
        TaskDatabase.builder(pool).schema(SCHEMA).open().close();
    }

    @AfterAll
    static void disconnect() {
        Objects.requireNonNull(pool).close();
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
