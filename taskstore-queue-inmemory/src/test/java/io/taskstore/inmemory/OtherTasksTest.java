package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.InvalidInputException;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.Outcome;
import io.taskstore.PageRequest;
import io.taskstore.PayloadException;
import io.taskstore.RetryPolicy;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskHandler;
import io.taskstore.TaskRun;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.WorkflowService;
import io.taskstore.testkit.ManualClock;
import io.taskstore.testkit.ReferenceStorage;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a handler gets that asks for other tasks of its workflow. */
final class OtherTasksTest {

    private static final TaskType<String> WORK = TaskType.of("work", String.class);
    private static final TaskType<String> ASKS = TaskType.of("asks", String.class);

    private final ReferenceStorage storage = new ReferenceStorage(ManualClock.create());
    private final InMemoryTaskQueue queue = new InMemoryTaskQueue();
    private final TaskService tasks = new TaskService(storage.tasks(), queue);

    @AfterEach
    void close() {
        queue.close();
        storage.close();
    }

    /** Runs "first", which ends as its payload says, and then "second", however that was. */
    private void workflow(String payload, TaskHandler<String> asking) {
        UUID id = new WorkflowService(storage.workflows(), tasks)
                .submit(NewWorkflow.of("two steps")
                        .task("first", NewTask.of(WORK, payload))
                        .task("second", NewTask.of(ASKS, "x"))
                        .afterEnded("first"))
                .id();
        runAll(asking);
        Task second = tasks.list(TaskFilter.all().workflow(id).step("second"), PageRequest.first(1))
                .tasks()
                .get(0);
        assertThat(second.error()).isEmpty();
        assertThat(second.status()).isEqualTo(TaskStatus.COMPLETED);
    }

    private void runAll(TaskHandler<String> asking) {
        try (Worker worker = Worker.builder(storage, queue)
                .decide(WORK, OtherTasksTest::end, RetryPolicy.none())
                .handle(ASKS, asking, RetryPolicy.none())
                .build()) {
            while (worker.runDue() > 0) {}
        }
    }

    private static Outcome end(String payload, TaskRun run) {
        return switch (payload) {
            case "without a result" -> Outcome.completed();
            case "fails" -> Outcome.failed("NO_STOCK", "none left");
            case "is not wanted" -> Outcome.cancelled("not wanted");
            default -> Outcome.completed(payload);
        };
    }

    @Test
    void aTaskOutsideOfWorkflowsHasNoOthers() {
        Task alone = tasks.submit(NewTask.of(ASKS, "x"));

        runAll((payload, run) -> {
            String message = "step must be asked for by a task of a workflow, which task " + alone.id()
                    + " is not, but was \"first\"";
            assertThatThrownBy(() -> run.taskOf("first"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> run.resultOf("first", String.class))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage(message);
        });

        assertThat(tasks.find(alone.id()).orElseThrow().error()).isEmpty();
    }

    @Test
    void aStepThatTheWorkflowDoesNotHaveIsNamedWithTheTaskThatAsked() {
        workflow("one", (payload, run) -> {
            String message = "step must be the name of a task of the workflow of task "
                    + run.task().id() + ", but was \"frist\"";
            assertThatThrownBy(() -> run.taskOf("frist"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> run.resultOf("frist", String.class))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> run.taskOf(" ")).isInstanceOf(InvalidInputException.class);
        });
    }

    @Test
    void aStepOfAnotherWorkflowIsNotFound() {
        new WorkflowService(storage.workflows(), tasks)
                .submit(NewWorkflow.of("another").task("elsewhere", NewTask.of(WORK, "one")));

        workflow(
                "one",
                (payload, run) ->
                        assertThatThrownBy(() -> run.taskOf("elsewhere")).isInstanceOf(InvalidInputException.class));
    }

    @Test
    void aTaskThatCompletedWithoutAResultIsNamedAsSuch() {
        assertHasNoResult("without a result", TaskStatus.COMPLETED);
    }

    @Test
    void aTaskThatFailedHasNoResult() {
        assertHasNoResult("fails", TaskStatus.FAILED);
    }

    @Test
    void aTaskThatWasCancelledHasNoResult() {
        assertHasNoResult("is not wanted", TaskStatus.CANCELLED);
    }

    private void assertHasNoResult(String payload, TaskStatus status) {
        workflow(payload, (unused, run) -> {
            Task first = run.taskOf("first");
            assertThat(first.status()).isEqualTo(status);
            assertThatThrownBy(() -> run.resultOf("first", String.class))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage("step must be the name of a task with a result, and task " + first.id() + " is "
                            + status + " without one, but was \"first\"");
        });
    }

    @Test
    void aTaskThatHasNotEndedHasNoResult() {
        workflow(
                "one",
                (payload, run) -> assertThatThrownBy(() -> run.resultOf("second", String.class))
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessageContaining("is RUNNING without one, but was \"second\""));
    }

    @Test
    void aResultOfAnotherTypeIsRefusedInWordsThatDoNotQuoteIt() {
        workflow(
                "a secret",
                (payload, run) -> assertThatThrownBy(() -> run.resultOf("first", Integer.class))
                        .isInstanceOf(PayloadException.class)
                        .hasMessageStartingWith("the result of 'first', task "
                                + run.taskOf("first").id()
                                + ": the JSON cannot be decoded into a java.lang.Integer")
                        .hasMessageNotContaining("secret"));
    }

    @Test
    void aHandlerThatAsksForWhatIsNotThereFailsAndSaysWhy() {
        Task alone = tasks.submit(NewTask.of(ASKS, "x"));

        runAll((payload, run) -> run.resultOf("first", String.class));

        Task failed = tasks.find(alone.id()).orElseThrow();
        assertThat(failed.status()).isEqualTo(TaskStatus.FAILED);
        assertThat(failed.error().orElseThrow().kind()).isEqualTo(InvalidInputException.class.getName());
        assertThat(failed.error().orElseThrow().message()).contains(alone.id().toString());
    }
}
