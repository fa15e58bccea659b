package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.InvalidInputException;
import io.taskstore.NewTask;
import io.taskstore.Outcome;
import io.taskstore.RetryPolicy;
import io.taskstore.Task;
import io.taskstore.TaskEvent;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.testkit.ManualClock;
import io.taskstore.testkit.RecordingListener;
import io.taskstore.testkit.ReferenceStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RunDueTest {

    private static final TaskType<String> WORK = TaskType.of("work", String.class);

    private final ManualClock clock = ManualClock.create();
    private final ReferenceStorage storage = new ReferenceStorage(clock);
    private final InMemoryTaskQueue queue = new InMemoryTaskQueue();
    private final TaskService tasks = new TaskService(storage.tasks(), queue);

    @AfterEach
    void close() {
        queue.close();
        storage.close();
    }

    private Task submit(String payload) {
        return tasks.submit(NewTask.of(WORK, payload));
    }

    private Task now(Task task) {
        return tasks.find(task.id()).orElseThrow();
    }

    @Test
    void whatIsDueIsRunOnTheThreadOfTheCaller() {
        List<Thread> threads = new ArrayList<>();
        RecordingListener events = new RecordingListener();
        try (Worker worker = Worker.builder(storage, queue)
                .listener(events)
                .handle(WORK, (payload, run) -> threads.add(Thread.currentThread()))
                .build()) {
            Task task = submit("x");
            assertThat(worker.runDue()).isEqualTo(1);
            assertThat(now(task).status()).isEqualTo(TaskStatus.COMPLETED);
            assertThat(threads).containsExactly(Thread.currentThread());
            assertThat(events.events().stream().map(TaskEvent::kind))
                    .containsExactly(TaskEvent.Kind.STARTED, TaskEvent.Kind.COMPLETED);
            assertThat(worker.runDue()).isZero();
        }
    }

    @Test
    void aWeekOfRetriesTakesNoTime() {
        RetryPolicy daily = RetryPolicy.fixed(Duration.ofDays(1)).maxFailures(8);
        try (Worker worker = Worker.builder(storage, queue)
                .handle(
                        WORK,
                        (payload, run) -> {
                            throw new IllegalStateException("broken");
                        },
                        daily)
                .build()) {
            Task task = submit("x");
            for (int day = 0; day <= 7; day++) {
                assertThat(worker.runDue()).isEqualTo(1);
                clock.advance(Duration.ofDays(1));
            }
            assertThat(now(task).status()).isEqualTo(TaskStatus.FAILED);
            assertThat(now(task).failures()).isEqualTo(8);
        }
    }

    @Test
    void aTaskForLaterWaitsForTheClock() {
        try (Worker worker = Worker.builder(storage, queue)
                .handle(WORK, (payload, run) -> {})
                .build()) {
            Instant later = clock.instant().plusSeconds(60);
            Task task = tasks.submit(NewTask.of(WORK, "x").runAt(later));
            assertThat(worker.runDue()).isZero();
            clock.advance(Duration.ofSeconds(60));
            assertThat(worker.runDue()).isEqualTo(1);
            assertThat(now(task).status()).isEqualTo(TaskStatus.COMPLETED);
        }
    }

    @Test
    void theDelayAHandlerAsksForCountsAndTheLimitStill() {
        try (Worker worker = Worker.builder(storage, queue)
                .decide(
                        WORK,
                        (payload, run) -> Outcome.retryIn(Duration.ofHours(3), "not yet"),
                        RetryPolicy.fixed(Duration.ofDays(9)).maxFailures(2))
                .build()) {
            Task task = submit("x");
            worker.runDue();
            assertThat(now(task).runAt()).contains(clock.instant().plus(Duration.ofHours(3)));
            clock.advance(Duration.ofHours(3));
            worker.runDue();
            assertThat(now(task).status()).isEqualTo(TaskStatus.FAILED);
        }
    }

    @Test
    void whatAHandlerSubmitsIsRunToo() {
        List<String> ran = new ArrayList<>();
        try (Worker worker = Worker.builder(storage, queue)
                .handle(WORK, (payload, run) -> {
                    ran.add(payload);
                    if (payload.length() < 3) {
                        submit(payload + "x");
                    }
                })
                .build()) {
            submit("x");
            assertThat(worker.runDue()).isEqualTo(3);
            assertThat(ran).containsExactly("x", "xx", "xxx");
        }
    }

    @Test
    void oneThreadAtATimeAndNoStartedWorker() {
        try (Worker worker = Worker.builder(storage, queue)
                .handle(WORK, (payload, run) -> WORKER.get().runDue(), RetryPolicy.none())
                .build()) {
            WORKER.set(worker);
            Task task = submit("x");
            worker.runDue();
            assertThat(now(task).error().orElseThrow().kind()).isEqualTo(InvalidInputException.class.getName());
            assertThatThrownBy(worker::start).isInstanceOf(InvalidInputException.class);
        } finally {
            WORKER.remove();
        }
    }

    private static final ThreadLocal<Worker> WORKER = new ThreadLocal<>();

    @Test
    void aClosedWorkerRunsNothing() {
        Worker worker = Worker.builder(storage, queue)
                .handle(WORK, (payload, run) -> {})
                .build();
        worker.runDue();
        worker.close();
        assertThatThrownBy(worker::runDue).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(worker::start).isInstanceOf(InvalidInputException.class);
        assertThat(storage.tasks().find(java.util.UUID.randomUUID())).isEmpty();
    }
}
