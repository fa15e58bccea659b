package io.taskstore.jdbi;

import io.taskstore.WorkerId;
import io.taskstore.spi.Storage;
import io.taskstore.testkit.StorageContract;
import java.time.InstantSource;

final class PostgresContractTest extends StorageContract {

    private static final String SCHEMA = TestPostgres.schema();
    private static boolean migrated;

    @Override
    protected Storage open(InstantSource clock) {
        TaskDatabase database = TaskDatabase.builder(TestPostgres.url())
                .schema(SCHEMA)
                .clock(clock)
                .lease(Databases.LEASE)
                .migration(migrated ? Migration.SKIP : Migration.APPLY)
                .open();
        migrated = true;
        Databases.empty(SCHEMA);
        return database;
    }

    @Override
    protected void kill(Storage storage, WorkerId worker) {
        Databases.kill(storage, worker);
    }
}
