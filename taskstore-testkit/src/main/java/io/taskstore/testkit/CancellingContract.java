package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Changed;
import io.taskstore.PageRequest;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a cancel does to a task in each status. */
abstract class CancellingContract extends RunContract {

    private static final Changed NOTHING = new Changed(0, Set.of(), Set.of());
    private static final Changed ONE = new Changed(1, Set.of(), Set.of());

    CancellingContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void aPendingTaskIsCancelledAtOnce() {
        assertCancelledAtOnce(create());
    }

    @Test
    void aScheduledTaskIsCancelledAtOnce() {
        assertCancelledAtOnce(create(newTask().runAt(now().plusSeconds(60))));
    }

    @Test
    void aTaskThatWaitsForARetryIsCancelledAtOnceAndKeepsItsError() {
        Task running = running();
        settle(retried(running));

        assertCancelledAtOnce(read(running.id()));
        assertThat(read(running.id()).error()).contains(BROKEN);
    }

    @Test
    void aTaskThatTheHostDrivesIsCancelledAtOnce() {
        assertCancelledAtOnce(drivenByTheHost());
    }

    @Test
    void aCancelNeedsNoNote() {
        Task task = create();

        tasks().cancel(only(task), null);

        assertThat(lastChange(task).to()).isEqualTo(TaskStatus.CANCELLED);
        assertThat(lastChange(task).note()).isEmpty();
    }

    @Test
    void aTaskThatAWorkerHoldsIsOnlyMarkedAndNamed() {
        Task running = running();
        clock.advance(Duration.ofSeconds(1));

        Changed changed = cancel(running);

        assertThat(changed).isEqualTo(new Changed(1, Set.of(running.id()), Set.of()));
        assertStored(running.toBuilder().cancelRequested(true).build());
        assertThat(history(running.id()).changes()).hasSize(2);
    }

    @Test
    void aTaskThatIsMarkedAlreadyIsCountedAndNotNamedAgain() {
        Task running = running();
        cancel(running);

        assertUnchangedBy(running, () -> assertThat(cancel(running)).isEqualTo(ONE));
    }

    @Test
    void aMarkIsForOneRunOnly() {
        Task running = running();
        cancel(running);
        settle(released(running));
        requeue(running);

        Task again = claim(worker(), running);

        assertThat(again.cancelRequested()).isFalse();
        assertThat(cancel(again).cancelRequested()).containsExactly(again.id());
    }

    @Test
    void aTaskThatEndedIsLeftAlone() {
        for (TaskStatus status : List.of(TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED)) {
            Task ended = createIn(status);

            assertUnchangedBy(ended, () -> assertThat(cancel(ended)).isEqualTo(NOTHING));
        }
    }

    @Test
    void aTaskThatDoesNotExistIsNoTrouble() {
        assertThat(tasks().cancel(TaskFilter.all().id(UUID.randomUUID()), NOTE)).isEqualTo(NOTHING);
    }

    @Test
    void aCancelledTaskIsGivenToNoWorker() {
        Task task = create();
        cancel(task);

        assertThat(claims().claim(due(worker(), 10).hinted(Set.of(task.id()))).tasks())
                .isEmpty();
    }

    @Test
    void aCancelFreesTheUniqueKeyOfAPendingTaskButNotOfARunningOne() {
        Task pending = create(newTask().uniqueKey("pending"));
        Task running = running(newTask().uniqueKey("running"));
        cancel(pending, running);

        create(newTask().uniqueKey("pending"));

        assertThat(tasks().list(holdersOf("running"), PageRequest.first(10)))
                .extracting(Task::id)
                .containsExactly(running.id());
    }

    @Test
    void aCancelIsForAllThatPassTheFilterAndNoOthers() {
        Task pending = create(newTask().queue("mail"));
        Task scheduled = create(newTask().queue("mail").runAt(now().plusSeconds(60)));
        Task running = running(newTask().queue("mail"));
        Task marked = running(newTask().queue("mail"));
        Task completed = running(newTask().queue("mail"));
        complete(completed);
        cancel(marked);
        Task other = create();

        Changed changed = tasks().cancel(TaskFilter.all().queue("mail"), NOTE);

        assertThat(changed).isEqualTo(new Changed(4, Set.of(running.id()), Set.of()));
        assertThat(read(pending.id()).status()).isEqualTo(TaskStatus.CANCELLED);
        assertThat(read(scheduled.id()).status()).isEqualTo(TaskStatus.CANCELLED);
        assertThat(read(running.id()).cancelRequested()).isTrue();
        assertThat(read(marked.id()).cancelRequested()).isTrue();
        assertThat(read(completed.id()).status()).isEqualTo(TaskStatus.COMPLETED);
        assertStored(other);
    }

    private void assertCancelledAtOnce(Task task) {
        int before = history(task.id()).changes().size();
        clock.advance(Duration.ofSeconds(1));

        assertThat(cancel(task)).isEqualTo(ONE);

        assertStored(task.toBuilder()
                .status(TaskStatus.CANCELLED)
                .updatedAt(now())
                .completedAt(now())
                .version(task.version() + 1)
                .build());
        assertThat(lastChange(task))
                .isEqualTo(new StatusChange(
                        before + 1,
                        Optional.of(task.status()),
                        TaskStatus.CANCELLED,
                        now(),
                        Optional.empty(),
                        task.attempt(),
                        Optional.of(NOTE),
                        Optional.empty(),
                        Optional.empty()));
    }

    private static TaskFilter holdersOf(String key) {
        return TaskFilter.all().uniqueKey(key).status(TaskStatus.PENDING, TaskStatus.RUNNING);
    }
}
