package io.taskstore.inmemory;

import io.taskstore.spi.Storage;

final class PostgresWorkerTest extends WorkerContract {

    @Override
    Storage open() {
        return TestPostgres.builder().open();
    }
}
