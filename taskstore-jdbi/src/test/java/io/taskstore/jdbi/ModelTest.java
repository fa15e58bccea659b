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

    private static final int LONG = 60;
    private static final int SHORT = 15;

    @Test
    void sqliteInMemoryDoesWhatTheReferenceDoes() {
        check(Databases::inMemory, 100, LONG);
    }

    @Test
    void sqliteInMemoryDoesWhatTheReferenceDoesInShortSequencesToo() {
        check(Databases::inMemory, 1_800, SHORT);
    }

    @Test
    void aSqliteFileDoesWhatTheReferenceDoes(@TempDir Path folder) {
        check(clock -> Databases.file(folder, clock), 50, LONG);
    }

    @Test
    void postgresDoesWhatTheReferenceDoes() {
        String schema = TestPostgres.schema();
        check(clock -> Databases.postgres(schema, clock), 60, LONG);
    }

    /** One database for all sequences: opening one, and preparing its statements, takes longer than a sequence. */
    private static void check(Function<InstantSource, TaskDatabase> open, int sequences, int length) {
        AtomicReference<TaskDatabase> opened = new AtomicReference<>();
        StorageModel.of(
                        clock -> {
                            opened.set(open.apply(clock));
                            return opened.get();
                        },
                        TaskDatabase::kill,
                        () -> Databases.empty(opened.get()))
                .sequences(sequences)
                .length(length)
                .check();
    }
}
