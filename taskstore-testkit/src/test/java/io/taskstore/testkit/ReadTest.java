package io.taskstore.testkit;

import static io.taskstore.TaskStatus.FAILED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static io.taskstore.testkit.Fixtures.OTHER_WORK;
import static io.taskstore.testkit.Fixtures.WORK;
import static io.taskstore.testkit.TaskStoreAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Count;
import io.taskstore.Health;
import io.taskstore.InvalidInputException;
import io.taskstore.NewTask;
import io.taskstore.Page;
import io.taskstore.PageRequest;
import io.taskstore.PayloadException;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskNotFoundException;
import io.taskstore.TaskService;
import io.taskstore.TaskType;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.testkit.Fixtures.Work;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What {@link TaskService} tells of tasks. */
final class ReadTest {

    private static final UUID UNKNOWN = CountingIds.number(99);

    private final Stage stage = new Stage();
    private final TaskService tasks = stage.tasks;

    @Test
    void aTaskIsFoundByItsId() {
        Task task = stage.submit();

        assertThat(tasks.find(task.id()).orElseThrow())
                .usingRecursiveComparison()
                .isEqualTo(task);
        assertThat(tasks.find(UNKNOWN)).isEmpty();
        assertThatThrownBy(() -> tasks.find(null)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void thePayloadIsReadAsTheTypeSays() {
        Task task = tasks.submit(NewTask.of(WORK, new Work("dig", 7)));

        Work work = tasks.payload(task, WORK);

        assertThat(work).isEqualTo(new Work("dig", 7));
    }

    @Test
    void thePayloadOfATaskOfAnotherTypeIsNotRead() {
        Task task = stage.submit();

        assertThatThrownBy(() -> tasks.payload(task, OTHER_WORK))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("work")
                .hasMessageContaining("other-work");
        assertThatThrownBy(() -> tasks.payload(null, WORK)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tasks.payload(task, null)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aPayloadThatCannotBeReadIsToldByItsTaskAndPlaceAndNeverQuoted() {
        Task submitted = stage.submit();
        Task task = tasks.update(
                submitted, edit -> edit.payload("{\"name\":\"secret-name\",\"number\":\"secret-number\"}"));

        assertThatThrownBy(() -> tasks.payload(task, WORK))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("payload of task " + task.id())
                .hasMessageContaining("number")
                .message()
                .doesNotContain("secret");
        assertThatThrownBy(() -> tasks.payload(task, WORK))
                .satisfies(thrown -> assertThat(stackTrace(thrown)).doesNotContain("secret"));
    }

    @Test
    void aPayloadThatIsNullIsRefused() {
        Task task = tasks.update(stage.submit(), edit -> edit.payload("null"));

        assertThatThrownBy(() -> tasks.payload(task, WORK))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining(task.id().toString());
    }

    private static String stackTrace(Throwable thrown) {
        java.io.StringWriter text = new java.io.StringWriter();
        thrown.printStackTrace(new java.io.PrintWriter(text));
        return text.toString();
    }

    @Test
    void theResultIsReadAsTheCallerWants() {
        Task task = stage.submit();
        assertThat(tasks.result(task, Work.class)).isEmpty();
        stage.complete(stage.claim(stage.worker(), task.id()), "{\"name\":\"done\",\"number\":1}");

        Task done = stage.read(task.id());

        assertThat(tasks.result(done, Work.class)).contains(new Work("done", 1));
        assertThatThrownBy(() -> tasks.result(done, null)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tasks.result(null, Work.class)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aResultThatCannotBeReadIsToldByItsTaskAndNeverQuoted() {
        Task task = stage.submit();
        stage.complete(stage.claim(stage.worker(), task.id()), "{\"number\":\"secret\"}");
        Task done = stage.read(task.id());

        assertThatThrownBy(() -> tasks.result(done, Work.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("result of task " + task.id())
                .satisfies(thrown -> assertThat(stackTrace(thrown)).doesNotContain("secret"));
    }

    @Test
    void listsComeInPages() {
        List<UUID> ids =
                List.of(stage.submit().id(), stage.submit().id(), stage.submit().id());
        stage.fail(ids.get(1));

        Page first = tasks.list(TaskFilter.all(), PageRequest.first(2));
        Page rest = tasks.list(
                TaskFilter.all(), PageRequest.first(2).after(first.next().orElseThrow()));

        assertThat(first).extracting(Task::id).containsExactly(ids.get(2), ids.get(1));
        assertThat(rest).extracting(Task::id).containsExactly(ids.get(0));
        assertThat(tasks.list(TaskFilter.all().status(FAILED), PageRequest.first(2)))
                .extracting(Task::id)
                .containsExactly(ids.get(1));
        assertThatThrownBy(() -> tasks.list(null, PageRequest.first(1))).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tasks.list(TaskFilter.all(), null)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void countsStopAtTheirCap() {
        stage.submit();
        stage.submit();

        assertThat(tasks.count(TaskFilter.all(), 1)).isEqualTo(new Count(1, true));
        assertThat(tasks.count(TaskFilter.all(), 2)).isEqualTo(new Count(2, false));
        assertThatThrownBy(() -> tasks.count(TaskFilter.all(), 0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tasks.count(null, 1)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void theHistoryIsToldWhole() {
        Task task = stage.taskIn(FAILED);

        assertThat(tasks.history(task.id()).orElseThrow())
                .wentThrough(PENDING, RUNNING, FAILED)
                .hasErrorOfKind("Broken");
        assertThat(tasks.history(UNKNOWN)).isEmpty();
        assertThatThrownBy(() -> tasks.history(null)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aTaskThatWaitsIsExplained() {
        UUID id = stage.submit().id();

        assertThat(tasks.explain(id)).isEqualTo("PENDING since 2026-01-15T09:00:00Z: no worker is alive");

        stage.storage.claims().register(new WorkerProfile("another", Set.of("cooking"), Set.of()));
        assertThat(tasks.explain(id)).endsWith("no live worker handles type 'work'");

        stage.storage.queues().pause("default");
        assertThat(tasks.explain(id)).endsWith("the queue 'default' is paused");
    }

    @Test
    void aTaskThatRunsIsExplained() {
        UUID id = stage.submit().id();
        WorkerId worker = stage.worker();
        stage.claim(worker, id);

        assertThat(tasks.explain(id))
                .isEqualTo("RUNNING since 2026-01-15T09:00:00Z: worker " + worker.shortForm()
                        + " (a worker) runs attempt 1");
    }

    @Test
    void aTaskThatDoesNotExistCannotBeExplained() {
        assertThatThrownBy(() -> tasks.explain(UNKNOWN))
                .isInstanceOfSatisfying(
                        TaskNotFoundException.class,
                        missing -> assertThat(missing.id()).isEqualTo(UNKNOWN));
        assertThatThrownBy(() -> tasks.explain(null)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void theHealthIsThatOfTheWorseOfStorageAndQueue() {
        assertThat(tasks.health().level()).isEqualTo(Health.Level.UP);
        assertThat(tasks.health().parts()).extracting(Health::part).containsExactly("storage", "queue");

        stage.queue.close();
        assertThat(tasks.health().level()).isEqualTo(Health.Level.DOWN);
        assertThat(tasks.health().parts())
                .extracting(Health::level)
                .containsExactly(Health.Level.UP, Health.Level.DOWN);

        stage.storage.close();
        assertThat(tasks.health().parts()).extracting(Health::level).containsOnly(Health.Level.DOWN);
    }

    @Test
    void aHealthThatCannotBeFoundOutIsDown() {
        TaskService service = Stage.service(
                new DelegatingTasks(stage.storage.tasks()) {
                    @Override
                    public Health health() {
                        throw new IllegalStateException("no answer");
                    }
                },
                new DelegatingQueue(stage.queue) {
                    @Override
                    public Health health() {
                        throw new IllegalStateException();
                    }
                });

        Health health = service.health();

        assertThat(health.works()).isFalse();
        assertThat(health.parts())
                .containsExactly(
                        Health.of("storage", Health.Level.DOWN, "no answer"),
                        Health.of("queue", Health.Level.DOWN, "null"));
    }

    @Test
    void aTypeMayHaveAPayloadOfAnyClass() {
        TaskType<String> text = TaskType.of("text", String.class);

        Task task = tasks.submit(NewTask.of(text, "ä \"quoted\" text"));

        String payload = tasks.payload(task, text);
        assertThat(payload).isEqualTo("ä \"quoted\" text");
    }
}
