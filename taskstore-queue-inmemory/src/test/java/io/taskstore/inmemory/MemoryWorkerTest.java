package io.taskstore.inmemory;

import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.spi.Storage;

final class MemoryWorkerTest extends WorkerContract {

    @Override
    Storage open() {
        return TaskDatabase.open("jdbc:sqlite::memory:");
    }
}
