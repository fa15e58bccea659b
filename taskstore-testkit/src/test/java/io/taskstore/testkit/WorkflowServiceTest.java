package io.taskstore.testkit;

import static io.taskstore.TaskStatus.CANCELLED;
import static io.taskstore.TaskStatus.COMPLETED;
import static io.taskstore.TaskStatus.FAILED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static io.taskstore.TaskStatus.WAITING;
import static io.taskstore.testkit.Fixtures.newTask;
import static io.taskstore.testkit.TaskStoreAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Changed;
import io.taskstore.Cursor;
import io.taskstore.DuplicateTaskException;
import io.taskstore.Hint;
import io.taskstore.InvalidInputException;
import io.taskstore.Joined;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.PageRequest;
import io.taskstore.PayloadException;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskType;
import io.taskstore.Workflow;
import io.taskstore.WorkflowFilter;
import io.taskstore.WorkflowNotFoundException;
import io.taskstore.WorkflowService;
import io.taskstore.WorkflowStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class WorkflowServiceTest {

    private static final UUID UNKNOWN = CountingIds.number(99);

    private final Stage stage = new Stage();
    private final WorkflowService workflows = new WorkflowService(stage.storage.workflows(), stage.tasks);
    private final NewWorkflow order = NewWorkflow.of("order-17")
            .submittedBy("Ada")
            .task("charge", newTask())
            .task("ship", newTask())
            .after("charge");

    private Task step(Workflow workflow, String step) {
        return stage.tasks
                .list(TaskFilter.all().workflow(workflow.id()).step(step), PageRequest.first(1))
                .tasks()
                .get(0);
    }

    @Test
    void aWorkflowIsStoredWholeAndItsFirstTasksAreToldAsSingleTasksAre() {
        Workflow workflow = workflows.submit(order);

        assertThat(workflow.name()).isEqualTo("order-17");
        assertThat(workflow.submittedBy()).contains("Ada");
        assertThat(workflow.status()).isEqualTo(WorkflowStatus.ACTIVE);
        assertThat(workflow.counts()).containsOnly(Map.entry(PENDING, 1L), Map.entry(WAITING, 1L));
        assertThat(step(workflow, "charge")).hasStatus(PENDING);
        assertThat(step(workflow, "ship")).hasStatus(WAITING);
        assertThat(workflows.find(workflow.id())).contains(workflow);
        assertThat(stage.journal)
                .containsExactly("hint " + Stage.number(step(workflow, "charge").id()));
    }

    @Test
    void aWorkflowIsDrawnWithTheStatusOfEachTask() {
        Workflow workflow = workflows.submit(NewWorkflow.of("order-17")
                .task("charge", newTask())
                .task("ship#1", newTask())
                .after("charge")
                .task("report", newTask())
                .afterEnded("charge", "ship#1"));
        stage.claim(stage.worker(), step(workflow, "charge").id());

        assertThat(workflows.toMermaid(workflow.id())).isEqualTo("""
                flowchart LR
                    t0["charge"]:::RUNNING
                    t1["ship#35;1"]:::WAITING
                    t2["report"]:::WAITING
                    t0 --> t1
                    t0 -.-> t2
                    t1 -.-> t2
                    classDef WAITING fill:#eceff1,stroke:#607d8b,color:#212121
                    classDef RUNNING fill:#e3f2fd,stroke:#1565c0,color:#212121
                """);
        assertThatThrownBy(() -> workflows.toMermaid(UNKNOWN)).isInstanceOf(WorkflowNotFoundException.class);
    }

    @Test
    void aWorkflowOfMoreTasksThanAPageHasIsDrawnWhole() {
        NewWorkflow wide = NewWorkflow.of("wide");
        for (int i = 0; i < 1_001; i++) {
            wide = wide.task("step-" + i, newTask());
        }
        Workflow workflow = workflows.submit(wide);

        assertThat(workflows.toMermaid(workflow.id()).lines().filter(line -> line.contains(":::PENDING")))
                .hasSize(1_001);
    }

    @Test
    void workersAreToldAfterTheWorkflowIsStored() throws InterruptedException {
        var poll = stage.idle(stage.worker());

        Workflow workflow = workflows.submit(order);

        assertThat(poll.answer().hints()).containsExactly(Hint.of(step(workflow, "charge")));
        assertThat(stage.claim(stage.worker(), step(workflow, "charge").id())).hasStatus(RUNNING);
    }

    @Test
    void aRepeatedSubmitAnswersWithTheWorkflowThatIsThere() {
        UUID id = UUID.randomUUID();
        Task charge = stage.submit();
        NewWorkflow wanted =
                NewWorkflow.of("order-18").id(id).task("a", newTask().id(UUID.randomUUID()));
        Workflow first = workflows.submit(wanted);

        assertThat(workflows.submit(wanted)).isEqualTo(first);
        assertThatThrownBy(() -> workflows.submit(NewWorkflow.of("other").id(id).task("a", newTask())))
                .isInstanceOf(DuplicateTaskException.class);
        assertThatThrownBy(() -> workflows.submit(
                        NewWorkflow.of("taken").task("a", newTask().id(charge.id()))))
                .isInstanceOf(DuplicateTaskException.class);
    }

    @Test
    void aWorkflowThatCouldNeverEndIsRefusedAndTellsWhy() {
        NewWorkflow circle = NewWorkflow.of("circle")
                .task("a", newTask())
                .after("b")
                .task("b", newTask())
                .after("a");

        assertThatThrownBy(() -> workflows.submit(circle))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("a → b → a");
        assertThatThrownBy(() -> workflows.submit(NewWorkflow.of("empty"))).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> workflows.submit(
                        NewWorkflow.of("lost").task("a", newTask()).after("nobody")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("nobody");
        assertThatThrownBy(() -> workflows.submit(null)).isInstanceOf(InvalidInputException.class);
        assertThat(stage.journal).isEmpty();
    }

    @Test
    void aPayloadThatCannotBeEncodedStoresNothing() {
        NewTask broken = NewTask.of(TaskType.of("broken", Object.class), new SubmitTest.Selfish());

        assertThatThrownBy(() -> workflows.submit(NewWorkflow.of("broken").task("a", broken)))
                .isInstanceOf(PayloadException.class);
        assertThat(stage.tasks.count(TaskFilter.all(), 10).value()).isZero();
    }

    @Test
    void workflowsAreListedTheNewestFirstPageByPage() {
        Workflow first = workflows.submit(order);
        stage.clock.advance(Duration.ofSeconds(1));
        Workflow second = workflows.submit(NewWorkflow.of("other").task("a", newTask()));
        stage.clock.advance(Duration.ofSeconds(1));
        Workflow third = workflows.submit(order);

        assertThat(workflows.list(WorkflowFilter.all(), null, 2)).containsExactly(third, second);
        assertThat(workflows.list(WorkflowFilter.all(), Cursor.after(second), 2))
                .containsExactly(first);
        assertThat(workflows.list(WorkflowFilter.all().submittedBy("Ada"), null, 1_000))
                .containsExactly(third, first);
        assertThatThrownBy(() -> workflows.list(WorkflowFilter.all(), null, 0))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> workflows.list(WorkflowFilter.all(), null, 1_001))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> workflows.list(null, null, 1)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aWorkflowIsRenamed() {
        Workflow workflow = workflows.submit(order);

        assertThat(workflows.rename(workflow.id(), "order-17 (urgent)").name()).isEqualTo("order-17 (urgent)");

        assertThat(workflows.find(workflow.id()).orElseThrow().name()).isEqualTo("order-17 (urgent)");
        assertThatThrownBy(() -> workflows.rename(workflow.id(), " ")).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> workflows.rename(null, "a name")).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> workflows.rename(UNKNOWN, "a name")).isInstanceOf(WorkflowNotFoundException.class);
    }

    @Test
    void cancellingCancelsWhatHasNotEndedAndTellsTheWorkersOfWhatRuns() {
        Workflow workflow = workflows.submit(order.task("pack", newTask()));
        Task bystander = stage.submit();
        Task charge = step(workflow, "charge");
        stage.claim(stage.worker(), charge.id());
        stage.journal.clear();

        Workflow cancelled = workflows.cancel(workflow.id(), "not wanted");

        assertThat(cancelled.counts()).containsOnly(Map.entry(RUNNING, 1L), Map.entry(CANCELLED, 2L));
        assertThat(stage.journal).containsExactly("cancel [" + Stage.number(charge.id()) + "]");
        assertThat(stage.tasks.history(step(workflow, "pack").id()).orElseThrow())
                .hasNote("not wanted");
        assertThat(stage.read(bystander.id())).hasStatus(PENDING);
        assertThatThrownBy(() -> workflows.cancel(workflow.id(), " ")).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void requeuingGivesWhatFailedAnotherLifeAndWakesTheWorkers() {
        Workflow workflow = workflows.submit(order);
        stage.fail(step(workflow, "charge").id());
        assertThat(workflows.find(workflow.id()).orElseThrow().status()).isEqualTo(WorkflowStatus.FAILED);
        stage.journal.clear();

        assertThat(workflows.requeue(workflow.id(), "once more")).isEqualTo(new Changed(2, Set.of(), Set.of()));

        Workflow again = workflows.find(workflow.id()).orElseThrow();
        assertThat(again.status()).isEqualTo(WorkflowStatus.ACTIVE);
        assertThat(again.counts()).containsOnly(Map.entry(PENDING, 1L), Map.entry(WAITING, 1L));
        assertThat(stage.tasks.history(step(workflow, "charge").id()).orElseThrow())
                .wentThrough(PENDING, RUNNING, FAILED, PENDING)
                .hasNote("once more");
        assertThat(stage.journal).containsExactly("wake");
    }

    @Test
    void requeuingNamesTheTasksWhoseUniqueKeysAreHeldByOthers() {
        NewTask keyed = newTask().uniqueKey("key");
        Workflow workflow = workflows.submit(NewWorkflow.of("one step").task("only", keyed));
        Task only = step(workflow, "only");
        workflows.cancel(workflow.id(), "not wanted");
        stage.tasks.submit(keyed);

        assertThat(workflows.requeue(workflow.id(), null)).isEqualTo(new Changed(0, Set.of(), Set.of(only.id())));
    }

    @Test
    void aWorkflowIsDeletedOnceItHasEnded() {
        Workflow workflow = workflows.submit(order);

        assertThatThrownBy(() -> workflows.delete(workflow.id())).isInstanceOf(InvalidInputException.class);
        for (String step : List.of("charge", "ship")) {
            stage.complete(step(workflow, step).id());
        }
        assertThat(workflows.find(workflow.id()).orElseThrow().counts()).containsOnly(Map.entry(COMPLETED, 2L));

        assertThat(workflows.delete(workflow.id())).isTrue();
        assertThat(workflows.find(workflow.id())).isEmpty();
        assertThat(stage.tasks.count(TaskFilter.all(), 10).value()).isZero();
        assertThat(workflows.delete(workflow.id())).isFalse();
    }

    @Test
    void aWorkflowThatDoesNotExistIsToldByItsId() {
        assertThat(workflows.find(UNKNOWN)).isEmpty();
        assertThat(workflows.delete(UNKNOWN)).isFalse();
        assertThatThrownBy(() -> workflows.cancel(UNKNOWN, null))
                .isInstanceOfSatisfying(
                        WorkflowNotFoundException.class,
                        missing -> assertThat(missing.id()).isEqualTo(UNKNOWN));
        assertThatThrownBy(() -> workflows.requeue(UNKNOWN, null)).isInstanceOf(WorkflowNotFoundException.class);
        assertThatThrownBy(() -> workflows.find(null)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> workflows.cancel(null, null)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> workflows.requeue(null, null)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> workflows.delete(null)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> new WorkflowService(null, stage.tasks)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> new WorkflowService(stage.storage.workflows(), null))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void firstTasksOfALaterTimeAreLookedForOnce() {
        workflows.submit(NewWorkflow.of("later")
                .task("one", newTask().runAt(stage.clock.instant().plus(Duration.ofHours(1))))
                .task("other", newTask().runAt(stage.clock.instant().plus(Duration.ofHours(2)))));

        assertThat(stage.journal).containsExactly("wake");
    }

    @Test
    void whoAwaitsAWorkflowHearsOfItsEnd() throws InterruptedException {
        UUID id = workflows.submit(order).id();
        AsyncCall<Optional<Workflow>> call =
                AsyncCall.start(() -> workflows.await(id, Duration.ofHours(1))).awaitWaiting();

        stage.complete(step(workflows.find(id).orElseThrow(), "charge").id());
        assertThat(call.awaitWaiting().isOver()).isFalse();
        stage.fail(step(workflows.find(id).orElseThrow(), "ship").id());

        assertThat(call.answer().orElseThrow().status()).isEqualTo(WorkflowStatus.FAILED);
        assertThat(workflows.await(id, Duration.ZERO)).isEqualTo(workflows.find(id));
    }

    @Test
    void anAwaitedWorkflowThatGoesOnIsNoAnswer() throws InterruptedException {
        UUID id = workflows.submit(order).id();

        assertThat(workflows.await(id, Duration.ZERO)).isEmpty();
        assertThat(workflows.await(id, Duration.ofMillis(20))).isEmpty();
    }

    @Test
    void anAwaitedWorkflowThatIsDeletedIsToldByItsId() {
        UUID id = workflows.submit(order).id();
        AsyncCall<Optional<Workflow>> call =
                AsyncCall.start(() -> workflows.await(id, Duration.ofHours(1))).awaitWaiting();

        workflows.cancel(id, null);
        workflows.delete(id);

        // it may have seen the end before the deletion
        Throwable failure = call.failure();
        if (failure != null) {
            assertThat(failure).isInstanceOf(WorkflowNotFoundException.class);
        }
        assertThatThrownBy(() -> workflows.await(id, Duration.ZERO)).isInstanceOf(WorkflowNotFoundException.class);
    }

    @Test
    void awaitingAWorkflowIsRefusedWhereItCouldWaitForItself() {
        UUID id = workflows.submit(order).id();
        WorkflowService joined = workflows.in(new Joined(new JoinedTasks(stage.repository), stage.storage.workflows()));

        assertThatThrownBy(() -> joined.await(id, Duration.ofSeconds(1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("transaction");
        assertThatThrownBy(() -> workflows.await(null, Duration.ZERO)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> workflows.await(id, Duration.ofSeconds(-1))).isInstanceOf(InvalidInputException.class);
    }
}
