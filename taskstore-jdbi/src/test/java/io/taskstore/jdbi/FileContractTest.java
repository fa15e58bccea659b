package io.taskstore.jdbi;

import io.taskstore.WorkerId;
import io.taskstore.spi.Storage;
import io.taskstore.testkit.StorageContract;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

final class FileContractTest extends StorageContract {

    @TempDir
    static Path folder;

    @Override
    protected Storage open(InstantSource clock) {
        return Databases.file(folder, clock);
    }

    @Override
    protected void kill(Storage storage, WorkerId worker) {
        Databases.kill(storage, worker);
    }
}
