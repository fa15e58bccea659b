package io.taskstore.jdbi;

import io.taskstore.WorkerId;
import io.taskstore.spi.Storage;
import io.taskstore.testkit.StorageContract;
import java.time.InstantSource;

final class MemoryContractTest extends StorageContract {

    @Override
    protected Storage open(InstantSource clock) {
        return Databases.inMemory(clock);
    }

    @Override
    protected void kill(Storage storage, WorkerId worker) {
        Databases.kill(storage, worker);
    }
}
