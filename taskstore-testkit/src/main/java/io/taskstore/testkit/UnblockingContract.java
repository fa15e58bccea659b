package io.taskstore.testkit;

import static io.taskstore.TaskStatus.CANCELLED;
import static io.taskstore.TaskStatus.COMPLETED;
import static io.taskstore.TaskStatus.FAILED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static io.taskstore.TaskStatus.WAITING;
import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Changed;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.WorkflowDraft;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the end and the requeue of a task mean for those of its workflow that depend on it. */
abstract class UnblockingContract extends PortContract {

    UnblockingContract(StorageContract contract) {
        super(contract);
    }

    /** A workflow that was stored, with its tasks by their names. */
    private final class Flow {
        private final Map<String, UUID> ids = new HashMap<>();
        private final UUID id;

        Flow(NewWorkflow wanted) {
            WorkflowDraft draft = draft(wanted);
            id = draft.id();
            for (int i = 0; i < draft.tasks().size(); i++) {
                ids.put(wanted.steps().get(i).name(), draft.tasks().get(i).id());
            }
            storage().workflows().create(draft);
        }

        UUID id(String step) {
            return Optional.ofNullable(ids.get(step)).orElseThrow();
        }

        Task task(String step) {
            return read(id(step));
        }

        TaskStatus status(String step) {
            return task(step).status();
        }

        Task run(String step) {
            return claim(worker(), task(step));
        }

        TaskFilter filter(String step) {
            return TaskFilter.all().id(id(step));
        }

        long unblockings(String step) {
            return history(id(step)).changes().stream()
                    .filter(change -> change.from().equals(Optional.of(WAITING)) && change.to() == PENDING)
                    .count();
        }
    }

    /** c after a and b. */
    private Flow fanIn() {
        return new Flow(NewWorkflow.of("fan-in")
                .task("a", newTask())
                .task("b", newTask())
                .task("c", newTask())
                .after("a", "b"));
    }

    /** a, then b, then c. */
    private Flow chain() {
        return new Flow(NewWorkflow.of("chain")
                .task("a", newTask())
                .task("b", newTask())
                .after("a")
                .task("c", newTask())
                .after("b"));
    }

    @Test
    void aChainGoesOnTaskByTask() {
        Flow flow = chain();

        complete(flow.run("a"));
        assertThat(flow.status("b")).isEqualTo(PENDING);
        assertThat(flow.status("c")).isEqualTo(WAITING);

        complete(flow.run("b"));
        assertThat(flow.status("c")).isEqualTo(PENDING);

        complete(flow.run("c"));
        assertThat(storage().workflows().find(flow.id).orElseThrow().counts()).isEqualTo(Map.of(COMPLETED, 3L));
    }

    @Test
    void aFanOutGoesOnAllAtOnce() {
        NewWorkflow wanted = NewWorkflow.of("fan-out").task("a", newTask());
        for (int i = 0; i < 20; i++) {
            wanted = wanted.task("b" + i, newTask()).after("a");
        }
        Flow flow = new Flow(wanted);

        complete(flow.run("a"));

        assertThat(tasks().count(TaskFilter.all().workflow(flow.id).status(PENDING), 100)
                        .value())
                .isEqualTo(20);
    }

    @Test
    void aTaskWaitsForAllThatItDependsOn() {
        Flow flow = fanIn();

        complete(flow.run("a"));
        assertThat(flow.status("c")).isEqualTo(WAITING);

        complete(flow.run("b"));
        assertThat(flow.status("c")).isEqualTo(PENDING);
        assertThat(flow.unblockings("c")).isEqualTo(1);
    }

    @Test
    void aDiamondComesTogetherOnce() {
        Flow flow = new Flow(NewWorkflow.of("diamond")
                .task("a", newTask())
                .task("b", newTask())
                .after("a")
                .task("c", newTask())
                .after("a")
                .task("d", newTask())
                .after("b", "c", "a"));

        complete(flow.run("a"));
        complete(flow.run("c"));
        assertThat(flow.status("d")).isEqualTo(WAITING);
        complete(flow.run("b"));

        assertThat(flow.status("d")).isEqualTo(PENDING);
        assertThat(flow.unblockings("d")).isEqualTo(1);
    }

    @Test
    void aTaskThatIsUnblockedIsAtANewVersionAndStillWaitsForItsTime() {
        NewTask later = newTask().runAt(clock.instant().plus(Duration.ofHours(1)));
        Flow flow = new Flow(
                NewWorkflow.of("later").task("a", newTask()).task("b", later).after("a"));
        long version = flow.task("b").version();

        complete(flow.run("a"));

        assertThat(flow.status("b")).isEqualTo(PENDING);
        assertThat(flow.task("b").version()).isEqualTo(version + 1);
        assertThat(claim(worker(), 10)).isEmpty();
        clock.advance(Duration.ofHours(1));
        assertThat(claim(worker(), 10)).extracting(Task::id).containsExactly(flow.id("b"));
    }

    @Test
    void twoThatFinishInOneBatchUnblockOnce() {
        Flow flow = fanIn();
        Task a = flow.run("a");
        Task b = flow.run("b");

        claims().settle(List.of(completed(a), completed(b)));

        assertThat(flow.status("c")).isEqualTo(PENDING);
        assertThat(flow.unblockings("c")).isEqualTo(1);
    }

    private static Settlement completed(Task running) {
        return new Settlement.Completed(Claim.of(running), Optional.empty(), Optional.empty());
    }

    @Test
    void whatRequiresACompletionIsCancelledAfterAFailureAndSaysWhy() {
        Flow flow = chain();

        fail(flow.run("a"));

        assertThat(flow.status("b")).isEqualTo(CANCELLED);
        assertThat(flow.status("c")).isEqualTo(CANCELLED);
        assertThat(history(flow.id("b")).last().note().orElse("")).contains("'a'");
        assertThat(history(flow.id("c")).last().note().orElse("")).contains("'b'");
        assertThat(flow.task("c").completedAt()).isPresent();
    }

    @Test
    void whatRequiresAnEndGoesOnAfterAFailureToo() {
        Flow flow = new Flow(NewWorkflow.of("flow")
                .task("a", newTask())
                .task("b", newTask())
                .task("cleanup", newTask())
                .afterEnded("a", "b")
                .task("report", newTask())
                .after("cleanup"));

        fail(flow.run("a"));
        assertThat(flow.status("cleanup")).isEqualTo(WAITING);
        tasks().cancel(flow.filter("b"), null);

        assertThat(flow.status("cleanup")).isEqualTo(PENDING);
        assertThat(flow.status("report")).isEqualTo(WAITING);
    }

    @Test
    void aRetryBlocksOn() {
        Flow flow = chain();
        Task a = flow.run("a");

        settle(new Settlement.Snoozed(Claim.of(a), Optional.empty(), Duration.ZERO));

        assertThat(flow.status("b")).isEqualTo(WAITING);
    }

    @Test
    void aCancelCancelsWhatDependsOnIt() {
        Flow flow = chain();

        Changed changed = tasks().cancel(flow.filter("b"), "not needed");

        assertThat(changed.count()).isEqualTo(2);
        assertThat(flow.status("a")).isEqualTo(PENDING);
        assertThat(history(flow.id("b")).last().note()).contains("not needed");
        assertThat(flow.status("c")).isEqualTo(CANCELLED);
    }

    @Test
    void aCancelOfAWholeWorkflowCountsEachTaskOnce() {
        Flow flow = chain();

        Changed changed = tasks().cancel(TaskFilter.all().workflow(flow.id), "all of it");

        assertThat(changed.count()).isEqualTo(3);
        assertThat(history(flow.id("c")).changes()).extracting(StatusChange::to).containsExactly(WAITING, CANCELLED);
        assertThat(history(flow.id("c")).last().note()).contains("all of it");
    }

    @Test
    void aPoisonedTaskCancelsWhatDependsOnIt() {
        Flow flow = chain();

        for (int crash = 0; crash < 3; crash++) {
            WorkerId worker = worker();
            claim(worker, flow.task("a"));
            kill(worker);
            claims().recover();
        }

        assertThat(flow.status("a")).isEqualTo(FAILED);
        assertThat(flow.status("b")).isEqualTo(CANCELLED);
        assertThat(flow.status("c")).isEqualTo(CANCELLED);
    }

    @Test
    void aHostThatDrivesTheStatusLetsTheWorkflowGoOn() {
        Flow flow = chain();

        Task running = tasks().transition(flow.id("a"), flow.task("a").version(), RUNNING, null);
        tasks().transition(flow.id("a"), running.version(), COMPLETED, null);
        assertThat(flow.status("b")).isEqualTo(PENDING);
        tasks().transition(flow.id("b"), flow.task("b").version(), CANCELLED, null);

        assertThat(flow.status("c")).isEqualTo(CANCELLED);
    }

    @Test
    void aRecoveryLeavesAloneWhatRightlyWaits() {
        Flow flow = fanIn();
        complete(flow.run("a"));

        claims().recover();

        assertThat(flow.status("c")).isEqualTo(WAITING);
    }

    @Test
    void aRequeueRevivesWhatHadBeenCancelledForIt() {
        Flow flow = chain();
        fail(flow.run("a"));

        Changed changed = tasks().requeue(flow.filter("a"), "again");

        assertThat(changed.count()).isEqualTo(3);
        assertThat(flow.status("a")).isEqualTo(PENDING);
        assertThat(flow.status("b")).isEqualTo(WAITING);
        assertThat(flow.status("c")).isEqualTo(WAITING);
        complete(flow.run("a"));
        complete(flow.run("b"));
        complete(flow.run("c"));
        assertThat(flow.status("c")).isEqualTo(COMPLETED);
    }

    @Test
    void aRequeueByTheHostRevivesToo() {
        Flow flow = chain();
        fail(flow.run("a"));

        tasks().transition(flow.id("a"), flow.task("a").version(), PENDING, null);

        assertThat(flow.status("b")).isEqualTo(WAITING);
        assertThat(flow.status("c")).isEqualTo(WAITING);
    }

    @Test
    void whatWasCancelledByHandStaysCancelled() {
        Flow flow = chain();
        tasks().cancel(flow.filter("b"), null);
        fail(flow.run("a"));

        tasks().requeue(flow.filter("a"), null);

        assertThat(flow.status("b")).isEqualTo(CANCELLED);
        assertThat(flow.status("c")).isEqualTo(CANCELLED);
    }

    @Test
    void whatStillDependsOnAnotherFailureStaysCancelledUntilThatIsRequeued() {
        Flow flow = fanIn();
        fail(flow.run("a"));
        fail(flow.run("b"));

        tasks().requeue(flow.filter("a"), null);
        assertThat(flow.status("c")).isEqualTo(CANCELLED);
        tasks().requeue(flow.filter("b"), null);

        assertThat(flow.status("c")).isEqualTo(WAITING);
    }

    @Test
    void aRequeueOfADependantAloneIsRefusedForItWouldWaitForEver() {
        Flow flow = chain();
        fail(flow.run("a"));

        Changed changed = tasks().requeue(flow.filter("b"), null);

        assertThat(changed.count()).isZero();
        assertThat(changed.refused()).containsExactly(flow.id("b"));
        assertThat(flow.status("b")).isEqualTo(CANCELLED);
        assertThat(flow.status("c")).isEqualTo(CANCELLED);
    }

    @Test
    void aRequeueOfTheFirstAndTheLastRevivesTheOneBetweenThem() {
        Flow flow = chain();
        fail(flow.run("a"));

        Changed changed = tasks().requeue(TaskFilter.all().id(flow.id("a"), flow.id("c")), null);

        assertThat(changed.count()).isEqualTo(3);
        assertThat(changed.refused()).isEmpty();
        assertThat(flow.status("b")).isEqualTo(WAITING);
        assertThat(flow.status("c")).isEqualTo(WAITING);
    }

    @Test
    void aRequeueOfAWholeWorkflowBeginsWhereItFailed() {
        Flow flow = chain();
        complete(flow.run("a"));
        fail(flow.run("b"));

        Changed changed = tasks().requeue(TaskFilter.all().workflow(flow.id), null);

        assertThat(changed.count()).isEqualTo(2);
        assertThat(flow.status("a")).isEqualTo(COMPLETED);
        assertThat(flow.status("b")).isEqualTo(PENDING);
        assertThat(flow.status("c")).isEqualTo(WAITING);
    }

    @Test
    void whatIsRequeuedTogetherWaitsForEachOtherAlsoWhereAnEndIsEnough() {
        // the one that waits has the lesser id, so that it may well come first
        Flow flow = new Flow(NewWorkflow.of("flow")
                .task("a", newTask().id(CountingIds.number(2)))
                .task("b", newTask().id(CountingIds.number(1)))
                .afterEnded("a"));
        fail(flow.run("a"));
        fail(flow.run("b"));

        tasks().requeue(TaskFilter.all().workflow(flow.id), null);

        assertThat(flow.status("a")).isEqualTo(PENDING);
        assertThat(flow.status("b")).isEqualTo(WAITING);
        complete(flow.run("a"));
        assertThat(flow.status("b")).isEqualTo(PENDING);
    }

    @Test
    void aRequeueBlocksAgainWhatStillWaits() {
        Flow flow = new Flow(NewWorkflow.of("flow")
                .task("a", newTask())
                .task("b", newTask())
                .task("c", newTask())
                .afterEnded("a", "b"));
        fail(flow.run("a"));
        tasks().requeue(flow.filter("a"), null);

        complete(flow.run("b"));
        assertThat(flow.status("c")).isEqualTo(WAITING);
        complete(flow.run("a"));

        assertThat(flow.status("c")).isEqualTo(PENDING);
    }

    @Test
    void aRevivedTaskWhoseKeyIsTakenByNowIsRefused() {
        Flow flow = new Flow(NewWorkflow.of("flow")
                .task("a", newTask())
                .task("b", newTask().uniqueKey("key"))
                .after("a"));
        fail(flow.run("a"));
        create(newTask().uniqueKey("key"));

        Changed changed = tasks().requeue(flow.filter("a"), null);

        assertThat(changed.count()).isEqualTo(1);
        assertThat(changed.refused()).containsExactly(flow.id("b"));
        assertThat(flow.status("b")).isEqualTo(CANCELLED);
    }
}
