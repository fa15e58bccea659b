package io.taskstore.jdbi;

import io.taskstore.testkit.StorageModel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random sequences of calls, whose every answer is compared with the reference: few in a build, and as many as one likes with
 * {@code -Dtaskstore.model.sequences=2000}.
 */
final class ModelTest {

    @Test
    void sqliteInMemoryDoesWhatTheReferenceDoes() {
        StorageModel.of(Databases::inMemory, TaskDatabase::kill).sequences(100).check();
    }

    @Test
    void aSqliteFileDoesWhatTheReferenceDoes(@TempDir Path folder) {
        StorageModel.of(clock -> Databases.file(folder, clock), TaskDatabase::kill)
                .sequences(30)
                .check();
    }

    @Test
    void postgresDoesWhatTheReferenceDoes() {
        String schema = TestPostgres.schema();
        StorageModel.of(clock -> Databases.postgres(schema, clock), TaskDatabase::kill, () -> Databases.empty(schema))
                .sequences(60)
                .check();
    }
}
