package io.taskstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.NewTask;
import io.taskstore.Task;
import io.taskstore.TaskEvent;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.WorkflowFilter;
import io.taskstore.embedded.TaskStore;
import java.nio.file.Path;
import java.time.Duration;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs what the documents show. */
final class SamplesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final Samples samples = new Samples();

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("samples.db");
    }

    @Test
    void aWorkerServesItsQueues() throws InterruptedException {
        try (TaskStore store = TaskStore.open(url())) {
            samples.aWorker(store);
            TaskType<String> report = TaskType.of("report", String.class);
            Task task = store.tasks().submit(NewTask.of(report, "ships").queue("slow"));
            Task done = store.tasks().await(task.id(), PATIENCE).orElseThrow();
            assertThat(store.tasks().result(done, String.class)).contains("the report on ships");
        }
        assertThat(samples.counted).contains(TaskEvent.Kind.STARTED, TaskEvent.Kind.COMPLETED);
    }

    @Test
    void tasksAreScheduledJoinedAndCancelled() {
        Jdbi jdbi = Jdbi.create(url());
        try (TaskStore store = TaskStore.open(url())) {
            jdbi.useHandle(handle -> handle.execute("CREATE TABLE orders (id INTEGER)"));
            Task task = store.tasks().submit(NewTask.of(TaskType.of("pack", String.class), "17"));
            samples.tasks(store, jdbi, task);
            assertThat(store.tasks().find(task.id()).orElseThrow().status()).isEqualTo(TaskStatus.CANCELLED);
            assertThat(store.tasks().count(TaskFilter.all().type("email"), 10).value())
                    .isEqualTo(2);
            assertThat(store.workflows().list(WorkflowFilter.all(), null, 10)).hasSize(1);
        }
    }

    @Test
    void theRowsOfAHandlerAreCommittedWithItsEnd() throws InterruptedException {
        Jdbi jdbi = Jdbi.create(url());
        try (TaskStore store = TaskStore.open(url())) {
            jdbi.useHandle(handle -> handle.execute("CREATE TABLE charges (order_id TEXT)"));
            samples.completeWithRows(store);
            Task task = store.tasks().submit(NewTask.of(TaskType.of("charge", String.class), "17"));
            assertThat(store.tasks().await(task.id(), PATIENCE).orElseThrow().status())
                    .isEqualTo(TaskStatus.COMPLETED);
        }
        assertThat(jdbi.<String, RuntimeException>withHandle(handle -> handle.select("SELECT order_id FROM charges")
                        .mapTo(String.class)
                        .one()))
                .isEqualTo("17");
    }

    @Test
    void thePartsCloseThemselvesAndPagesEnd() {
        samples.parts(url());
        try (TaskStore store = TaskStore.open(url())) {
            samples.pages(store);
            assertThat(store.tasks().count(TaskFilter.all(), 10).value()).isEqualTo(1);
        }
    }
}
