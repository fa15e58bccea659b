package io.taskstore.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Health;
import io.taskstore.InvalidInputException;
import io.taskstore.MetricRepository;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskEvent;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.TimeRange;
import io.taskstore.inmemory.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** In which order a store ends, and what is left of it. */
@Timeout(60)
final class StoreClosingTest {

    private static final TaskType<String> WORK = TaskType.of("work", String.class);
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private TaskStore open() {
        return TaskStore.open("jdbc:sqlite:" + folder.resolve("tasks.db"));
    }

    private static NewTask work(String payload) {
        return NewTask.of(WORK, payload);
    }

    private Thread closing(TaskStore store) {
        Thread thread = new Thread(() -> store.close(SOON), "closing");
        thread.setUncaughtExceptionHandler((in, thrown) -> failure.set(thrown));
        thread.start();
        return thread;
    }

    private static boolean isWaiting(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    private static boolean isRefusingWork(TaskStore store) {
        return store.worker().handle(WORK, (payload, run) -> {}).build().isClosed();
    }

    @Test
    void aHandlerMayUseTheStoreUntilItEnds() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch closes = new CountDownLatch(1);
        Queue<UUID> submitted = new ConcurrentLinkedQueue<>();
        UUID first;
        TaskStore store = open();
        store.worker()
                .handle(WORK, (payload, run) -> {
                    begun.countDown();
                    closes.await();
                    for (int i = 0; i < 20; i++) {
                        submitted.add(store.tasks().submit(work("next")).id());
                    }
                    assertThat(store.tasks().find(run.task().id())).isPresent();
                })
                .start();
        first = store.tasks().submit(work("first")).id();
        begun.await();
        Thread closing = closing(store);
        Await.until("the store began to close", () -> isRefusingWork(store));
        closes.countDown();
        closing.join();

        assertThat(failure).hasNullValue();
        assertThat(submitted).hasSize(20);
        try (TaskStore again = open()) {
            assertThat(again.tasks().find(first).orElseThrow().status()).isEqualTo(TaskStatus.COMPLETED);
            assertThat(again.tasks()
                            .count(TaskFilter.all().status(TaskStatus.PENDING), 100)
                            .value())
                    .isEqualTo(20);
        }
    }

    private double recordedAs(String name) {
        try (TaskStore again = open()) {
            return again.metrics().series(name, TimeRange.always(), Duration.ofHours(1)).stream()
                    .mapToDouble(MetricRepository.Bucket::sum)
                    .sum();
        }
    }

    @Test
    void theLastSampleTellsOfWhatEndsWhileTheStoreCloses() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch closes = new CountDownLatch(1);
        String url = "jdbc:sqlite:" + folder.resolve("tasks.db");
        TaskStore store = TaskStore.builder(url).metrics(Duration.ofHours(1)).open();
        Worker worker = store.worker()
                .handle(WORK, (payload, run) -> {
                    begun.countDown();
                    closes.await();
                })
                .start();
        store.tasks().submit(work("last"));
        begun.await();
        Thread closing = closing(store);
        Await.until("the worker is being closed", worker::isClosed);
        closes.countDown();
        closing.join();

        assertThat(failure).hasNullValue();
        assertThat(recordedAs("tasks.completed")).isEqualTo(1);
    }

    @Test
    void aListenerMayUseTheStoreWhenItHearsTheLastEvent() {
        Queue<TaskStatus> found = new ConcurrentLinkedQueue<>();
        AtomicReference<TaskStore> stage = new AtomicReference<>();
        CountDownLatch begun = new CountDownLatch(1);
        try (TaskStore store = TaskStore.builder("jdbc:sqlite:" + folder.resolve("tasks.db"))
                .listener(event -> {
                    if (event.kind() == TaskEvent.Kind.COMPLETED) {
                        UUID id = event.task().id();
                        found.add(stage.get().tasks().find(id).orElseThrow().status());
                    }
                })
                .open()) {
            stage.set(store);
            store.worker().handle(WORK, (payload, run) -> begun.countDown()).start();
            store.tasks().submit(work("last"));
            awaitUninterrupted(begun);
        }
        assertThat(found).containsExactly(TaskStatus.COMPLETED);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void twoMayCloseAtOnceAndBothReturnWhenItIsClosed() throws Exception {
        Semaphore end = new Semaphore(0);
        CountDownLatch begun = new CountDownLatch(1);
        TaskStore store = open();
        store.worker()
                .handle(WORK, (payload, run) -> {
                    begun.countDown();
                    end.acquire();
                })
                .start();
        UUID id = store.tasks().submit(work("x")).id();
        begun.await();
        List<Thread> both = List.of(closing(store), closing(store));
        Await.until("the store began to close", () -> isRefusingWork(store));
        Await.until("both wait", () -> both.stream().allMatch(StoreClosingTest::isWaiting));
        end.release();
        for (Thread thread : both) {
            thread.join(SOON.dividedBy(2).toMillis());
            assertThat(thread.isAlive()).as("it waits for its time to pass").isFalse();
        }
        store.close();

        assertThat(failure).hasNullValue();
        try (TaskStore again = open()) {
            assertThat(again.tasks().find(id).orElseThrow().status()).isEqualTo(TaskStatus.COMPLETED);
        }
    }

    /** Whoever closes it first gave the handlers their time. */
    @Test
    void whoClosesItLaterWithLessTimeLeavesItToTheFirst() throws Exception {
        Semaphore end = new Semaphore(0);
        CountDownLatch begun = new CountDownLatch(1);
        TaskStore store = open();
        Worker worker = store.worker()
                .handle(WORK, (payload, run) -> {
                    begun.countDown();
                    end.acquire();
                })
                .start();
        UUID id = store.tasks().submit(work("x")).id();
        begun.await();
        Thread first = closing(store);
        Await.until("the store began to close", () -> isRefusingWork(store));
        store.close(Duration.ZERO);

        assertThat(worker.isEnded()).isFalse();
        assertThat(store.tasks().find(id).orElseThrow().status()).isEqualTo(TaskStatus.RUNNING);
        end.release();
        first.join();
        assertThat(failure).hasNullValue();
        try (TaskStore again = open()) {
            assertThat(again.tasks().find(id).orElseThrow().status()).isEqualTo(TaskStatus.COMPLETED);
        }
    }

    @Test
    void aWorkerThatIsStillBeingClosedIsWaitedFor() throws Exception {
        Semaphore end = new Semaphore(0);
        CountDownLatch begun = new CountDownLatch(1);
        TaskStore store = open();
        Worker worker = store.worker()
                .handle(WORK, (payload, run) -> {
                    begun.countDown();
                    end.acquire();
                })
                .start();
        UUID id = store.tasks().submit(work("x")).id();
        begun.await();
        Thread closingWorker = new Thread(() -> worker.close(SOON), "closing worker");
        closingWorker.start();
        Await.until("the worker began to close", worker::isClosed);
        store.worker().handle(WORK, (payload, run) -> {}).build();
        Thread closingStore = closing(store);
        Await.until("the store began to close", () -> isRefusingWork(store));
        end.release();
        closingStore.join();
        closingWorker.join();

        assertThat(failure).hasNullValue();
        try (TaskStore again = open()) {
            assertThat(again.tasks().find(id).orElseThrow().status()).isEqualTo(TaskStatus.COMPLETED);
        }
    }

    /** Nobody started this worker. */
    @Test
    void aHandlerThatRunsWhereItIsDueCannotCloseItsOwnStore() {
        try (TaskStore store = open()) {
            Worker worker =
                    store.worker().handle(WORK, (payload, run) -> shut(store)).build();
            Task task = store.tasks().submit(work("x").maxFailures(1));
            assertThat(worker.runDue()).isEqualTo(1);

            Task ended = store.tasks().find(task.id()).orElseThrow();
            assertThat(ended.error().orElseThrow().message()).contains("close must be called outside of its handlers");
        }
    }

    @Test
    void aHandlerCannotCloseItsOwnStoreButAnother() throws Exception {
        try (TaskStore store = open();
                TaskStore other = TaskStore.open("jdbc:sqlite::memory:")) {
            store.worker()
                    .handle(WORK, (payload, run) -> {
                        shut(other);
                        shut(store);
                    })
                    .start();
            Task task = store.tasks().submit(work("x").maxFailures(1));
            Task ended = store.tasks().await(task.id(), SOON).orElseThrow();

            assertThat(ended.status()).isEqualTo(TaskStatus.FAILED);
            assertThat(ended.error().orElseThrow().message()).contains("close must be called outside of its handlers");
            assertThat(other.health().level()).isEqualTo(Health.Level.DOWN);
            assertThat(store.health().level()).isEqualTo(Health.Level.UP);
        }
    }

    /** Closes a store before the block that would close it. */
    private static void shut(TaskStore store) {
        store.close();
    }

    @Test
    void whoAwaitsATaskHearsThatTheStoreIsClosed() throws Exception {
        TaskStore store = open();
        UUID id = store.tasks().submit(work("x")).id();
        Thread awaiting = new Thread(() -> {
            try {
                store.tasks().await(id, Duration.ofHours(1));
            } catch (InterruptedException | RuntimeException e) {
                failure.set(e);
            }
        });
        awaiting.start();
        Await.until("it waits", () -> awaiting.getState() == Thread.State.TIMED_WAITING);
        store.close();
        awaiting.join();

        assertThat(failure.get()).isInstanceOf(StorageUnavailableException.class);
    }

    @Test
    void whateverIsCalledLaterSaysThatTheStoreIsClosed() {
        TaskStore store = open();
        store.close();
        store.close(Duration.ZERO);

        List<ThrowingCallable> calls = List.of(
                () -> store.tasks().submit(work("x")),
                () -> store.tasks().find(UUID.randomUUID()),
                () -> store.tasks().await(UUID.randomUUID(), Duration.ZERO),
                () -> store.tasks().purge(Instant.EPOCH),
                () -> store.workflows().submit(NewWorkflow.of("flow").task("a", work("a"))),
                () -> store.queues().pause("mail"),
                () -> store.queues().resume("mail"),
                () -> store.reports().statistics(TimeRange.always()),
                () -> store.metrics().record(List.of()),
                () -> store.database().claims().recover());
        for (int i = 0; i < calls.size(); i++) {
            assertThatThrownBy(calls.get(i)).as("call %s", i).isInstanceOf(StorageUnavailableException.class);
        }
        assertThatThrownBy(
                        () -> store.worker().handle(WORK, (payload, run) -> {}).start())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("closed");
        assertThat(store.tasks().health().parts()).extracting(Health::part).contains("storage", "queue");
        assertThat(store.tasks().health().parts()).allMatch(part -> part.level() == Health.Level.DOWN);
        assertThat(store.health().level()).isEqualTo(Health.Level.DOWN);
    }

    @Test
    void anInterruptDoesNotKeepAStoreFromClosing() {
        TaskStore store = open();
        store.worker().handle(WORK, (payload, run) -> {}).start();
        assertClosesThoughInterrupted(store);
    }

    @Test
    void anInterruptKeepsNeitherAStoreWithoutWorkersFromClosingNorItsRetentionFromEnding() {
        TaskStore store = TaskStore.builder("jdbc:sqlite:" + folder.resolve("tasks.db"))
                .keepEnded(Duration.ofDays(1))
                .open();
        store.tasks().submit(work("x"));
        assertClosesThoughInterrupted(store);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("taskstore-purge"));
    }

    @Test
    void anInterruptDoesNotCostTheLastSample() {
        TaskStore store = TaskStore.builder("jdbc:sqlite:" + folder.resolve("tasks.db"))
                .metrics(Duration.ofHours(1))
                .open();
        store.tasks().submit(work("x"));
        assertClosesThoughInterrupted(store);
        assertThat(recordedAs("tasks.submitted")).isEqualTo(1);
    }

    private void assertClosesThoughInterrupted(TaskStore store) {
        Thread.currentThread().interrupt();
        store.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.health().level()).isEqualTo(Health.Level.DOWN);
        assertThat(folder.toFile().list()).containsExactly("tasks.db");
    }
}
