package io.taskstore.inmemory;

import io.taskstore.spi.Storage;
import io.taskstore.testkit.ReferenceStorage;
import java.time.InstantSource;

final class ReferenceWorkerTest extends WorkerContract {

    @Override
    Storage open() {
        return new ReferenceStorage(InstantSource.system());
    }
}
