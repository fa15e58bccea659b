package io.taskstore.testkit;

import static io.taskstore.TaskStatus.CANCELLED;
import static io.taskstore.TaskStatus.COMPLETED;
import static io.taskstore.TaskStatus.FAILED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static io.taskstore.testkit.Fixtures.newTask;
import static io.taskstore.testkit.TaskStoreAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Changed;
import io.taskstore.DuplicateTaskException;
import io.taskstore.IllegalTransitionException;
import io.taskstore.InvalidInputException;
import io.taskstore.NewWorkflow;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskNotFoundException;
import io.taskstore.TaskService;
import io.taskstore.Workflow;
import io.taskstore.WorkflowService;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How {@link TaskService} gives tasks another life, and how it takes them out of the store. */
final class RequeueAndDeleteTest {

    private static final UUID UNKNOWN = CountingIds.number(99);

    private final Stage stage = new Stage();
    private final TaskService tasks = stage.tasks;

    private Task stepOfAWorkflow() {
        Workflow workflow = new WorkflowService(stage.storage.workflows(), tasks)
                .submit(NewWorkflow.of("a workflow").task("a", newTask()));
        stage.journal.clear();
        return tasks.list(TaskFilter.all().workflow(workflow.id()), PageRequest.first(1))
                .tasks()
                .get(0);
    }

    @Test
    void aTaskThatFailedOrWasCancelledLivesAgainAndTheWorkersAreWoken() {
        Task failed = stage.taskIn(FAILED);
        Task cancelled = stage.taskIn(CANCELLED);

        assertThat(tasks.requeue(failed.id(), "once more"))
                .hasStatus(PENDING)
                .hasFailures(0)
                .hasNoError()
                .hasAttempt(1);
        assertThat(tasks.requeue(cancelled.id(), null)).hasStatus(PENDING);

        assertThat(tasks.history(failed.id()).orElseThrow())
                .wentThrough(PENDING, RUNNING, FAILED, PENDING)
                .hasNote("once more");
        assertThat(stage.journal).containsExactly("wake", "wake");
    }

    @Test
    void aTaskThatNeitherFailedNorWasCancelledCannotBeRequeued() {
        Task completed = stage.taskIn(COMPLETED);
        Task running = stage.taskIn(RUNNING);

        assertThatThrownBy(() -> tasks.requeue(completed.id(), null))
                .isInstanceOfSatisfying(IllegalTransitionException.class, refused -> {
                    assertThat(refused.id()).isEqualTo(completed.id());
                    assertThat(refused.status()).isEqualTo(COMPLETED);
                });
        assertThatThrownBy(() -> tasks.requeue(running.id(), null)).isInstanceOf(IllegalTransitionException.class);
        assertThat(stage.journal).isEmpty();
    }

    @Test
    void aTaskThatDoesNotExistCannotBeRequeued() {
        assertThatThrownBy(() -> tasks.requeue(UNKNOWN, null)).isInstanceOf(TaskNotFoundException.class);
        assertThatThrownBy(() -> tasks.requeue((UUID) null, null)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aTaskWhoseUniqueKeyAnotherHoldsByNowIsRefusedAndTheHolderIsNamed() {
        Task holder = stage.bring(tasks.submit(newTask().uniqueKey("key")), FAILED);
        Task failed = stage.bring(tasks.submit(newTask().uniqueKey("key")), FAILED);
        Task alsoFailed = stage.bring(tasks.submit(newTask().uniqueKey("key")), FAILED);
        tasks.requeue(holder.id(), null);
        stage.journal.clear();

        assertThatThrownBy(() -> tasks.requeue(failed.id(), null))
                .isInstanceOfSatisfying(DuplicateTaskException.class, refused -> {
                    assertThat(refused.id()).isEqualTo(failed.id());
                    assertThat(refused.existingId()).isEqualTo(holder.id());
                    assertThat(refused.uniqueKey()).contains("key");
                });

        assertThat(stage.read(failed.id())).hasStatus(FAILED);
        assertThat(stage.read(alsoFailed.id())).hasStatus(FAILED);
        assertThat(stage.journal).isEmpty();
    }

    /** The holder ended between the refusal and the look for it. */
    @Test
    void aTaskThatWasRefusedForAKeyThatIsFreeByNowIsToldSo() {
        Task failed = stage.bring(tasks.submit(newTask().uniqueKey("key")), FAILED);
        TaskService service = Stage.service(
                new DelegatingTasks(stage.storage.tasks()) {
                    @Override
                    public Changed requeue(TaskFilter filter, @Nullable String note) {
                        return new Changed(0, Set.of(), Set.of(failed.id()));
                    }
                },
                stage.queue);

        assertThatThrownBy(() -> service.requeue(failed.id(), null))
                .isInstanceOf(IllegalTransitionException.class)
                .hasMessageContaining("unique key");
    }

    @Test
    void allTasksThatPassAFilterLiveAgainButForThoseThatAreRefused() {
        stage.taskIn(FAILED);
        stage.taskIn(CANCELLED);
        stage.taskIn(COMPLETED);
        stage.bring(tasks.submit(newTask().uniqueKey("key")), FAILED);
        tasks.submit(newTask().uniqueKey("key"));
        stage.journal.clear();

        assertThat(tasks.requeue(TaskFilter.all(), null)).isEqualTo(2);
        assertThat(stage.journal).containsExactly("wake");
        assertThat(tasks.requeue(TaskFilter.all(), null)).isZero();
        assertThat(stage.journal).as("nothing to wake for").hasSize(1);
        assertThatThrownBy(() -> tasks.requeue((TaskFilter) null, null)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aTaskIsDeletedWithItsHistory() {
        Task task = stage.taskIn(FAILED);

        assertThat(tasks.delete(task.id())).isTrue();

        assertThat(tasks.find(task.id())).isEmpty();
        assertThat(tasks.history(task.id())).isEmpty();
        assertThat(tasks.delete(task.id())).isFalse();
        assertThatThrownBy(() -> tasks.delete((UUID) null)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void whatRunsOrBelongsToAWorkflowIsNotDeleted() {
        Task running = stage.taskIn(RUNNING);
        Task step = stepOfAWorkflow();

        assertThatThrownBy(() -> tasks.delete(running.id()))
                .isInstanceOfSatisfying(
                        IllegalTransitionException.class,
                        refused -> assertThat(refused.status()).isEqualTo(RUNNING));
        assertThatThrownBy(() -> tasks.delete(step.id()))
                .isInstanceOf(IllegalTransitionException.class)
                .hasMessageContaining("workflow");
        assertThat(tasks.count(TaskFilter.all(), 10).value()).isEqualTo(2);
    }

    @Test
    void allTasksThatPassAFilterAreDeletedButForThoseThatAreRefused() {
        stage.taskIn(FAILED);
        stage.taskIn(PENDING);
        stage.taskIn(RUNNING);
        stepOfAWorkflow();

        assertThat(tasks.delete(TaskFilter.all())).isEqualTo(2);
        assertThat(tasks.count(TaskFilter.all(), 10).value()).isEqualTo(2);
        assertThatThrownBy(() -> tasks.delete((TaskFilter) null)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void whatEndedBeforeAnInstantIsPurged() {
        Task old = stage.taskIn(FAILED);
        Task open = stage.taskIn(PENDING);
        stage.clock.advance(Duration.ofDays(30));
        Instant monthLater = stage.clock.instant();
        Task young = stage.taskIn(COMPLETED);

        assertThat(tasks.purge(monthLater)).isEqualTo(1);

        assertThat(tasks.list(TaskFilter.all(), PageRequest.first(9)))
                .extracting(Task::id)
                .containsExactlyInAnyOrder(open.id(), young.id());
        assertThat(tasks.find(old.id())).isEmpty();
        assertThatThrownBy(() -> tasks.purge(null)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tasks.purge(Instant.MAX)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void muchIsPurgedInSmallSteps() {
        tasks.submitAll(Collections.nCopies(1_100, newTask()));
        tasks.cancel(TaskFilter.all(), null);
        stage.clock.advance(Duration.ofDays(1));
        List<Long> steps = new ArrayList<>();
        TaskService service = Stage.service(
                new DelegatingTasks(stage.storage.tasks()) {
                    @Override
                    public long purge(Instant endedBefore, int limit) {
                        assertThat(limit).isEqualTo(500);
                        long step = super.purge(endedBefore, limit);
                        steps.add(step);
                        return step;
                    }
                },
                stage.queue);

        assertThat(service.purge(stage.clock.instant())).isEqualTo(1_100);

        assertThat(steps).containsExactly(500L, 500L, 100L);
        assertThat(tasks.count(TaskFilter.all(), 10).value()).isZero();
    }

    /** A workflow that was begun is deleted whole, so that a step may be larger than asked for. */
    @Test
    void aStepThatIsLargerThanAskedForIsNotTheLast() {
        Deque<Long> steps = new ArrayDeque<>(List.of(10_000L, 500L, 0L));
        TaskService service = Stage.service(
                new DelegatingTasks(stage.storage.tasks()) {
                    @Override
                    public long purge(Instant endedBefore, int limit) {
                        return steps.pop();
                    }
                },
                stage.queue);

        assertThat(service.purge(stage.clock.instant())).isEqualTo(10_500);
        assertThat(steps).isEmpty();
    }
}
