package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Created;
import io.taskstore.DuplicateTaskException;
import io.taskstore.NewTask;
import io.taskstore.NewTask.IfKeyTaken;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskError;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What a storage does about unique keys: among the tasks that have not ended, one at most has each. */
abstract class UniqueKeyContract extends PortContract {

    private static final NewTask KEYED = newTask().uniqueKey("a key");
    private static final NewTask PATIENT = newTask().uniqueKey("a key", IfKeyTaken.ANSWER_EXISTING);

    UniqueKeyContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void aKeyThatIsHeldRefusesAnotherTaskAndNamesTheHolder() {
        Task holder = create(KEYED);
        TaskDraft second = draft(KEYED);

        assertThatThrownBy(() -> tasks().create(second, null))
                .isInstanceOfSatisfying(DuplicateTaskException.class, refused -> {
                    assertThat(refused.id()).isEqualTo(second.id());
                    assertThat(refused.existingId()).isEqualTo(holder.id());
                    assertThat(refused.uniqueKey()).contains("a key");
                });
    }

    @Test
    void aTaskRefusedForItsKeyLeavesNothing() {
        Task holder = create(KEYED);
        TaskDraft second = draft(KEYED);

        assertThatThrownBy(() -> tasks().create(second, null)).isInstanceOf(DuplicateTaskException.class);

        assertThat(tasks().find(second.id())).isEmpty();
        assertThat(tasks().history(second.id())).isEmpty();
        assertTask(read(holder.id())).isEqualTo(holder);
    }

    @Test
    void aKeyThatIsHeldIsAnsweredWithItsHolderIfTheDraftSaysSo() {
        Task holder = create(KEYED.title("the holder"));

        Created answer = tasks().create(draft(PATIENT.title("another").priority(3)), null);

        assertThat(answer.how()).isEqualTo(Created.How.EXISTING);
        assertTask(answer.task()).isEqualTo(holder);
    }

    @Test
    void aTaskAnsweredWithAHolderLeavesNothing() {
        Task holder = create(KEYED);
        TaskDraft second = draft(PATIENT);

        tasks().create(second, null);

        assertThat(tasks().find(second.id())).isEmpty();
        assertThat(tasks().history(second.id())).isEmpty();
        assertThat(history(holder.id()).changes()).hasSize(1);
        assertThat(tasks().count(TaskFilter.all(), 10).value()).isEqualTo(1);
    }

    @Test
    void aWaitingTaskHoldsItsKey() {
        assertHeld(createIn(TaskStatus.WAITING, KEYED));
    }

    @Test
    void aPendingTaskHoldsItsKeyBeforeItsTimeToo() {
        assertHeld(create(KEYED.runAt(clock.instant().plus(Duration.ofDays(1)))));
    }

    @Test
    void aTaskThatAWorkerRunsHoldsItsKey() {
        assertHeld(createIn(TaskStatus.RUNNING, KEYED));
    }

    @Test
    void aTaskThatTheHostRunsHoldsItsKey() {
        assertHeld(run(create(KEYED)));
    }

    @Test
    void aTaskThatIsToBeTriedAgainHoldsItsKey() {
        Task running = createIn(TaskStatus.RUNNING, KEYED);
        TaskError error = new TaskError("Broken", "it broke");

        settle(new Settlement.Retried(Claim.of(running), Optional.empty(), error, Duration.ofHours(1)));

        assertHeld(read(running.id()));
    }

    @Test
    void aCompletedTaskHasFreedItsKey() {
        createIn(TaskStatus.COMPLETED, KEYED);

        assertHeld(create(KEYED));
    }

    @Test
    void aFailedTaskHasFreedItsKey() {
        createIn(TaskStatus.FAILED, KEYED);

        assertHeld(create(PATIENT));
    }

    @Test
    void aCancelledTaskHasFreedItsKey() {
        createIn(TaskStatus.CANCELLED, KEYED);

        assertHeld(create(KEYED));
    }

    @Test
    void aKeyMayBeHeldByOneTaskAfterAnother() {
        for (int i = 0; i < 3; i++) {
            createIn(TaskStatus.COMPLETED, KEYED);
        }

        assertThat(tasks().count(TaskFilter.all().uniqueKey("a key"), 10).value())
                .isEqualTo(3);
    }

    @Test
    void tasksWithoutAKeyAreNotInEachOthersWay() {
        create();

        create();

        assertThat(tasks().count(TaskFilter.all(), 10).value()).isEqualTo(2);
    }

    @Test
    void keysAreTheSameOnlyIfTheyAreEqualToTheCharacter() {
        List<String> keys = new ArrayList<>(List.of("a key", "A KEY", "a key ", " a key", "caf\u00e9", "cafe\u0301"));
        keys.addAll(KeepingContract.HOSTILE);

        keys.forEach(key -> create(newTask().uniqueKey(key)));

        for (String key : keys) {
            assertThatThrownBy(() -> tasks().create(draft(newTask().uniqueKey(key)), null))
                    .isInstanceOf(DuplicateTaskException.class);
        }
    }

    @Test
    void ofSeveralTasksWithOneKeyAtOnceOneIsStored() throws Exception {
        List<Callable<Optional<UUID>>> calls = new ArrayList<>();
        for (TaskDraft draft : drafts(KEYED)) {
            calls.add(() -> {
                try {
                    return Optional.of(tasks().create(draft, null).task().id());
                } catch (DuplicateTaskException refused) {
                    return Optional.empty();
                }
            });
        }

        List<Optional<UUID>> stored = Together.call(calls);

        assertThat(stored).filteredOn(Optional::isPresent).hasSize(1);
        assertThat(tasks().count(TaskFilter.all(), 10).value()).isEqualTo(1);
    }

    @Test
    void severalTasksWithOneKeyAtOnceAreAllAnsweredWithTheOneThatIsStored() throws Exception {
        List<Callable<Created>> calls = new ArrayList<>();
        drafts(PATIENT).forEach(draft -> calls.add(() -> tasks().create(draft, null)));

        List<Created> answers = Together.call(calls);

        assertThat(answers).extracting(Created::how).containsOnlyOnce(Created.How.NEW);
        assertThat(answers)
                .extracting(answer -> answer.task().id())
                .containsOnly(answers.get(0).task().id());
        assertThat(tasks().count(TaskFilter.all(), 10).value()).isEqualTo(1);
    }

    private static List<TaskDraft> drafts(NewTask wanted) {
        List<TaskDraft> drafts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            drafts.add(draft(wanted));
        }
        return drafts;
    }

    private void assertHeld(Task holder) {
        assertThatThrownBy(() -> tasks().create(draft(KEYED), null))
                .isInstanceOfSatisfying(
                        DuplicateTaskException.class,
                        refused -> assertThat(refused.existingId()).isEqualTo(holder.id()));
        Created answer = tasks().create(draft(PATIENT), null);
        assertThat(answer.how()).isEqualTo(Created.How.EXISTING);
        assertTask(answer.task()).isEqualTo(holder);
    }
}
