package io.taskstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.embedded.TaskStore;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class GracefulShutdownTest {

    @Test
    void whatRunsIsFinishedOrGivenBackWithoutAFailure(@TempDir Path folder) throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("shutdown.db");
        try (Child program = Child.start(GracefulShutdown.class, url)) {
            program.awaitLine("long begins");
            program.awaitLine("short 1 begins");
            program.terminate();
            int unused = program.awaitEnd();

            assertThat(program.printed())
                    .containsSubsequence("Closing: what runs has 2 seconds to end.", "short 1 is done", "Closed.")
                    .doesNotContain("long is done");
        }
        try (TaskStore store = TaskStore.open(url)) {
            List<Task> all =
                    store.tasks().list(TaskFilter.all(), PageRequest.first(100)).tasks();
            assertThat(all).hasSize(31).allSatisfy(task -> {
                assertThat(task.failures()).isZero();
                assertThat(task.crashes()).isZero();
                assertThat(task.status()).isIn(TaskStatus.PENDING, TaskStatus.COMPLETED);
            });
            assertThat(all)
                    .filteredOn(task -> task.status() == TaskStatus.COMPLETED)
                    .extracting(task -> task.title().orElseThrow())
                    .contains("short 1")
                    .doesNotContain("long");
        }
    }
}
