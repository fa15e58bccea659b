package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.IllegalTransitionException;
import io.taskstore.Metadata;
import io.taskstore.NewTask;
import io.taskstore.StaleTaskException;
import io.taskstore.StatusHistory;
import io.taskstore.Task;
import io.taskstore.TaskEdit;
import io.taskstore.TaskFilter;
import io.taskstore.TaskNotFoundException;
import io.taskstore.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What a caller may change of a stored task, and what that does. */
abstract class EditingContract extends PortContract {

    private static final Instant LATER = Instant.parse("2026-03-01T12:00:00.123456Z");

    private static final NewTask FULL = newTask()
            .title("a title")
            .description("a description")
            .metadata("tenant", "acme")
            .queue("mail")
            .priority(5)
            .submittedBy("ada")
            .uniqueKey("a key")
            .runAt(Instant.parse("2026-02-01T00:00:00Z"))
            .timeout(Duration.ofMinutes(3))
            .maxFailures(4);

    /** Each of the edits that decide how a task runs. */
    private static final List<TaskEdit> HOW_IT_RUNS = List.of(
            TaskEdit.nothing().queue("other"),
            TaskEdit.nothing().priority(6),
            TaskEdit.nothing().runAt(LATER),
            TaskEdit.nothing().timeout(Duration.ofMinutes(4)),
            TaskEdit.nothing().maxFailures(5),
            TaskEdit.nothing().payload("[]"));

    EditingContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void anEditOfTheTitleChangesNothingElse() {
        assertChanges(TaskEdit.nothing().title("other"), task -> task.title("other"));
    }

    @Test
    void anEditOfTheDescriptionChangesNothingElse() {
        assertChanges(TaskEdit.nothing().description("other"), task -> task.description("other"));
    }

    @Test
    void anEditOfTheMetadataChangesNothingElse() {
        Metadata other = Metadata.parse(" {\"region\":\t\"north\"}");

        assertChanges(TaskEdit.nothing().metadata(other), task -> task.metadata(other));
    }

    @Test
    void anEditOfTheQueueChangesNothingElse() {
        assertChanges(TaskEdit.nothing().queue("other"), task -> task.queue("other"));
    }

    @Test
    void anEditOfThePriorityChangesNothingElse() {
        assertChanges(TaskEdit.nothing().priority(-6), task -> task.priority(-6));
    }

    @Test
    void anEditOfTheTimeToRunAtChangesNothingElse() {
        assertChanges(TaskEdit.nothing().runAt(LATER), task -> task.runAt(LATER));
    }

    @Test
    void anEditOfTheTimeoutChangesNothingElse() {
        assertChanges(TaskEdit.nothing().timeout(Duration.ofMillis(1)), task -> task.timeout(Duration.ofMillis(1)));
    }

    @Test
    void anEditOfTheGreatestNumberOfFailuresChangesNothingElse() {
        assertChanges(TaskEdit.nothing().maxFailures(5), task -> task.maxFailures(5));
    }

    @Test
    void anEditOfThePayloadChangesNothingElse() {
        assertChanges(TaskEdit.nothing().payload(" [1.0 ]"), task -> task.payload(" [1.0 ]"));
    }

    @Test
    void anEditMayChangeEverythingAtOnce() {
        TaskEdit edit = TaskEdit.nothing()
                .title("other")
                .description("other")
                .metadata(Metadata.empty())
                .queue("other")
                .priority(6)
                .runAt(LATER)
                .timeout(Duration.ofMinutes(4))
                .maxFailures(5)
                .payload("[]");

        assertChanges(
                edit,
                task -> task.title("other")
                        .description("other")
                        .metadata(Metadata.empty())
                        .queue("other")
                        .priority(6)
                        .runAt(LATER)
                        .timeout(Duration.ofMinutes(4))
                        .maxFailures(5)
                        .payload("[]"));
    }

    @Test
    void anEditOfNothingMakesTheVersionGrow() {
        assertChanges(TaskEdit.nothing(), task -> task);
    }

    @Test
    void anEditToWhatIsThereAlreadyMakesTheVersionGrow() {
        assertChanges(TaskEdit.nothing().title("a title").priority(5), task -> task);
    }

    @Test
    void anEditSetsWhatATaskWasCreatedWithout() {
        Task task = create();

        Task edited = tasks().update(
                        task.id(),
                        1,
                        TaskEdit.nothing()
                                .title("a title")
                                .timeout(Duration.ofSeconds(1))
                                .maxFailures(2)
                                .runAt(LATER));

        assertThat(edited.title()).contains("a title");
        assertThat(edited.timeout()).contains(Duration.ofSeconds(1));
        assertThat(edited.maxFailures()).hasValue(2);
        assertThat(edited.runAt()).contains(LATER);
        assertThat(edited.description()).isEmpty();
        assertTask(read(task.id())).isEqualTo(edited);
    }

    @Test
    void editedTextsAreKeptExactly() {
        Task task = create();
        for (String text : KeepingContract.HOSTILE) {
            tasks().update(
                            task.id(),
                            read(task.id()).version(),
                            TaskEdit.nothing().title(text).description(text));

            assertThat(read(task.id()).title()).contains(text);
            assertThat(read(task.id()).description()).contains(text);
        }
    }

    @Test
    void anEditAddsNoChangeToTheHistory() {
        Task task = create(FULL);
        StatusHistory before = history(task.id());

        tasks().update(task.id(), 1, TaskEdit.nothing().title("other").queue("other"));

        assertThat(history(task.id())).isEqualTo(before);
    }

    @Test
    void anEditOfAnOlderVersionIsStale() {
        Task task = create(FULL);
        Task edited = tasks().update(task.id(), 1, TaskEdit.nothing().title("first"));

        assertThatThrownBy(() -> tasks().update(task.id(), 1, TaskEdit.nothing().title("second")))
                .isInstanceOfSatisfying(StaleTaskException.class, stale -> {
                    assertThat(stale.id()).isEqualTo(task.id());
                    assertThat(stale.expectedVersion()).isEqualTo(1);
                    assertThat(stale.actualVersion()).isEqualTo(2);
                });
        assertTask(read(task.id())).isEqualTo(edited);
    }

    @Test
    void anEditOfAVersionThatIsNotYetThereIsStale() {
        Task task = create(FULL);

        assertThatThrownBy(() -> tasks().update(task.id(), 2, TaskEdit.nothing().title("other")))
                .isInstanceOf(StaleTaskException.class);
        assertTask(read(task.id())).isEqualTo(task);
    }

    @Test
    void anEditOfWhatHasChangedItsStatusIsStale() {
        Task task = create();
        claim(worker(), task);

        assertThatThrownBy(() -> tasks().update(task.id(), 1, TaskEdit.nothing().title("other")))
                .isInstanceOf(StaleTaskException.class);
    }

    @Test
    void anEditOfNoTaskIsRefused() {
        UUID unknown = CountingIds.number(1);

        assertThatThrownBy(() -> tasks().update(unknown, 1, TaskEdit.nothing().title("other")))
                .isInstanceOfSatisfying(
                        TaskNotFoundException.class,
                        missing -> assertThat(missing.id()).isEqualTo(unknown));
    }

    @Test
    void anEditChangesNoOtherTask() {
        Task task = create();
        Task other = create();

        tasks().update(task.id(), 1, TaskEdit.nothing().title("other"));

        assertTask(read(other.id())).isEqualTo(other);
    }

    @Test
    void titleDescriptionAndMetadataMayChangeInEveryStatus() {
        for (TaskStatus status : TaskStatus.values()) {
            Task task = createIn(status);

            Task edited = tasks().update(
                            task.id(),
                            task.version(),
                            TaskEdit.nothing()
                                    .title("other")
                                    .description("other")
                                    .metadata(Metadata.empty().with("n", 1)));

            assertTask(edited)
                    .isEqualTo(task.toBuilder()
                            .title("other")
                            .description("other")
                            .metadata(Metadata.empty().with("n", 1))
                            .version(task.version() + 1)
                            .build());
        }
    }

    @Test
    void whatDecidesHowATaskRunsMayChangeBeforeItRunsAndAfterItEndedBadly() {
        for (TaskStatus status :
                List.of(TaskStatus.WAITING, TaskStatus.PENDING, TaskStatus.FAILED, TaskStatus.CANCELLED)) {
            Task task = createIn(status);

            for (TaskEdit edit : HOW_IT_RUNS) {
                tasks().update(task.id(), read(task.id()).version(), edit);
            }

            Task edited = read(task.id());
            assertThat(edited.status()).isEqualTo(status);
            assertThat(edited.version()).isEqualTo(task.version() + HOW_IT_RUNS.size());
            assertThat(edited.payload()).isEqualTo("[]");
            assertThat(edited.queue()).isEqualTo("other");
        }
    }

    @Test
    void whatDecidesHowATaskRunsMayNotChangeWhileAWorkerRunsIt() {
        assertHowItRunsIsRefused(createIn(TaskStatus.RUNNING, FULL.runAt(clock.instant())));
    }

    @Test
    void whatDecidesHowATaskRunsMayNotChangeWhileTheHostRunsIt() {
        assertHowItRunsIsRefused(run(create(FULL)));
    }

    @Test
    void whatDecidesHowATaskRunsMayNotChangeOnceItCompleted() {
        assertHowItRunsIsRefused(createIn(TaskStatus.COMPLETED, FULL.runAt(clock.instant())));
    }

    @Test
    void anEditDuringARunDoesNotKeepItFromBeingSettled() {
        Task running = createIn(TaskStatus.RUNNING);
        tasks().update(running.id(), running.version(), TaskEdit.nothing().title("other"));

        assertThat(complete(running).status()).contains(TaskStatus.COMPLETED);

        Task completed = read(running.id());
        assertThat(completed.title()).contains("other");
        assertThat(completed.version()).isEqualTo(running.version() + 2);
    }

    @Test
    void aTaskIsFoundByItsNewMetadataAndNoMoreByItsOld() {
        Task task = create(newTask().metadata("tenant", "acme").metadata("size", 3));

        tasks().update(
                        task.id(),
                        1,
                        TaskEdit.nothing()
                                .metadata(
                                        Metadata.empty().with("tenant", "other").with("colour", "red")));

        assertThat(count(TaskFilter.all().metadata("tenant", "other"))).isEqualTo(1);
        assertThat(count(TaskFilter.all().metadata("colour", "red"))).isEqualTo(1);
        assertThat(count(TaskFilter.all().metadata("tenant", "acme"))).isZero();
        assertThat(count(TaskFilter.all().metadata("size", 3))).isZero();
    }

    @Test
    void anEditOfSomethingElseLeavesATaskToBeFoundByItsMetadata() {
        Task task = create(newTask().metadata("tenant", "acme"));

        tasks().update(task.id(), 1, TaskEdit.nothing().title("other"));

        assertThat(count(TaskFilter.all().metadata("tenant", "acme"))).isEqualTo(1);
    }

    @Test
    void aTaskThatIsPutOffIsNotClaimedBeforeItsTime() {
        Task task = create();
        Instant inAnHour = clock.instant().plus(Duration.ofHours(1));

        tasks().update(task.id(), 1, TaskEdit.nothing().runAt(inAnHour));

        assertThat(claim(worker(), 1)).isEmpty();
        clock.set(inAnHour);
        assertThat(claim(worker(), 1)).extracting(Task::id).containsExactly(task.id());
    }

    @Test
    void aTaskThatIsBroughtForwardIsClaimedAtOnce() {
        Task task = create(newTask().runAt(clock.instant().plus(Duration.ofHours(1))));

        tasks().update(task.id(), 1, TaskEdit.nothing().runAt(clock.instant()));

        assertThat(claim(worker(), 1)).extracting(Task::id).containsExactly(task.id());
    }

    @Test
    void aTaskThatIsPutIntoAPausedQueueIsNotClaimed() {
        storage().queues().pause("mail");
        Task task = create();

        tasks().update(task.id(), 1, TaskEdit.nothing().queue("mail"));

        assertThat(claim(worker(), 1)).isEmpty();
    }

    @Test
    void aTaskThatIsTakenOutOfAPausedQueueIsClaimed() {
        storage().queues().pause("mail");
        Task task = create(newTask().queue("mail"));

        tasks().update(task.id(), 1, TaskEdit.nothing().queue("other"));

        assertThat(claim(worker(), 1)).extracting(Task::id).containsExactly(task.id());
    }

    @Test
    void aTaskThatIsGivenAHigherPriorityIsClaimedFirst() {
        create(newTask().priority(5));
        Task task = create();

        tasks().update(task.id(), 1, TaskEdit.nothing().priority(6));

        assertThat(claim(worker(), 1)).extracting(Task::id).containsExactly(task.id());
    }

    @Test
    void aWorkerGetsTheEditedPayload() {
        Task task = create();

        tasks().update(task.id(), 1, TaskEdit.nothing().payload("[\"other\"]"));

        assertThat(claim(worker(), task).payload()).isEqualTo("[\"other\"]");
    }

    private long count(TaskFilter filter) {
        return tasks().count(filter, 10).value();
    }

    /** The version grows, the task is dated anew, and of the rest nothing else changes. */
    private void assertChanges(TaskEdit edit, UnaryOperator<Task.Builder> expected) {
        Task before = create(FULL);
        clock.advance(Duration.ofSeconds(1));

        Task edited = tasks().update(before.id(), 1, edit);

        assertTask(edited)
                .isEqualTo(expected.apply(before.toBuilder())
                        .version(2)
                        .updatedAt(clock.instant())
                        .build());
        assertTask(read(before.id())).isEqualTo(edited);
    }

    private void assertHowItRunsIsRefused(Task task) {
        for (TaskEdit edit : HOW_IT_RUNS) {
            assertThatThrownBy(() -> tasks().update(task.id(), task.version(), edit.title("other")))
                    .isInstanceOfSatisfying(IllegalTransitionException.class, refused -> {
                        assertThat(refused.id()).isEqualTo(task.id());
                        assertThat(refused.status()).isEqualTo(task.status());
                    });
        }
        assertTask(read(task.id())).isEqualTo(task);
    }
}
