package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes that want the same turns at the same time. */
final class TurnRaceTest {

    private static final int DUTIES = 200;

    @Test
    void onAFileEachTurnIsForOneOfTwoProcesses(@TempDir Path folder) throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("tasks.db");
        try (TaskDatabase database = TaskDatabase.builder(url)
                        .durability(Durability.NORMAL)
                        .lease(Databases.LEASE)
                        .open();
                Child child = Child.open(url, "unused", Databases.LEASE)) {
            assertOneEach(database, child);
        }
    }

    @Test
    void onPostgresEachTurnIsForOneOfTwoProcesses() throws Exception {
        String schema = TestPostgres.schema();
        try (TaskDatabase database = TaskDatabase.builder(TestPostgres.url())
                        .schema(schema)
                        .lease(Databases.LEASE)
                        .open();
                Child child = Child.open(TestPostgres.url(), schema, Databases.LEASE)) {
            assertOneEach(database, child);
        }
    }

    private static void assertOneEach(TaskDatabase database, Child child) {
        CompletableFuture<String> others = CompletableFuture.supplyAsync(() -> child.tell("turns " + DUTIES));
        String mine = Child.turns(database, DUTIES);
        String theirs = others.join();

        assertThat(theirs).hasSize(DUTIES);
        assertThat(IntStream.range(0, DUTIES).filter(i -> mine.charAt(i) == theirs.charAt(i)))
                .as("duties for both or for nobody: %s and %s", mine, theirs)
                .isEmpty();
    }
}
