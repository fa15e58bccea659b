package io.taskstore.testkit;

import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static io.taskstore.testkit.Fixtures.newTask;
import static io.taskstore.testkit.TaskStoreAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Created;
import io.taskstore.Hint;
import io.taskstore.NewTask;
import io.taskstore.OutcomeUnknownException;
import io.taskstore.Polled;
import io.taskstore.StorageBusyException;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskQueue;
import io.taskstore.TaskService;
import io.taskstore.WorkerId;
import io.taskstore.spi.Held;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A submit that meets an idle worker hands the task over, and gives the slot back whatever happens. */
final class HandOverTest {

    private final Stage stage = new Stage();
    private final WorkerId worker = stage.worker();

    @AfterEach
    void closeQueue() {
        stage.queue.close();
    }

    /** A storage whose creates end badly. */
    private final class FailingTasks extends DelegatingTasks {

        private final boolean commits;
        private final Throwable failure;

        FailingTasks(boolean commits, Throwable failure) {
            super(stage.repository);
            this.commits = commits;
            this.failure = failure;
        }

        @Override
        public Created create(TaskDraft draft, @Nullable WorkerId claimFor) {
            assertThat(claimFor).isEqualTo(worker);
            assertThat(stage.queue.reserved(worker)).containsExactly(draft.id());
            if (commits) {
                super.create(draft, claimFor);
            }
            if (failure instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure;
        }
    }

    private void assertSlotIsFree(AsyncCall<Polled> poll) throws InterruptedException {
        assertThat(stage.queue.reserved(worker)).isEmpty();
        Task next = stage.submit();
        assertThat(next).isHeldBy(worker);
        assertThat(poll.answer().handedOver()).extracting(Task::id).containsExactly(next.id());
    }

    @Test
    void aTaskIsStoredAsClaimedAndHandedOver() throws InterruptedException {
        AsyncCall<Polled> poll = stage.idle(worker);

        Task task = stage.submit();

        assertThat(task).hasStatus(RUNNING).isHeldBy(worker).hasAttempt(1);
        assertThat(stage.tasks.history(task.id()).orElseThrow()).wentThrough(PENDING, RUNNING);
        Polled polled = poll.answer();
        assertThat(polled.handedOver())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(task);
        assertThat(polled.hints()).isEmpty();
        assertThat(stage.journal).containsExactly("reserve 1", "create 1 CLAIMED", "deliver 1", "release");
        assertThat(stage.queue.depth()).isZero();
    }

    @Test
    void whatIsMoreThanTheSlotsIsHinted() throws InterruptedException {
        AsyncCall<Polled> poll = stage.idle(worker, 2);
        TaskQueue.Reservation other = stage.queue
                .reserve(new Hint(UUID.randomUUID(), "work", "default", 0))
                .orElseThrow();

        Task first = stage.submit();

        assertThat(poll.answer().handedOver()).extracting(Task::id).containsExactly(first.id());
        assertThat(stage.submit()).hasStatus(PENDING);
        other.release();
        assertThat(stage.queue.depth()).isEqualTo(1);
    }

    @Test
    void manyTasksReserveNothing() throws InterruptedException {
        AsyncCall<Polled> poll = stage.idle(worker, 5);

        stage.tasks.submitAll(List.of(newTask(), newTask()));

        assertThat(poll.answer().handedOver()).isEmpty();
        assertThat(stage.journal).containsExactly("create [1, 2]", "hint 1", "hint 2");
    }

    @Test
    void aScheduledTaskReservesNothing() throws InterruptedException {
        AsyncCall<Polled> poll = stage.idle(worker);

        stage.tasks.submit(newTask().runAt(stage.clock.instant()));

        assertThat(poll.answer().woken()).isTrue();
        assertThat(stage.journal).containsExactly("create 1 NEW", "wake");
    }

    @Test
    void aCreateThatThrowsGivesTheSlotBack() throws InterruptedException {
        AsyncCall<Polled> poll = stage.idle(worker);
        StorageBusyException busy = new StorageBusyException("busy", null);
        TaskService failing = Stage.service(new FailingTasks(false, busy), stage.queue);

        assertThatThrownBy(() -> failing.submit(newTask())).isSameAs(busy);

        assertThat(poll.isOver()).isFalse();
        assertSlotIsFree(poll);
    }

    /** The task is RUNNING by a worker that does not know it, and that finds it when it compares. */
    @Test
    void aCreateWhoseOutcomeIsUnknownGivesTheSlotBackAndTheComparisonFindsTheTask() throws InterruptedException {
        AsyncCall<Polled> poll = stage.idle(worker);
        NewTask wanted = newTask().id(CountingIds.number(9));
        OutcomeUnknownException unknown = new OutcomeUnknownException("submit", List.of(CountingIds.number(9)), null);
        TaskService failing = Stage.service(new FailingTasks(true, unknown), stage.queue);

        assertThatThrownBy(() -> failing.submit(wanted)).isSameAs(unknown);

        assertThat(poll.isOver()).as("handed over").isFalse();
        assertThat(stage.queue.reserved(worker)).isEmpty();
        assertThat(stage.storage.claims().held(worker))
                .extracting((Held held) -> held.claim().taskId())
                .containsExactly(CountingIds.number(9));
        assertThat(stage.tasks.submit(wanted)).as("repeated").hasStatus(RUNNING).hasAttempt(1);
        assertSlotIsFree(poll);
    }

    @Test
    void aCreateThatDiesWithAnErrorGivesTheSlotBack() throws InterruptedException {
        AsyncCall<Polled> poll = stage.idle(worker);
        Error error = new StackOverflowError("too deep");
        TaskService failing = Stage.service(new FailingTasks(false, error), stage.queue);

        AsyncCall<Task> dying = AsyncCall.start(() -> failing.submit(newTask()));

        assertThat(dying.failure()).isSameAs(error);
        assertSlotIsFree(poll);
    }

    @Test
    void aTaskThatWasNotClaimedGivesTheSlotBackAndIsHinted() throws InterruptedException {
        AsyncCall<Polled> poll = stage.idle(worker);
        stage.storage.queues().pause("default");

        Task task = stage.submit();

        assertThat(task).hasStatus(PENDING);
        assertThat(stage.journal).containsExactly("reserve 1", "create 1 NEW", "hint 1", "release");
        assertThat(poll.answer().hints()).containsExactly(Hint.of(task));
    }

    @Test
    void aTaskThatWasThereBeforeGivesTheSlotBack() throws InterruptedException {
        NewTask wanted = newTask().id(CountingIds.number(9));
        stage.bring(stage.tasks.submit(wanted), RUNNING);
        AsyncCall<Polled> poll = stage.idle(worker);

        assertThat(stage.tasks.submit(wanted)).hasStatus(RUNNING);

        assertThat(stage.journal).containsExactly("reserve 9", "create 9 EXISTING", "release");
        assertSlotIsFree(poll);
    }

    @Test
    void aWorkerThatIsNotKnownToTheStorageGetsAHint() throws InterruptedException {
        stage.storage.kill(worker);
        AsyncCall<Polled> poll = stage.idle(worker);

        Task task = stage.submit();

        assertThat(task).hasStatus(PENDING);
        assertThat(poll.answer().hints()).containsExactly(Hint.of(task));
    }

    /** It left between the reservation and the delivery, and gives back what it holds when it retires. */
    @Test
    void aDeliveryThatIsRefusedLosesNothing() throws InterruptedException {
        AsyncCall<Polled> poll = stage.idle(worker);
        TaskService service = Stage.service(
                new DelegatingTasks(stage.storage.tasks()) {
                    @Override
                    public Created create(TaskDraft draft, @Nullable WorkerId claimFor) {
                        Created created = super.create(draft, claimFor);
                        stage.queue.leave(worker);
                        return created;
                    }
                },
                stage.queue);

        Task task = service.submit(newTask());

        assertThat(task).isHeldBy(worker);
        assertThat(poll.answer().handedOver()).isEmpty();
        stage.storage.claims().retire(worker);
        assertThat(stage.read(task.id())).hasStatus(PENDING).hasFailures(0);
        assertThat(stage.claim(stage.worker(), task.id())).hasAttempt(2);
    }

    /** The comparison of the worker leaves open reservations alone, and so finds it only after the release. */
    @Test
    void aDeliveryThatFailsGivesTheSlotBack() throws InterruptedException {
        AsyncCall<Polled> poll = stage.idle(worker);
        TaskService service = Stage.service(stage.storage.tasks(), new DelegatingQueue(stage.queue) {
            @Override
            public Optional<Reservation> reserve(Hint hint) {
                return super.reserve(hint).map(slot -> new Slot(slot) {
                    @Override
                    public boolean deliver(Task claimed) {
                        throw new IllegalStateException("no way");
                    }
                });
            }
        });

        Task task = service.submit(newTask().id(CountingIds.number(9)));

        assertThat(task).isHeldBy(worker);
        assertSlotIsFree(poll);
    }

    @Test
    void aReservationThatCannotSayWhoseItIsIsNotUsed() throws InterruptedException {
        AsyncCall<Polled> poll = stage.idle(worker);
        TaskService service = Stage.service(stage.storage.tasks(), new DelegatingQueue(stage.queue) {
            @Override
            public Optional<Reservation> reserve(Hint hint) {
                return super.reserve(hint).map(slot -> new Slot(slot) {
                    @Override
                    public WorkerId worker() {
                        throw new IllegalStateException("whose?");
                    }
                });
            }
        });

        Task task = service.submit(newTask());

        assertThat(task).hasStatus(PENDING);
        assertThat(poll.answer().hints()).containsExactly(Hint.of(task));
    }
}
