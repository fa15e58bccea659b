package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.drafts;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Changed;
import io.taskstore.DuplicateTaskException;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.spi.Claim;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What it means for a task to get another life. */
abstract class RequeueingContract extends RunContract {

    private static final Changed NOTHING = new Changed(0, Set.of(), Set.of());
    private static final Changed ONE = new Changed(1, Set.of(), Set.of());

    RequeueingContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void aFailedTaskBeginsAnewAndItsAttemptGoesOn() {
        Task failed = failedAfterMuch();
        clock.advance(Duration.ofSeconds(1));

        assertThat(requeue(failed)).isEqualTo(ONE);

        assertStored(anew(failed));
        assertThat(claim(worker(), failed).attempt()).isEqualTo(4);
    }

    @Test
    void aCancelledTaskBeginsAnew() {
        Task running = running();
        progress(running, HALF);
        cancel(running);
        settle(retried(running));
        Task cancelled = read(running.id());
        clock.advance(Duration.ofSeconds(1));

        assertThat(requeue(cancelled)).isEqualTo(ONE);

        assertStored(anew(cancelled));
    }

    @Test
    void aScheduledTaskThatWasCancelledIsDueAtOnceAfterItsRequeue() {
        Task scheduled = create(newTask().runAt(now().plusSeconds(60)));
        cancel(scheduled);

        requeue(scheduled);

        assertThat(ids(claim(worker(), 10))).containsExactly(scheduled.id());
    }

    @Test
    void aRequeueIsOneChangeInTheHistory() {
        Task failed = createIn(TaskStatus.FAILED);
        clock.advance(Duration.ofSeconds(1));

        requeue(failed);

        assertThat(lastChange(failed))
                .isEqualTo(new StatusChange(
                        4,
                        Optional.of(TaskStatus.FAILED),
                        TaskStatus.PENDING,
                        now(),
                        Optional.empty(),
                        1,
                        Optional.of(NOTE),
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void aRequeueNeedsNoNote() {
        Task failed = createIn(TaskStatus.FAILED);

        tasks().requeue(only(failed), null);

        assertThat(lastChange(failed).note()).isEmpty();
    }

    @Test
    void aTaskThatIsNeitherFailedNorCancelledIsLeftAlone() {
        for (TaskStatus status : Set.of(TaskStatus.PENDING, TaskStatus.RUNNING, TaskStatus.COMPLETED)) {
            Task task = createIn(status);

            assertUnchangedBy(task, () -> assertThat(requeue(task)).isEqualTo(NOTHING));
        }
    }

    @Test
    void aTaskThatDoesNotExistIsNoTrouble() {
        assertThat(tasks().requeue(TaskFilter.all().id(UUID.randomUUID()), NOTE))
                .isEqualTo(NOTHING);
    }

    @Test
    void aSecondRequeueChangesNothing() {
        Task failed = createIn(TaskStatus.FAILED);
        requeue(failed);

        assertUnchangedBy(failed, () -> assertThat(requeue(failed)).isEqualTo(NOTHING));
    }

    @Test
    void aClaimFromBeforeTheRequeueIsLost() {
        Task third = claim(worker(), crashed(create(), 2));
        crash(third);
        requeue(third);

        assertLost(Claim.of(third));
        claim(worker(), third);
        assertLost(Claim.of(third));
    }

    @Test
    void aRequeueIsForAllThatPassTheFilterAndNoOthers() {
        Task failed = running(newTask().queue("mail"));
        fail(failed);
        Task cancelled = create(newTask().queue("mail"));
        cancel(cancelled);
        Task completed = running(newTask().queue("mail"));
        complete(completed);
        Task other = createIn(TaskStatus.FAILED);

        assertThat(tasks().requeue(TaskFilter.all().queue("mail"), NOTE)).isEqualTo(new Changed(2, Set.of(), Set.of()));

        assertThat(read(failed.id()).status()).isEqualTo(TaskStatus.PENDING);
        assertThat(read(cancelled.id()).status()).isEqualTo(TaskStatus.PENDING);
        assertThat(read(completed.id()).status()).isEqualTo(TaskStatus.COMPLETED);
        assertStored(other);
    }

    @Test
    void aRequeueOfAGreatWorkflowTakesOnlyWhatFailedOrWasCancelled() {
        NewWorkflow wanted = NewWorkflow.of("a great workflow").task("first", newTask());
        for (int i = 0; i < 599; i++) {
            wanted = wanted.task("after-" + i, newTask()).after("first");
        }
        for (int i = 0; i < 101; i++) {
            wanted = wanted.task("apart-" + i, newTask());
        }
        createWorkflow(wanted);
        List<Task> claimed = claim(worker(), 102);
        claims().settle(claimed.stream()
                .filter(task -> !task.step().equals(Optional.of("apart-7")))
                .map(task -> task.step().equals(Optional.of("first")) ? failed(task) : completed(task))
                .toList());
        TaskFilter whole = TaskFilter.all().workflow(claimed.get(0).workflowId().orElseThrow());

        assertThat(tasks().requeue(whole, NOTE)).isEqualTo(new Changed(600, Set.of(), Set.of()));

        assertThat(count(whole, TaskStatus.PENDING)).isEqualTo(1);
        assertThat(count(whole, TaskStatus.WAITING)).isEqualTo(599);
        assertThat(count(whole, TaskStatus.COMPLETED)).isEqualTo(100);
        assertThat(count(whole, TaskStatus.RUNNING)).isEqualTo(1);
    }

    @Test
    void aRequeueOfAllLeavesWhatIsCompletedInWorkflowsAlone() {
        List<UUID> ids = tasks().createAll(drafts(501)).stream()
                .map(created -> created.task().id())
                .toList();
        tasks().cancel(TaskFilter.all().ids(ids), null);
        List<Task> steps = createWorkflow(
                NewWorkflow.of("a workflow").task("one", newTask()).task("two", newTask()));
        complete(claim(worker(), steps.get(0)));
        fail(claim(worker(), steps.get(1)));

        assertThat(tasks().requeue(TaskFilter.all(), NOTE)).isEqualTo(new Changed(502, Set.of(), Set.of()));

        assertThat(read(steps.get(0).id()).status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(count(TaskFilter.all(), TaskStatus.PENDING)).isEqualTo(502);
    }

    private long count(TaskFilter filter, TaskStatus status) {
        return tasks().count(filter.status(status), 1_000).value();
    }

    @Test
    void aTaskWhoseUniqueKeyHasANewerHolderIsRefusedAndNamed() {
        Task old = cancelledWithKey("key");
        create(newTask().uniqueKey("key"));

        assertUnchangedBy(old, () -> assertThat(requeue(old)).isEqualTo(new Changed(0, Set.of(), Set.of(old.id()))));
    }

    @Test
    void aHolderThatRunsOrWaitsForARetryRefusesARequeueToo() {
        Task old = cancelledWithKey("key");
        Task running = running(newTask().uniqueKey("key"));

        assertThat(requeue(old).refused()).containsExactly(old.id());
        settle(retried(running));
        assertThat(requeue(old).refused()).containsExactly(old.id());
    }

    @Test
    void aTaskIsRequeuedOnceTheNewerHolderOfItsKeyHasEnded() {
        Task old = cancelledWithKey("key");
        complete(running(newTask().uniqueKey("key")));

        assertThat(requeue(old)).isEqualTo(ONE);
    }

    @Test
    void oneTaskThatIsRefusedKeepsNoneOfTheOthersFromBeingRequeued() {
        Task first = cancelledWithKey("first");
        Task taken = cancelledWithKey("taken");
        Task last = createIn(TaskStatus.FAILED);
        create(newTask().uniqueKey("taken"));

        assertThat(requeue(first, taken, last)).isEqualTo(new Changed(2, Set.of(), Set.of(taken.id())));

        assertThat(read(first.id()).status()).isEqualTo(TaskStatus.PENDING);
        assertThat(read(last.id()).status()).isEqualTo(TaskStatus.PENDING);
        assertStored(taken);
    }

    @Test
    void ofSeveralWithTheSameKeyTheOldestGetsIt() {
        Task oldest = cancelled(newTask().uniqueKey("key").id(id("9")));
        clock.advance(Duration.ofSeconds(1));
        Task middle = cancelled(newTask().uniqueKey("key").id(id("1")));
        clock.advance(Duration.ofSeconds(1));
        Task youngest = cancelled(newTask().uniqueKey("key").id(id("5")));

        assertThat(requeue(youngest, middle, oldest))
                .isEqualTo(new Changed(1, Set.of(), Set.of(middle.id(), youngest.id())));

        assertThat(read(oldest.id()).status()).isEqualTo(TaskStatus.PENDING);
        assertStored(middle);
        assertStored(youngest);
    }

    @Test
    void aRequeuedTaskHoldsItsKeyAgain() {
        Task old = cancelledWithKey("key");
        requeue(old);

        assertThatThrownBy(() -> tasks().create(draft(newTask().uniqueKey("key")), null))
                .isInstanceOfSatisfying(
                        DuplicateTaskException.class,
                        refused -> assertThat(refused.existingId()).isEqualTo(old.id()));
    }

    @Test
    void aHostMayRequeueByATransition() {
        Task failed = failedAfterMuch();
        clock.advance(Duration.ofSeconds(1));

        tasks().transition(failed.id(), failed.version(), TaskStatus.PENDING, NOTE);

        assertStored(anew(failed));
        assertThat(lastChange(failed).note()).contains(NOTE);
    }

    @Test
    void aHostCannotRequeueATaskWhoseUniqueKeyHasANewerHolder() {
        Task old = cancelledWithKey("key");
        Task holder = create(newTask().uniqueKey("key"));

        assertUnchangedBy(
                old,
                () -> assertThatThrownBy(() -> tasks().transition(old.id(), old.version(), TaskStatus.PENDING, null))
                        .isInstanceOfSatisfying(DuplicateTaskException.class, refused -> {
                            assertThat(refused.id()).isEqualTo(old.id());
                            assertThat(refused.existingId()).isEqualTo(holder.id());
                            assertThat(refused.uniqueKey()).contains("key");
                        }));
    }

    /** {@return a task that failed in its third run, in which every value that a requeue clears has one} */
    private Task failedAfterMuch() {
        Task task = create(newTask().runAt(now()).uniqueKey("much").maxFailures(5));
        crashed(task, 1);
        settle(retried(claim(worker(), task), Duration.ZERO));
        Task running = claim(worker(), task);
        progress(running, HALF);
        fail(running);
        Task failed = read(task.id());
        assertThat(failed.runAt()).isPresent();
        assertThat(failed.progress()).isPresent();
        return failed;
    }

    private Task anew(Task before) {
        return before.toBuilder()
                .status(TaskStatus.PENDING)
                .failures(0)
                .crashes(0)
                .progress(null)
                .error(null)
                .runAt(null)
                .completedAt(null)
                .updatedAt(now())
                .version(before.version() + 1)
                .build();
    }

    private Task cancelledWithKey(String key) {
        return cancelled(newTask().uniqueKey(key));
    }

    private Task cancelled(NewTask wanted) {
        Task task = create(wanted);
        cancel(task);
        return read(task.id());
    }
}
