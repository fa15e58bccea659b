package io.taskstore.testkit;

import static io.taskstore.TaskStatus.COMPLETED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.testkit.Fixtures.WORK;
import static io.taskstore.testkit.Fixtures.newTask;
import static io.taskstore.testkit.TaskStoreAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.DuplicateTaskException;
import io.taskstore.Hint;
import io.taskstore.InvalidInputException;
import io.taskstore.NewTask;
import io.taskstore.PageRequest;
import io.taskstore.PayloadCodec;
import io.taskstore.PayloadException;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskIds;
import io.taskstore.TaskService;
import io.taskstore.TaskType;
import io.taskstore.testkit.Fixtures.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@link TaskService#submit} and {@link TaskService#submitAll}: stored first, and told after. */
final class SubmitTest {

    private final Stage stage = new Stage();
    private final TaskService tasks = stage.tasks;

    @Test
    void aTaskIsStoredAsItWasAskedFor() {
        Task task = tasks.submit(
                newTask().title("a title").queue("mail").priority(3).note("signed up"));

        assertThat(task)
                .hasStatus(PENDING)
                .hasType(WORK)
                .hasTitle("a title")
                .hasQueue("mail")
                .hasPriority(3)
                .hasPayload(new Work("some work", 1));
        assertThat(task.id()).isEqualTo(CountingIds.number(1));
        assertThat(stage.read(task.id())).usingRecursiveComparison().isEqualTo(task);
        assertThat(tasks.history(task.id()).orElseThrow()).wentThrough(PENDING).hasNote("signed up");
    }

    @Test
    void theServiceKnowsHowManyTasksItHasStored() {
        Task task = tasks.submit(newTask().uniqueKey("key"));
        tasks.submit(newTask().id(task.id()).uniqueKey("key"));
        tasks.submitAll(List.of(newTask(), newTask()));

        assertThat(tasks.submitted()).isEqualTo(3);
    }

    @Test
    void theHintLeavesAfterTheTaskIsStored() {
        stage.submit();

        assertThat(stage.journal).containsExactly("reserve 1 in vain", "create 1 NEW", "hint 1");
    }

    @Test
    void whoeverGetsTheHintFindsTheTask() {
        List<Task> found = new ArrayList<>();
        TaskService service = Stage.service(stage.storage.tasks(), new DelegatingQueue(stage.queue) {
            @Override
            public boolean offer(Hint hint) {
                found.add(stage.read(hint.id()));
                return super.offer(hint);
            }
        });

        Task one = service.submit(newTask());
        List<Task> more = service.submitAll(List.of(newTask(), newTask()));

        assertThat(found)
                .extracting(Task::id)
                .containsExactly(one.id(), more.get(0).id(), more.get(1).id());
    }

    @Test
    void theHintTellsWhatAWorkerChoosesBy() throws InterruptedException {
        Task task = tasks.submit(newTask().queue("mail").priority(7));

        assertThat(stage.queue
                        .poll(Stage.wanted(stage.worker(), 1), Duration.ZERO)
                        .hints())
                .containsExactly(new Hint(task.id(), WORK.name(), "mail", 7));
    }

    @Test
    void aRepeatedIdAnswersWithTheTaskThatIsThere() {
        NewTask wanted = newTask().id(UUID.randomUUID());
        Task first = tasks.submit(wanted);

        assertThat(tasks.submit(wanted)).usingRecursiveComparison().isEqualTo(first);
        assertThatThrownBy(() -> tasks.submit(wanted.title("other"))).isInstanceOf(DuplicateTaskException.class);
        assertThat(tasks.count(TaskFilter.all(), 10).value()).isEqualTo(1);
    }

    @Test
    void aTaskThatHasEndedIsNotHintedAgain() {
        NewTask wanted = newTask().id(CountingIds.number(9));
        stage.bring(tasks.submit(wanted), COMPLETED);

        assertThat(tasks.submit(wanted)).hasStatus(COMPLETED);

        assertThat(stage.journal).containsExactly("reserve 9 in vain", "create 9 EXISTING");
    }

    @Test
    void aTakenUniqueKeyIsRefusedOrAnsweredAsWanted() {
        Task holder = tasks.submit(newTask().uniqueKey("key"));

        assertThatThrownBy(() -> tasks.submit(newTask().uniqueKey("key")))
                .isInstanceOfSatisfying(
                        DuplicateTaskException.class,
                        refused -> assertThat(refused.existingId()).isEqualTo(holder.id()));
        assertThat(tasks.submit(newTask().uniqueKey("key", NewTask.IfKeyTaken.ANSWER_EXISTING))
                        .id())
                .isEqualTo(holder.id());
    }

    @Test
    void aScheduledTaskWakesTheWorkersWhoThenKnowWhenItIsDue() {
        tasks.submit(newTask().runAt(stage.clock.instant().plusSeconds(60)));
        tasks.submit(newTask().runAt(stage.clock.instant().minusSeconds(60)));

        assertThat(stage.journal).containsExactly("create 1 NEW", "wake", "create 2 NEW", "wake");
    }

    @Test
    void aPayloadThatCannotBeEncodedStoresAndTellsNothing() {
        TaskType<Object> type = TaskType.of("broken", Object.class);

        assertThatThrownBy(() -> tasks.submit(NewTask.of(type, new Selfish())))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining(Selfish.class.getName());
        assertThatThrownBy(() -> tasks.submitAll(List.of(newTask(), NewTask.of(type, new Selfish()))))
                .isInstanceOf(PayloadException.class);

        assertThat(stage.journal).isEmpty();
    }

    /** A value that cannot be written. */
    static final class Selfish {
        private final List<String> secrets = List.of();

        public String getSecret() {
            return secrets.get(0);
        }
    }

    @Test
    void aCodecThatAnswersNullIsToldByTheNameOfTheType() {
        PayloadCodec broken = new PayloadCodec() {
            @Override
            public String encode(Object value) {
                return null;
            }

            @Override
            public <T> T decode(String json, Class<T> type) {
                throw new PayloadException("no", null);
            }
        };
        TaskService service = new TaskService(stage.repository, stage.queue, broken, TaskIds.standard());

        assertThatThrownBy(() -> service.submit(newTask()))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("work");
    }

    @Test
    void theStandardServiceGivesIdsOrderedByTime() {
        TaskService standard = new TaskService(stage.storage.tasks(), stage.queue);

        List<UUID> ids =
                Stream.generate(() -> standard.submit(newTask()).id()).limit(10).toList();

        assertThat(ids).allMatch(id -> id.version() == 7);
        assertThat(ids.stream().map(UUID::toString)).isSorted();
    }

    @Test
    void manyTasksAreStoredInTheirOrderAndHintedAfter() {
        List<Task> stored = tasks.submitAll(
                List.of(newTask().title("a"), newTask().title("b"), newTask().title("c")));

        assertThat(stored).extracting(task -> task.title().orElseThrow()).containsExactly("a", "b", "c");
        assertThat(stage.journal).containsExactly("create [1, 2, 3]", "hint 1", "hint 2", "hint 3");
    }

    @Test
    void ofManyTasksTheScheduledOnesWakeTheWorkersOnce() {
        NewTask later = newTask().runAt(stage.clock.instant().plusSeconds(60));

        tasks.submitAll(List.of(later, later, newTask()));

        assertThat(stage.journal).containsExactly("create [1, 2, 3]", "hint 3", "wake");
    }

    @Test
    void ofManyTasksNoneIsHintedBehindOneThatWasRefused() {
        TaskService service = Stage.service(stage.repository, new DelegatingQueue(new ReferenceQueue(2)) {
            @Override
            public boolean offer(Hint hint) {
                stage.journal.add("hint " + Stage.number(hint.id()));
                return super.offer(hint);
            }

            @Override
            public void wake() {
                stage.journal.add("wake");
            }
        });
        List<NewTask> wanted = new ArrayList<>(Collections.nCopies(9, newTask()));
        wanted.add(newTask().runAt(stage.clock.instant().plusSeconds(60)));

        List<Task> stored = service.submitAll(wanted);

        assertThat(stored).hasSize(10);
        assertThat(stage.journal.subList(1, stage.journal.size()))
                .containsExactly("hint 1", "hint 2", "hint 3", "wake");
    }

    @Test
    void ofManyTasksAllOrNoneAreStored() {
        tasks.submit(newTask().uniqueKey("key"));
        stage.journal.clear();

        assertThatThrownBy(() -> tasks.submitAll(List.of(newTask(), newTask().uniqueKey("key"), newTask())))
                .isInstanceOf(DuplicateTaskException.class);

        assertThat(stage.journal).isEmpty();
        assertThat(tasks.list(TaskFilter.all(), PageRequest.first(10))).hasSize(1);
    }

    @Test
    void manyTasksMayBeNone() {
        assertThat(tasks.submitAll(List.of())).isEmpty();
    }

    @Test
    void whatIsOutOfRangeIsRefusedAtTheDoor() {
        assertThatThrownBy(() -> tasks.submit(null)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tasks.submitAll(null)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tasks.submitAll(Arrays.asList(newTask(), null)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("tasks[1]");
        assertThatThrownBy(() -> tasks.submitAll(Collections.nCopies(100_001, newTask())))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("100000");
        assertThatThrownBy(() -> new TaskService(null, stage.queue)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> new TaskService(stage.repository, null)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> new TaskService(stage.repository, stage.queue, null, TaskIds.standard()))
                .isInstanceOf(InvalidInputException.class);
        assertThat(stage.journal).isEmpty();
    }
}
