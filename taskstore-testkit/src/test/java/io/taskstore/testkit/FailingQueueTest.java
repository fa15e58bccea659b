package io.taskstore.testkit;

import static io.taskstore.TaskStatus.CANCELLED;
import static io.taskstore.TaskStatus.FAILED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static io.taskstore.testkit.Fixtures.newTask;
import static io.taskstore.testkit.TaskStoreAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Health;
import io.taskstore.Hint;
import io.taskstore.NewWorkflow;
import io.taskstore.Polled;
import io.taskstore.Slots;
import io.taskstore.Task;
import io.taskstore.TaskQueue;
import io.taskstore.TaskService;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import io.taskstore.WorkflowService;
import io.taskstore.spi.ClaimRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong with the queue: no call of the services fails for it, and no task is lost. */
final class FailingQueueTest {

    private final Stage stage = new Stage();

    static Stream<Named<TaskQueue>> queues() {
        TaskQueue closed = new ReferenceQueue(10);
        closed.close();
        return Stream.of(
                Named.of("one that refuses", new ReferenceQueue(0)),
                Named.of("one that is closed", closed),
                Named.of("one that throws", new ThrowingQueue()),
                Named.of("one whose reservations throw", new ThrowingSlots()));
    }

    /** A queue of which nothing works. */
    private static final class ThrowingQueue implements TaskQueue {

        private static IllegalStateException broken() {
            return new IllegalStateException("the queue is broken");
        }

        @Override
        public Optional<Reservation> reserve(Hint hint) {
            throw broken();
        }

        @Override
        public Set<UUID> reserved(WorkerId worker) {
            throw broken();
        }

        @Override
        public boolean offer(Hint hint) {
            throw broken();
        }

        @Override
        public Polled poll(Wanted wanted, Duration timeout) {
            throw broken();
        }

        @Override
        public List<Task> leave(WorkerId worker) {
            throw broken();
        }

        @Override
        public void handled(Hint hint) {
            throw broken();
        }

        @Override
        public void cancelRequested(Set<UUID> ids) {
            throw broken();
        }

        @Override
        public void wake() {
            throw broken();
        }

        @Override
        public void nudge(WorkerId worker) {
            throw broken();
        }

        @Override
        public long depth() {
            throw broken();
        }

        @Override
        public Health health() {
            throw broken();
        }

        @Override
        public void close() {
            throw broken();
        }
    }

    /** A queue that gives reservations of which nothing works. */
    private static final class ThrowingSlots extends DelegatingQueue {

        ThrowingSlots() {
            super(new ThrowingQueue());
        }

        @Override
        public Optional<Reservation> reserve(Hint hint) {
            return Optional.of(new Reservation() {
                @Override
                public WorkerId worker() {
                    throw ThrowingQueue.broken();
                }

                @Override
                public boolean deliver(Task claimed) {
                    throw ThrowingQueue.broken();
                }

                @Override
                public void release() {
                    throw ThrowingQueue.broken();
                }
            });
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("queues")
    void everySubmitIsStoredAndFoundByAScan(TaskQueue queue) {
        TaskService tasks = Stage.service(stage.storage.tasks(), queue);
        WorkflowService workflows = new WorkflowService(stage.storage.workflows(), tasks);

        Task one = tasks.submit(newTask());
        Task scheduled = tasks.submit(newTask().runAt(stage.clock.instant()));
        List<Task> many = tasks.submitAll(List.of(newTask(), newTask().runAt(stage.clock.instant())));
        workflows.submit(NewWorkflow.of("a workflow").task("a", newTask()));

        List<Task> claimed = stage.storage
                .claims()
                .claim(ClaimRequest.due(stage.worker(), Stage.TYPES, Slots.of(10)))
                .tasks();
        assertThat(claimed)
                .hasSize(5)
                .extracting(Task::id)
                .contains(
                        one.id(), scheduled.id(), many.get(0).id(), many.get(1).id());
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("queues")
    void everyChangeIsMade(TaskQueue queue) {
        TaskService tasks = Stage.service(stage.storage.tasks(), queue);
        Task task = tasks.submit(newTask());

        Task edited = tasks.update(task, edit -> edit.title("a title"));
        Task driven = tasks.transition(task.id(), edited.version(), RUNNING, null);
        Task back = tasks.transition(task.id(), driven.version(), PENDING, null);
        Task running = stage.claim(stage.worker(), back.id());
        assertThat(tasks.cancel(running.id(), null)).hasStatus(RUNNING);
        assertThat(stage.read(running.id()).cancelRequested()).isTrue();
        tasks.wake();

        Task failed = stage.bring(tasks.submit(newTask()), FAILED);
        assertThat(tasks.requeue(failed.id(), null)).hasStatus(PENDING);
        assertThat(tasks.cancel(failed.id(), null)).hasStatus(CANCELLED);
        assertThat(tasks.delete(failed.id())).isTrue();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("queues")
    void theHealthIsToldAllTheSame(TaskQueue queue) {
        Health health = Stage.service(stage.storage.tasks(), queue).health();

        assertThat(health.parts()).extracting(Health::part).containsExactly("storage", "queue");
        assertThat(health.parts().get(0).level()).isEqualTo(Health.Level.UP);
    }
}
