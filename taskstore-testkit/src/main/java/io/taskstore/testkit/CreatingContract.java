package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.OTHER_WORK;
import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Created;
import io.taskstore.DuplicateTaskException;
import io.taskstore.NewTask;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskEdit;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What a storage does with new tasks, and with those it has already. */
abstract class CreatingContract extends PortContract {

    private static final UUID ID = CountingIds.number(17);

    CreatingContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void aNewTaskIsPendingAndSaysWhatWasAskedFor() {
        TaskDraft draft = draft(newTask().title("a title").queue("mail").priority(7));

        Task task = tasks().create(draft, null).task();

        assertTask(task).isEqualTo(read(draft.id()));
        assertThat(task.status()).isEqualTo(TaskStatus.PENDING);
        assertThat(task.title()).contains("a title");
        assertThat(task.queue()).isEqualTo("mail");
        assertThat(task.priority()).isEqualTo(7);
        assertThat(task.payload()).isEqualTo(draft.payload());
        assertThat(task.createdAt()).isEqualTo(clock.instant());
        assertThat(task.version()).isEqualTo(1);
        assertThat(task.attempt()).isZero();
    }

    @Test
    void theNoteOfANewTaskIsThatOfItsFirstChange() {
        Task task = create(newTask().note("signed up"));

        assertThat(history(task.id()).changes())
                .singleElement()
                .satisfies(change -> assertThat(change.note()).contains("signed up"))
                .extracting(StatusChange::to)
                .isEqualTo(TaskStatus.PENDING);
    }

    @Test
    void theFirstChangeOfATaskNamesNobodyAndHasNoRun() {
        Task task = create();

        assertThat(history(task.id()).changes())
                .containsExactly(new StatusChange(
                        1,
                        Optional.empty(),
                        TaskStatus.PENDING,
                        clock.instant(),
                        Optional.empty(),
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void aRepeatedIdWithTheSameContentAnswersWithTheTaskThatIsThere() {
        NewTask wanted = newTask().id(UUID.randomUUID());
        Task first = create(wanted);

        Created again = tasks().create(draft(wanted), null);

        assertThat(again.how()).isEqualTo(Created.How.EXISTING);
        assertTask(again.task()).isEqualTo(first);
    }

    @Test
    void aRepeatedIdWithOtherContentIsRefused() {
        NewTask wanted = newTask().id(UUID.randomUUID());
        Task first = create(wanted);

        assertThatThrownBy(() -> tasks().create(draft(wanted.title("other")), null))
                .isInstanceOfSatisfying(DuplicateTaskException.class, refused -> {
                    assertThat(refused.id()).isEqualTo(first.id());
                    assertThat(refused.uniqueKey()).isEmpty();
                });
        assertThat(read(first.id()).title()).isEmpty();
    }

    @Test
    void whateverIsOtherInARepeatedIdRefusesIt() {
        NewTask wanted = newTask().id(ID);
        Task first = create(wanted);
        List<TaskDraft> others = List.of(
                new TaskDraft(ID, wanted, "{\"name\":\"other work\"}"),
                draft(NewTask.of(OTHER_WORK, new Fixtures.Work("some work", 1)).id(ID)),
                draft(wanted.description("other")),
                draft(wanted.metadata("other", true)),
                draft(wanted.queue("other")),
                draft(wanted.submittedBy("other")),
                draft(wanted.uniqueKey("other")),
                draft(wanted.priority(1)),
                draft(wanted.runAt(clock.instant())),
                draft(wanted.timeout(Duration.ofSeconds(1))),
                draft(wanted.maxFailures(1)));

        for (TaskDraft other : others) {
            assertThatThrownBy(() -> tasks().create(other, null)).isInstanceOf(DuplicateTaskException.class);
        }
        assertTask(read(ID)).isEqualTo(first);
        assertThat(history(ID).changes()).hasSize(1);
    }

    @Test
    void aRepeatedIdMayComeWithAnotherNoteAndKeepsTheFirst() {
        create(newTask().id(ID).note("first"));

        Created again = tasks().create(draft(newTask().id(ID).note("second")), null);

        assertThat(again.how()).isEqualTo(Created.How.EXISTING);
        assertThat(history(ID).changes()).extracting(StatusChange::note).containsExactly(Optional.of("first"));
    }

    @Test
    void aRepeatedIdIsKnownAfterTheTaskWasEdited() {
        Task first = create(newTask().id(ID));
        Task edited = tasks().update(
                        ID,
                        first.version(),
                        TaskEdit.nothing().title("other").payload("[]").priority(3));

        Created again = tasks().create(draft(newTask().id(ID)), null);

        assertThat(again.how()).isEqualTo(Created.How.EXISTING);
        assertTask(again.task()).isEqualTo(edited);
    }

    @Test
    void aRepeatedIdIsComparedWithWhatWasAskedForNotWithWhatTheTaskIsNow() {
        Task first = create(newTask().id(ID));
        tasks().update(ID, first.version(), TaskEdit.nothing().title("other"));

        assertThatThrownBy(() -> tasks().create(draft(newTask().id(ID).title("other")), null))
                .isInstanceOf(DuplicateTaskException.class);
    }

    @Test
    void aRepeatedIdIsKnownWhateverBecameOfTheTask() {
        for (TaskStatus status :
                List.of(TaskStatus.RUNNING, TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED)) {
            NewTask wanted = newTask().id(UUID.randomUUID());
            Task task = createIn(status, wanted);

            Created again = tasks().create(draft(wanted), null);

            assertThat(again.how()).isEqualTo(Created.How.EXISTING);
            assertTask(again.task()).isEqualTo(task);
        }
    }

    @Test
    void aRepeatedIdIsKnownThoughAnotherTaskHoldsItsKeyByNow() {
        NewTask wanted = newTask().id(ID).uniqueKey("a key");
        createIn(TaskStatus.COMPLETED, wanted);
        create(newTask().uniqueKey("a key"));

        Created again = tasks().create(draft(wanted), null);

        assertThat(again.how()).isEqualTo(Created.How.EXISTING);
        assertThat(again.task().id()).isEqualTo(ID);
    }

    @Test
    void severalSubmitsOfOneTaskAtOnceStoreItOnce() throws Exception {
        TaskDraft draft = draft(newTask().id(ID));

        List<Created> answers = Together.call(8, () -> tasks().create(draft, null));

        assertThat(answers).extracting(Created::how).containsOnlyOnce(Created.How.NEW);
        assertThat(answers).allSatisfy(answer -> assertTask(answer.task()).isEqualTo(read(ID)));
        assertThat(history(ID).changes()).hasSize(1);
    }

    @Test
    void ofSeveralTasksWithOneIdAtOnceOneIsStored() throws Exception {
        List<Callable<Optional<Task>>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            TaskDraft draft = draft(newTask().id(ID).priority(i));
            calls.add(() -> {
                try {
                    return Optional.of(tasks().create(draft, null).task());
                } catch (DuplicateTaskException refused) {
                    return Optional.empty();
                }
            });
        }

        List<Optional<Task>> answers = Together.call(calls);

        assertThat(answers)
                .filteredOn(Optional::isPresent)
                .singleElement()
                .satisfies(stored -> assertTask(stored.orElseThrow()).isEqualTo(read(ID)));
        assertThat(tasks().count(TaskFilter.all(), 10).value()).isEqualTo(1);
    }
}
