package io.taskstore.testkit;

import static io.taskstore.TaskStatus.FAILED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static io.taskstore.testkit.Fixtures.newTask;
import static io.taskstore.testkit.TaskStoreAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.InvalidInputException;
import io.taskstore.Joined;
import io.taskstore.NewWorkflow;
import io.taskstore.Polled;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskRepository;
import io.taskstore.TaskService;
import io.taskstore.WorkerId;
import io.taskstore.WorkflowService;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A service in the transaction of its caller: workers hear of what it did after the commit, and never before. */
final class JoinedServiceTest {

    private final Stage stage = new Stage();
    private final JoinedTasks transaction = new JoinedTasks(stage.repository);
    private final Joined both = new Joined(transaction, stage.storage.workflows());
    private final TaskService joined = stage.tasks.in(both);
    private final WorkflowService joinedWorkflows =
            new WorkflowService(stage.storage.workflows(), stage.tasks).in(both);

    private void assertToldByCommit(String... told) {
        assertThat(stage.journal).as("before the commit").isEmpty();
        transaction.commit();
        assertThat(stage.journal).containsExactly(told);
    }

    @Test
    void aSubmitIsHintedAfterTheCommit() {
        joined.submit(newTask());
        assertThat(stage.journal).containsExactly("create 1 NEW");
        stage.journal.clear();

        assertToldByCommit("hint 1");
    }

    @Test
    void manySubmitsAreHintedAfterTheCommit() {
        joined.submitAll(List.of(newTask(), newTask().runAt(stage.clock.instant())));
        joined.submit(newTask().runAt(stage.clock.instant()));
        assertThat(stage.journal).containsExactly("create [1, 2]", "create 3 NEW");
        stage.journal.clear();

        assertToldByCommit("hint 1", "wake", "wake");
    }

    @Test
    void whatWasSubmittedCountsAfterTheCommit() {
        joined.submit(newTask());
        joined.submitAll(List.of(newTask(), newTask()));
        joinedWorkflows.submit(NewWorkflow.of("one").task("only", newTask()));
        assertThat(stage.tasks.submitted()).isZero();

        transaction.commit();

        assertThat(stage.tasks.submitted()).isEqualTo(4);
        assertThat(joined.submitted()).isEqualTo(4);
    }

    @Test
    void whatIsRolledBackIsNeverHinted() {
        joined.submit(newTask());

        stage.tasks.wake();

        assertThat(stage.journal).containsExactly("create 1 NEW", "wake");
    }

    @Test
    void noSlotIsReservedForATaskThatNobodyElseCanSee() throws InterruptedException {
        WorkerId worker = stage.worker();
        AsyncCall<Polled> poll = stage.idle(worker);

        Task task = joined.submit(newTask());

        assertThat(task).hasStatus(PENDING);
        assertThat(stage.queue.reserved(worker)).isEmpty();
        assertThat(poll.isOver()).isFalse();
        transaction.commit();
        assertThat(poll.answer().hints()).extracting(hint -> hint.id()).containsExactly(task.id());
    }

    @Test
    void aServiceThatIsMadeOnAJoinedRepositoryIsJoinedToo() throws InterruptedException {
        WorkerId worker = stage.worker();
        stage.idle(worker);
        TaskService made = new TaskService(transaction, stage.queue);

        Task task = made.submit(newTask());

        assertThat(stage.queue.reserved(worker)).isEmpty();
        assertThatThrownBy(() -> made.await(task.id(), Duration.ZERO)).isInstanceOf(InvalidInputException.class);
        transaction.commit();
    }

    @Test
    void anUpdateWakesAfterTheCommit() {
        Task task = stage.taskIn(PENDING);

        joined.update(task, edit -> edit.priority(3));

        assertToldByCommit("wake");
    }

    @Test
    void aTransitionToPendingIsHintedAfterTheCommit() {
        Task task = stage.taskIn(PENDING);
        Task running = joined.transition(task.id(), task.version(), RUNNING, null);

        joined.transition(task.id(), running.version(), PENDING, null);

        assertToldByCommit("hint 1");
    }

    @Test
    void aCancelRequestIsToldAfterTheCommit() {
        Task task = stage.taskIn(RUNNING);

        joined.cancel(task.id(), null);

        assertToldByCommit("cancel [1]");
    }

    @Test
    void aRequeueWakesAfterTheCommit() {
        Task task = stage.taskIn(FAILED);

        joined.requeue(task.id(), null);

        assertToldByCommit("wake");
    }

    @Test
    void theFirstTasksOfAWorkflowAreHintedAfterTheCommit() {
        joinedWorkflows.submit(NewWorkflow.of("a workflow").task("a", newTask()));

        assertToldByCommit("hint 2");
    }

    @Test
    void awaitingIsRefusedForTheTransactionHidesTheEnd() throws InterruptedException {
        Task task = joined.submit(newTask());
        stage.complete(task.id());

        assertThatThrownBy(() -> joined.await(task.id(), Duration.ofHours(1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("transaction");
        assertThat(stage.tasks.await(task.id(), Duration.ZERO)).isPresent();
    }

    @Test
    void readingIsDoneInTheTransaction() {
        TaskRepository seven = new DelegatingTasks(stage.storage.tasks()) {
            @Override
            public io.taskstore.Count count(TaskFilter filter, long cap) {
                return new io.taskstore.Count(7, false);
            }
        };
        TaskService other = stage.tasks.in(new Joined(seven, stage.storage.workflows()));

        assertThat(other.count(TaskFilter.all(), 10).value()).isEqualTo(7);
        assertThat(stage.tasks.count(TaskFilter.all(), 10).value()).isZero();
    }

    @Test
    void nullIsRefused() {
        assertThatThrownBy(() -> stage.tasks.in(null)).isInstanceOf(InvalidInputException.class);
    }
}
