package io.taskstore.testkit;

import static io.taskstore.TaskStatus.CANCELLED;
import static io.taskstore.TaskStatus.COMPLETED;
import static io.taskstore.TaskStatus.FAILED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static io.taskstore.TaskStatus.WAITING;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.DuplicateTaskException;
import io.taskstore.IllegalTransitionException;
import io.taskstore.NewWorkflow;
import io.taskstore.Progress;
import io.taskstore.StaleTaskException;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskNotFoundException;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a host that drives statuses itself moves tasks, and what is kept from it. */
abstract class HostMovesContract extends PortContract {

    HostMovesContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void fromPendingAHostMovesATaskToRunningAndCancelled() {
        assertMoves(PENDING, Set.of(RUNNING, CANCELLED));
    }

    @Test
    void fromWaitingAHostMovesATaskToCancelledOnly() {
        assertMoves(WAITING, Set.of(CANCELLED));
    }

    @Test
    void fromItsOwnRunningAHostMovesATaskBackAndToEveryEnd() {
        assertMoves(RUNNING, Set.of(PENDING, COMPLETED, FAILED, CANCELLED));
    }

    @Test
    void fromCompletedAHostMovesATaskNowhere() {
        assertMoves(COMPLETED, Set.of());
    }

    @Test
    void fromFailedAHostMovesATaskToPendingOnly() {
        assertMoves(FAILED, Set.of(PENDING));
    }

    @Test
    void fromCancelledAHostMovesATaskToPendingOnly() {
        assertMoves(CANCELLED, Set.of(PENDING));
    }

    @Test
    void aTaskThatAWorkerHoldsIsMovedByNoHost() {
        for (TaskStatus to : TaskStatus.values()) {
            Task running = createIn(RUNNING);

            assertRefused(running, to);

            assertThat(complete(running).status()).contains(COMPLETED);
        }
    }

    @Test
    void aMoveMakesTheVersionGrowAndDatesTheTask() {
        Task task = create();
        clock.advance(Duration.ofSeconds(1));

        Task running = run(task);

        assertThat(running.version()).isEqualTo(2);
        assertThat(running.updatedAt()).isEqualTo(clock.instant());
        assertThat(running.createdAt()).isEqualTo(task.createdAt());
        assertTask(read(task.id())).isEqualTo(running);
    }

    @Test
    void aMoveIsInTheHistoryWithItsNote() {
        Task task = create();
        clock.advance(Duration.ofSeconds(1));

        move(task, CANCELLED, "by Ada");

        assertThat(history(task.id()).changes()).hasSize(2);
        assertThat(history(task.id()).last()).isEqualTo(change(2, PENDING, CANCELLED, 0, "by Ada"));
    }

    @Test
    void aMoveNeedsNoNote() {
        Task cancelled = move(create(), CANCELLED, null);

        assertThat(history(cancelled.id()).last()).isEqualTo(change(2, PENDING, CANCELLED, 0, null));
    }

    @Test
    void theNoteOfAMoveIsKeptExactly() {
        Task task = create();
        for (String note : KeepingContract.HOSTILE) {
            task = move(run(task), PENDING, note);

            assertThat(history(task.id()).last().note()).contains(note);
        }
    }

    @Test
    void aTaskThatAHostRunsHasNoWorkerAndOneMoreAttempt() {
        Task running = run(create());

        assertThat(running.worker()).isEmpty();
        assertThat(running.attempt()).isEqualTo(1);
        assertThat(running.startedAt()).contains(clock.instant());
        assertThat(running.completedAt()).isEmpty();
        assertThat(history(running.id()).last()).isEqualTo(change(2, PENDING, RUNNING, 1, null));
    }

    @Test
    void theAttemptGrowsWithEachRunWhoeverRuns() {
        Task byWorker = createIn(RUNNING);
        settle(new Settlement.Released(Claim.of(byWorker), Optional.empty(), "not now"));

        Task byHost = run(read(byWorker.id()));
        Task back = move(byHost, PENDING, null);
        Task byAnotherWorker = claim(worker(), back);

        assertThat(byHost.attempt()).isEqualTo(2);
        assertThat(back.attempt()).isEqualTo(2);
        assertThat(byAnotherWorker.attempt()).isEqualTo(3);
    }

    @Test
    void aTaskThatAHostRunsShowsNoProgressOfAnEarlierRun() {
        Task byWorker = createIn(RUNNING);
        storage().runLog().progress(Map.of(Claim.of(byWorker), new Progress(50, "half")));
        settle(new Settlement.Released(Claim.of(byWorker), Optional.empty(), "not now"));

        assertThat(run(read(byWorker.id())).progress()).isEmpty();
    }

    @Test
    void aTaskThatAHostRunsIsHeldByNoWorkerAndClaimedByNone() {
        WorkerId worker = worker();

        Task running = run(create());

        assertThat(claims().held(worker)).isEmpty();
        assertThat(claim(worker, 10)).isEmpty();
        assertTask(read(running.id())).isEqualTo(running);
    }

    @Test
    void aRecoveryLeavesATaskThatAHostRunsAlone() {
        Task running = run(create());
        kill(worker());

        assertThat(claims().recover()).isEmpty();
        assertTask(read(running.id())).isEqualTo(running);
    }

    @Test
    void theEndOfAWorkerLeavesATaskThatAHostRunsAlone() {
        WorkerId worker = worker();
        Task byWorker = claim(worker, create());
        settle(new Settlement.Released(Claim.of(byWorker), Optional.empty(), "not now"));
        Task running = run(read(byWorker.id()));

        assertThat(claims().retire(worker)).isEmpty();
        assertTask(read(running.id())).isEqualTo(running);
    }

    @Test
    void aHostRunsATaskBeforeItsTime() {
        Task task = create(newTask().runAt(clock.instant().plus(Duration.ofDays(1))));

        assertThat(run(task).status()).isEqualTo(RUNNING);
    }

    @Test
    void aHostRunsATaskInAPausedQueue() {
        storage().queues().pause("mail");

        assertThat(run(create(newTask().queue("mail"))).status()).isEqualTo(RUNNING);
    }

    @Test
    void aTaskThatAHostGivesBackIsDueAtOnce() {
        Task task = create(newTask().runAt(clock.instant().plus(Duration.ofDays(1))));

        Task back = move(run(task), PENDING, null);

        assertThat(back.runAt()).isEmpty();
        assertThat(claim(worker(), 1)).extracting(Task::id).containsExactly(task.id());
    }

    @Test
    void aTaskIsDatedWhenAHostEndsIt() {
        for (TaskStatus end : List.of(COMPLETED, FAILED, CANCELLED)) {
            Task running = run(create());
            clock.advance(Duration.ofSeconds(1));

            Task ended = move(running, end, null);

            assertThat(ended.completedAt()).contains(clock.instant());
            assertThat(ended.startedAt()).isEqualTo(running.startedAt());
            assertThat(ended.attempt()).isEqualTo(1);
        }
    }

    @Test
    void aTaskThatAHostLetsFailSaysWhyInItsErrorAndItsHistory() {
        TaskError error = new TaskError(TaskError.HOST, "the printer burns");

        Task failed = move(run(create()), FAILED, "the printer burns");

        assertThat(failed.error()).contains(error);
        assertThat(failed.failures()).isZero();
        assertThat(history(failed.id()).last().error()).contains(error);
        assertThat(history(failed.id()).last().note()).contains("the printer burns");
    }

    @Test
    void aTaskThatAHostLetsFailWithoutANoteHasAnEmptyMessage() {
        Task failed = move(run(create()), FAILED, null);

        assertThat(failed.error()).contains(new TaskError(TaskError.HOST, ""));
    }

    @Test
    void onlyATaskThatFailedHasTheErrorOfAHost() {
        for (TaskStatus end : List.of(COMPLETED, CANCELLED, PENDING)) {
            Task ended = move(run(create()), end, "a note");

            assertThat(ended.error()).isEmpty();
            assertThat(history(ended.id()).last().error()).isEmpty();
        }
    }

    @Test
    void aTaskThatAHostCompletesHasNoErrorOfAnEarlierRun() {
        Task retried = failedOnce();

        Task completed = move(run(retried), COMPLETED, null);

        assertThat(retried.error()).isPresent();
        assertThat(completed.error()).isEmpty();
        assertThat(completed.failures()).isEqualTo(1);
    }

    @Test
    void aMoveOfAnEndedTaskToPendingClearsItsEarlierLife() {
        WorkerId dying = worker();
        Task crashed = claim(dying, create());
        kill(dying);
        claims().recover();
        Task running = claim(worker(), crashed);
        storage().runLog().progress(Map.of(Claim.of(running), new Progress(50, "half")));
        fail(running);
        Task failed = read(running.id());

        Task again = move(failed, PENDING, "once more");

        assertThat(failed.crashes()).isEqualTo(1);
        assertThat(failed.failures()).isEqualTo(1);
        assertThat(again.failures()).isZero();
        assertThat(again.crashes()).isZero();
        assertThat(again.error()).isEmpty();
        assertThat(again.progress()).isEmpty();
        assertThat(again.completedAt()).isEmpty();
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(history(again.id()).last().note()).contains("once more");
        assertThat(claim(worker(), again).attempt()).isEqualTo(3);
    }

    @Test
    void aMoveOfAnEndedTaskToPendingMakesItDueAtOnce() {
        Task task = create(newTask().runAt(clock.instant().plus(Duration.ofDays(1))));
        Task cancelled = move(task, CANCELLED, null);

        assertThat(move(cancelled, PENDING, null).runAt()).isEmpty();
    }

    @Test
    void anEndedTaskWhoseKeyAnotherHoldsByNowIsNotMovedToPending() {
        Task failed = createIn(FAILED, newTask().uniqueKey("a key"));
        Task holder = create(newTask().uniqueKey("a key"));

        assertThatThrownBy(() -> move(failed, PENDING, null))
                .isInstanceOfSatisfying(DuplicateTaskException.class, refused -> {
                    assertThat(refused.id()).isEqualTo(failed.id());
                    assertThat(refused.existingId()).isEqualTo(holder.id());
                    assertThat(refused.uniqueKey()).contains("a key");
                });
        assertTask(read(failed.id())).isEqualTo(failed);
    }

    @Test
    void aTaskThatAHostGivesBackKeepsItsOwnKey() {
        Task back = move(run(create(newTask().uniqueKey("a key"))), PENDING, null);

        assertThat(back.uniqueKey()).contains("a key");
        assertThatThrownBy(() -> create(newTask().uniqueKey("a key"))).isInstanceOf(DuplicateTaskException.class);
    }

    @Test
    void aMoveOfAnotherVersionIsStale() {
        Task task = create();
        Task running = run(task);

        assertThatThrownBy(() -> move(task, CANCELLED, null))
                .isInstanceOfSatisfying(StaleTaskException.class, stale -> {
                    assertThat(stale.id()).isEqualTo(task.id());
                    assertThat(stale.expectedVersion()).isEqualTo(1);
                    assertThat(stale.actualVersion()).isEqualTo(2);
                });
        assertThatThrownBy(() -> tasks().transition(task.id(), 3, CANCELLED, null))
                .isInstanceOf(StaleTaskException.class);
        assertTask(read(task.id())).isEqualTo(running);
    }

    @Test
    void aMoveOfNoTaskIsRefused() {
        UUID unknown = CountingIds.number(1);

        assertThatThrownBy(() -> tasks().transition(unknown, 1, CANCELLED, null))
                .isInstanceOfSatisfying(
                        TaskNotFoundException.class,
                        missing -> assertThat(missing.id()).isEqualTo(unknown));
    }

    @Test
    void whatDependsOnATaskThatAHostCompletedIsPending() {
        List<Task> chain = createChain();

        move(run(chain.get(0)), COMPLETED, null);

        assertThat(read(chain.get(1).id()).status()).isEqualTo(PENDING);
    }

    @Test
    void whatDependsOnATaskThatAHostLetFailIsCancelled() {
        List<Task> chain = createChain();

        move(run(chain.get(0)), FAILED, null);

        assertThat(read(chain.get(1).id()).status()).isEqualTo(CANCELLED);
    }

    @Test
    void whatWasCancelledWithATaskWaitsAgainWhenAHostMovesThatToPending() {
        List<Task> chain = createChain();
        Task cancelled = move(chain.get(0), CANCELLED, null);

        move(cancelled, PENDING, null);

        assertThat(read(chain.get(1).id()).status()).isEqualTo(WAITING);
    }

    @Test
    void aTaskThatItsWorkflowStillBlocksIsNotMovedToPending() {
        List<Task> chain = createChain();

        assertRefused(move(chain.get(1), CANCELLED, null), PENDING);
    }

    private List<Task> createChain() {
        return createWorkflow(NewWorkflow.of("a chain")
                .task("first", newTask())
                .task("then", newTask())
                .after("first"));
    }

    private Task failedOnce() {
        Task running = createIn(RUNNING);
        TaskError error = new TaskError("Broken", "it broke");
        settle(new Settlement.Retried(Claim.of(running), Optional.empty(), error, Duration.ZERO));
        return read(running.id());
    }

    private Task move(Task task, TaskStatus to, @Nullable String note) {
        return tasks().transition(task.id(), task.version(), to, note);
    }

    private StatusChange change(int seq, TaskStatus from, TaskStatus to, int attempt, @Nullable String note) {
        return new StatusChange(
                seq,
                Optional.of(from),
                to,
                clock.instant(),
                Optional.empty(),
                attempt,
                Optional.ofNullable(note),
                Optional.empty(),
                Optional.empty());
    }

    /** A task that the host itself runs stands for RUNNING. */
    private void assertMoves(TaskStatus from, Set<TaskStatus> legal) {
        for (TaskStatus to : TaskStatus.values()) {
            Task task = from == RUNNING ? run(create()) : createIn(from);
            if (legal.contains(to)) {
                Task moved = move(task, to, null);
                assertThat(moved.status()).isEqualTo(to);
                assertThat(moved.version()).isEqualTo(task.version() + 1);
                assertThat(history(task.id()).last().from()).contains(from);
                assertThat(history(task.id()).last().to()).isEqualTo(to);
                assertTask(read(task.id())).isEqualTo(moved);
            } else {
                assertRefused(task, to);
            }
        }
    }

    private void assertRefused(Task task, TaskStatus to) {
        int changes = history(task.id()).changes().size();
        assertThatThrownBy(() -> move(task, to, null))
                .isInstanceOfSatisfying(IllegalTransitionException.class, refused -> {
                    assertThat(refused.id()).isEqualTo(task.id());
                    assertThat(refused.status()).isEqualTo(task.status());
                });
        assertTask(read(task.id())).isEqualTo(task);
        assertThat(history(task.id()).changes()).hasSize(changes);
    }
}
