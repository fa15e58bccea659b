package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.Outcome;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskRun;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.Workflow;
import io.taskstore.WorkflowService;
import io.taskstore.WorkflowStatus;
import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.spi.Storage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workflows of many tasks end, and pass on what they make, though their worker never looks for tasks by itself. */
@Timeout(60)
final class BigWorkflowTest {

    private static final int PARTS = 1_000;
    private static final int LINKS = 200;
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration NEVER = Duration.ofHours(1);

    /** Answers with its payload. */
    private static final TaskType<Integer> PART = TaskType.of("part", Integer.class);
    /** Answers with the sum of what so many parts have made. */
    private static final TaskType<Integer> SUM = TaskType.of("sum", Integer.class);
    /** Answers with one more than the link before it. */
    private static final TaskType<Integer> LINK = TaskType.of("link", Integer.class);

    @TempDir
    private Path folder;

    private TaskDatabase sqlite() {
        return TaskDatabase.open("jdbc:sqlite:" + folder.resolve("tasks.db"));
    }

    @Test
    void onSqliteAThousandAreJoined() throws Exception {
        try (TaskDatabase database = sqlite()) {
            assertThat(last(database, fanOut())).isEqualTo(sum());
        }
    }

    @Test
    void onPostgresAThousandAreJoined() throws Exception {
        try (TaskDatabase database = TestPostgres.builder().open()) {
            assertThat(last(database, fanOut())).isEqualTo(sum());
        }
    }

    @Test
    void onSqliteAChainOfTwoHundredComesToItsEnd() throws Exception {
        try (TaskDatabase database = sqlite()) {
            assertThat(last(database, chain())).isEqualTo(LINKS);
        }
    }

    @Test
    void onPostgresAChainOfTwoHundredComesToItsEnd() throws Exception {
        try (TaskDatabase database = TestPostgres.builder().open()) {
            assertThat(last(database, chain())).isEqualTo(LINKS);
        }
    }

    @Test
    void onSqliteALongChainWhoseFirstLinkFailsIsCancelledAndLivesAgain() throws Exception {
        try (TaskDatabase database = sqlite()) {
            assertFailsAndLivesAgain(database);
        }
    }

    @Test
    void onPostgresALongChainWhoseFirstLinkFailsIsCancelledAndLivesAgain() throws Exception {
        try (TaskDatabase database = TestPostgres.builder().open()) {
            assertFailsAndLivesAgain(database);
        }
    }

    /** One transaction cancels them all, link by link, and one lets them live again. */
    private static void assertFailsAndLivesAgain(Storage storage) throws Exception {
        Set<String> failed = ConcurrentHashMap.newKeySet();
        try (InMemoryTaskQueue queue = new InMemoryTaskQueue();
                Worker worker = Worker.builder(storage, queue)
                        .pollInterval(NEVER)
                        .decide(
                                LINK,
                                (number, run) -> failed.add("once")
                                        ? Outcome.failed("BROKEN", "not today")
                                        : Outcome.completed(number))
                        .start()) {
            TaskService tasks = new TaskService(storage.tasks(), queue);
            WorkflowService workflows = new WorkflowService(storage.workflows(), tasks);
            UUID id = workflows.submit(chain()).id();
            assertThat(workflows.await(id, SOON).orElseThrow().counts())
                    .as("of %s", worker)
                    .isEqualTo(Map.of(TaskStatus.FAILED, 1L, TaskStatus.CANCELLED, LINKS - 1L));
            assertThat(workflows.requeue(id, null).count()).isEqualTo(LINKS);
            assertThat(workflows.await(id, SOON).orElseThrow().status()).isEqualTo(WorkflowStatus.COMPLETED);
        }
    }

    private static int sum() {
        return IntStream.range(0, PARTS).sum();
    }

    private static NewWorkflow fanOut() {
        NewWorkflow workflow = NewWorkflow.of("fan-out");
        for (int i = 0; i < PARTS; i++) {
            workflow = workflow.task("part-" + i, NewTask.of(PART, i));
        }
        return workflow.task("last", NewTask.of(SUM, PARTS))
                .after(IntStream.range(0, PARTS).mapToObj(i -> "part-" + i).toArray(String[]::new));
    }

    private static NewWorkflow chain() {
        NewWorkflow workflow = NewWorkflow.of("chain").task("link-0", NewTask.of(LINK, 0));
        for (int i = 1; i < LINKS; i++) {
            String step = i < LINKS - 1 ? "link-" + i : "last";
            workflow = workflow.task(step, NewTask.of(LINK, i)).after("link-" + (i - 1));
        }
        return workflow;
    }

    /** {@return what the last task of the workflow has made, which has completed} */
    private static int last(Storage storage, NewWorkflow wanted) throws Exception {
        try (InMemoryTaskQueue queue = new InMemoryTaskQueue();
                Worker worker = Worker.builder(storage, queue)
                        .pollInterval(NEVER)
                        .decide(PART, (part, run) -> Outcome.completed(part))
                        .decide(SUM, BigWorkflowTest::sum)
                        .decide(LINK, BigWorkflowTest::link)
                        .start()) {
            TaskService tasks = new TaskService(storage.tasks(), queue);
            WorkflowService workflows = new WorkflowService(storage.workflows(), tasks);
            Workflow workflow = workflows.submit(wanted);
            TaskFilter named = TaskFilter.all().workflow(workflow.id()).step("last");
            Task last = tasks.list(named, PageRequest.first(1)).tasks().get(0);
            Task done = tasks.await(last.id(), SOON).orElseThrow();
            Workflow ended = workflows.find(workflow.id()).orElseThrow();
            assertThat(ended.status()).as("of %s on %s", ended, worker).isEqualTo(WorkflowStatus.COMPLETED);
            assertThat(ended.counts()).isEqualTo(Map.of(TaskStatus.COMPLETED, (long)
                    wanted.steps().size()));
            return tasks.result(done, Integer.class).orElseThrow();
        }
    }

    private static Outcome sum(int parts, TaskRun run) {
        return Outcome.completed(IntStream.range(0, parts)
                .map(i -> run.resultOf("part-" + i, Integer.class))
                .sum());
    }

    private static Outcome link(int number, TaskRun run) {
        return Outcome.completed(number == 0 ? 1 : 1 + run.resultOf("link-" + (number - 1), Integer.class));
    }
}
