package io.taskstore.testkit;

import static io.taskstore.TaskStatus.CANCELLED;
import static io.taskstore.TaskStatus.COMPLETED;
import static io.taskstore.TaskStatus.FAILED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static io.taskstore.testkit.TaskStoreAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.IllegalTransitionException;
import io.taskstore.InvalidInputException;
import io.taskstore.StaleTaskException;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskFilter;
import io.taskstore.TaskNotFoundException;
import io.taskstore.TaskService;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How {@link TaskService} changes and cancels tasks, and what it tells the queue of it. */
final class ChangeTest {

    private static final UUID UNKNOWN = CountingIds.number(99);

    private final Stage stage = new Stage();
    private final TaskService tasks = stage.tasks;

    @Test
    void anEditChangesWhatItNames() {
        Task task = stage.taskIn(PENDING);

        Task edited = tasks.update(task, edit -> edit.title("a title").priority(5));

        assertThat(edited).hasTitle("a title").hasPriority(5).hasVersion(2);
        assertThat(stage.read(task.id())).usingRecursiveComparison().isEqualTo(edited);
    }

    @Test
    void anEditThatMayMakeATaskDueWakesTheWorkers() {
        Task task = stage.taskIn(PENDING);

        tasks.update(task, edit -> edit.queue("mail"));

        assertThat(stage.journal).containsExactly("wake");
    }

    @Test
    void anEditOfATaskThatIsNotPendingWakesNobody() {
        Task task = stage.taskIn(RUNNING);

        tasks.update(task, edit -> edit.title("a title"));

        assertThat(stage.journal).isEmpty();
    }

    @Test
    void anEditOfATaskThatWasChangedSinceIsRefused() {
        Task seen = stage.taskIn(PENDING);
        tasks.update(seen, edit -> edit.title("first"));
        stage.journal.clear();

        assertThatThrownBy(() -> tasks.update(seen, edit -> edit.title("second")))
                .isInstanceOfSatisfying(StaleTaskException.class, stale -> {
                    assertThat(stale.expectedVersion()).isEqualTo(1);
                    assertThat(stale.actualVersion()).isEqualTo(2);
                });
        assertThat(stage.read(seen.id())).hasTitle("first");
        assertThat(stage.journal).isEmpty();
    }

    @Test
    void anEditThatCannotBeMadeIsRefused() {
        Task running = stage.taskIn(RUNNING);
        Task gone = stage.taskIn(PENDING);
        tasks.delete(gone.id());

        assertThatThrownBy(() -> tasks.update(running, edit -> edit.priority(1)))
                .isInstanceOf(IllegalTransitionException.class);
        assertThatThrownBy(() -> tasks.update(gone, edit -> edit.title("a title")))
                .isInstanceOf(TaskNotFoundException.class);
        assertThatThrownBy(() -> tasks.update(running, edit -> null)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tasks.update(running, null)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tasks.update(null, edit -> edit)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tasks.update(running, edit -> edit.title(" ")))
                .isInstanceOf(InvalidInputException.class);
        assertThat(stage.read(running.id())).hasVersion(running.version());
    }

    @Test
    void aHostDrivesStatusesItself() {
        Task task = stage.taskIn(PENDING);

        Task running = tasks.transition(task.id(), task.version(), RUNNING, "by Ada");
        Task done = tasks.transition(task.id(), running.version(), COMPLETED, null);

        assertThat(running).isHeldByNoWorker().hasAttempt(1);
        assertThat(done).hasStatus(COMPLETED);
        assertThat(tasks.history(task.id()).orElseThrow())
                .wentThrough(PENDING, RUNNING, COMPLETED)
                .hasNote("by Ada");
        assertThat(stage.journal).isEmpty();
    }

    @Test
    void aTaskThatTheHostGivesBackIsHinted() {
        Task task = stage.taskIn(PENDING);
        Task running = tasks.transition(task.id(), task.version(), RUNNING, null);

        assertThat(tasks.transition(task.id(), running.version(), PENDING, null))
                .hasStatus(PENDING);

        assertThat(stage.journal).containsExactly("hint 1");
    }

    @Test
    void aMoveThatIsNotTheHostsIsRefused() {
        Task held = stage.taskIn(RUNNING);
        Task pending = stage.taskIn(PENDING);

        assertThatThrownBy(() -> tasks.transition(held.id(), held.version(), COMPLETED, null))
                .isInstanceOf(IllegalTransitionException.class);
        assertThatThrownBy(() -> tasks.transition(pending.id(), pending.version(), COMPLETED, null))
                .isInstanceOf(IllegalTransitionException.class);
        assertThatThrownBy(() -> tasks.transition(pending.id(), 7, RUNNING, null))
                .isInstanceOf(StaleTaskException.class);
        assertThatThrownBy(() -> tasks.transition(UNKNOWN, 1, RUNNING, null)).isInstanceOf(TaskNotFoundException.class);
        assertThatThrownBy(() -> tasks.transition(pending.id(), 1, null, null))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tasks.transition(null, 1, RUNNING, null)).isInstanceOf(InvalidInputException.class);
        assertThat(stage.journal).isEmpty();
    }

    @Test
    void aFailureByTheHostIsAnErrorOfItsOwnKind() {
        Task task = stage.taskIn(PENDING);
        Task running = tasks.transition(task.id(), task.version(), RUNNING, null);

        assertThat(tasks.transition(task.id(), running.version(), FAILED, "no luck"))
                .hasErrorOfKind(TaskError.HOST);
    }

    @Test
    void everyNoteIsCheckedAtTheDoor() {
        Task task = stage.taskIn(FAILED);
        TaskFilter all = TaskFilter.all();
        for (String note : new String[] {"", "  ", "x".repeat(2_001), "a\0b"}) {
            assertThatThrownBy(() -> tasks.transition(task.id(), task.version(), PENDING, note))
                    .isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> tasks.cancel(task.id(), note)).isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> tasks.cancel(all, note)).isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> tasks.requeue(task.id(), note)).isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> tasks.requeue(all, note)).isInstanceOf(InvalidInputException.class);
        }
        assertThat(stage.read(task.id())).hasVersion(task.version());

        assertThat(tasks.requeue(task.id(), "x".repeat(2_000))).hasStatus(PENDING);
    }

    @Test
    void aTaskThatDoesNotRunIsCancelledAtOnce() {
        Task task = stage.taskIn(PENDING);

        assertThat(tasks.cancel(task.id(), "not wanted")).hasStatus(CANCELLED);

        assertThat(tasks.history(task.id()).orElseThrow())
                .wentThrough(PENDING, CANCELLED)
                .hasNote("not wanted");
        assertThat(stage.journal).isEmpty();
    }

    @Test
    void theWorkersAreToldAtOnceThatARunningTaskIsToBeCancelled() throws InterruptedException {
        Task task = stage.taskIn(RUNNING);
        var poll = stage.idle(stage.worker());

        assertThat(tasks.cancel(task.id(), null)).hasStatus(RUNNING);

        assertThat(poll.answer().cancelRequested()).containsExactly(task.id());
        assertThat(stage.journal).containsExactly("cancel [1]");
        tasks.cancel(task.id(), null);
        assertThat(stage.journal).as("told once").hasSize(1);
    }

    @Test
    void aTaskThatHasEndedStaysAsItIs() {
        Task task = stage.taskIn(COMPLETED);

        assertThat(tasks.cancel(task.id(), null)).hasStatus(COMPLETED).hasVersion(task.version());
    }

    @Test
    void aTaskThatDoesNotExistCannotBeCancelled() {
        assertThatThrownBy(() -> tasks.cancel(UNKNOWN, null))
                .isInstanceOfSatisfying(
                        TaskNotFoundException.class,
                        missing -> assertThat(missing.id()).isEqualTo(UNKNOWN));
        assertThatThrownBy(() -> tasks.cancel((UUID) null, null)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void allTasksThatPassAFilterAreCancelled() {
        stage.taskIn(RUNNING);
        stage.taskIn(RUNNING);
        stage.taskIn(PENDING);
        stage.taskIn(COMPLETED);

        assertThat(tasks.cancel(TaskFilter.all(), null)).isEqualTo(3);

        assertThat(stage.journal).containsExactly("cancel [1, 2]");
        assertThat(tasks.cancel(TaskFilter.all().status(COMPLETED), null)).isZero();
        assertThatThrownBy(() -> tasks.cancel((TaskFilter) null, null)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void wakingAsksTheWorkersForAScan() throws InterruptedException {
        var poll = stage.idle(stage.worker());

        tasks.wake();

        assertThat(poll.answer().woken()).isTrue();
    }

    @Test
    void theTimeOfAChangeIsTheStorages() {
        Task task = stage.taskIn(PENDING);
        stage.clock.advance(Duration.ofHours(2));

        assertThat(tasks.update(task, edit -> edit.title("a title")).updatedAt())
                .isEqualTo(stage.clock.instant());
    }
}
