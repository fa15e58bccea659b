package io.taskstore.testkit;

import io.taskstore.WorkerId;
import io.taskstore.spi.Storage;
import java.time.InstantSource;

final class ReferenceStorageTest extends StorageContract {

    @Override
    protected Storage open(InstantSource clock) {
        return new ReferenceStorage(clock);
    }

    @Override
    protected void kill(Storage storage, WorkerId worker) {
        ((ReferenceStorage) storage).kill(worker);
    }
}
