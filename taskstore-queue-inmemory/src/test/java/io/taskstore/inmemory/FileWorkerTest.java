package io.taskstore.inmemory;

import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.spi.Storage;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class FileWorkerTest extends WorkerContract {

    @TempDir
    private Path folder;

    @Override
    Storage open() {
        return TaskDatabase.open("jdbc:sqlite:" + folder.resolve("tasks.db"));
    }
}
