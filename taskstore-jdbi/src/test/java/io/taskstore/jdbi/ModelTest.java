package io.taskstore.jdbi;

import io.taskstore.testkit.StorageModel;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random sequences of calls, whose every answer is compared with the reference: two thousand in a build, and as many as one likes
 * with {@code -Dtaskstore.model.sequences=100000}.
 */
final class ModelTest {

    @Test
    void sqliteInMemoryDoesWhatTheReferenceDoes() {
        check(Databases::inMemory, 1_900);
    }

    @Test
    void aSqliteFileDoesWhatTheReferenceDoes(@TempDir Path folder) {
        check(clock -> Databases.file(folder, clock), 50);
    }

    @Test
    void postgresDoesWhatTheReferenceDoes() {
        String schema = TestPostgres.schema();
        check(clock -> Databases.postgres(schema, clock), 50);
    }

    /** One database for all sequences: opening one, and preparing its statements, takes longer than a sequence. */
    private static void check(Function<InstantSource, TaskDatabase> open, int sequences) {
        AtomicReference<TaskDatabase> opened = new AtomicReference<>();
        StorageModel.of(
                        clock -> {
                            opened.set(open.apply(clock));
                            return opened.get();
                        },
                        TaskDatabase::kill,
                        () -> Databases.empty(opened.get()))
                .sequences(sequences)
                .check();
    }
}
