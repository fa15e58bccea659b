package io.taskstore.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Health;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.PageRequest;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.TaskStoreException;
import io.taskstore.TaskType;
import io.taskstore.inmemory.Worker;
import io.taskstore.inmemory.WorkerBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class TaskStoreTest {

    private static final TaskType<String> WORK = TaskType.of("work", String.class);
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("data/tasks.db");
    }

    @Test
    void aTaskIsStoredRunAndTold() throws Exception {
        try (TaskStore store = TaskStore.open(url())) {
            store.worker().handle(WORK, (payload, run) -> {}).start();
            Task task = store.tasks().submit(NewTask.of(WORK, "x"));
            assertThat(store.tasks().await(task.id(), SOON).orElseThrow().status())
                    .isEqualTo(TaskStatus.COMPLETED);
            assertThat(store.health().level()).isEqualTo(Health.Level.UP);
        }
    }

    @Test
    void whatAStoreLeavesBehindTheNextOneRuns() throws Exception {
        UUID id;
        CountDownLatch begun = new CountDownLatch(1);
        try (TaskStore store = TaskStore.open(url())) {
            store.worker()
                    .handle(WORK, (payload, run) -> {
                        begun.countDown();
                        new Semaphore(0).acquire();
                    })
                    .start();
            id = store.tasks().submit(NewTask.of(WORK, "x")).id();
            begun.await();
            store.close(Duration.ZERO);
        }
        try (TaskStore store = TaskStore.open(url())) {
            store.worker().handle(WORK, (payload, run) -> {}).start();
            Task done = store.tasks().await(id, SOON).orElseThrow();
            assertThat(done.status()).isEqualTo(TaskStatus.COMPLETED);
            assertThat(done.crashes()).isZero();
        }
    }

    @Test
    void aWorkflowRuns() throws Exception {
        try (TaskStore store = TaskStore.open("jdbc:sqlite::memory:")) {
            store.worker().handle(WORK, (payload, run) -> {}).start();
            UUID id = store.workflows()
                    .submit(NewWorkflow.of("two")
                            .task("a", NewTask.of(WORK, "a"))
                            .task("b", NewTask.of(WORK, "b"))
                            .after("a"))
                    .id();
            Task last = store.tasks()
                    .list(TaskFilter.all().workflow(id).step("b"), PageRequest.first(1))
                    .tasks()
                    .get(0);
            assertThat(store.tasks().await(last.id(), SOON)).isPresent();
        }
    }

    @Test
    void aQueueIsPausedAndResumed() throws Exception {
        try (TaskStore store = TaskStore.open("jdbc:sqlite::memory:")) {
            store.queues().pause("mail");
            store.worker()
                    .pollInterval(Duration.ofHours(1))
                    .handle(WORK, (payload, run) -> {})
                    .start();
            Task task = store.tasks().submit(NewTask.of(WORK, "x").queue("mail"));
            assertThat(task.status()).isEqualTo(TaskStatus.PENDING);
            assertThat(store.queues().paused()).containsExactly("mail");
            store.queues().resume("mail");
            assertThat(store.tasks().await(task.id(), SOON)).isPresent();
        }
    }

    @Test
    void aClosedStoreIsDownAndStartsNoWorker() {
        TaskStore store = TaskStore.open("jdbc:sqlite::memory:");
        WorkerBuilder late = store.worker().handle(WORK, (payload, run) -> {});
        Worker worker = store.worker().handle(WORK, (payload, run) -> {}).start();
        assertThat(store.workers()).containsExactly(worker);
        store.close();
        store.close();
        assertThat(worker.health().level()).isEqualTo(Health.Level.DOWN);
        assertThat(store.health().level()).isEqualTo(Health.Level.DOWN);
        assertThatThrownBy(late::start).isInstanceOf(TaskStoreException.class);
        assertThatThrownBy(() -> store.tasks().submit(NewTask.of(WORK, "x")))
                .isInstanceOf(StorageUnavailableException.class);
    }
}
