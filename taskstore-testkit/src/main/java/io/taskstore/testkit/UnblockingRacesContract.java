package io.taskstore.testkit;

import static io.taskstore.TaskStatus.CANCELLED;
import static io.taskstore.TaskStatus.COMPLETED;
import static io.taskstore.TaskStatus.FAILED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static io.taskstore.TaskStatus.WAITING;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Changed;
import io.taskstore.NewWorkflow;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.spi.Settled;
import io.taskstore.spi.Settlement;
import io.taskstore.testkit.AtOnce.Both;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What becomes of a task that waits for two when both of them, or one of them and it, are changed at the same moment. */
abstract class UnblockingRacesContract extends RunContract {

    private static final int ROUNDS = Integer.getInteger("taskstore.unblocking.rounds", 100);
    private static final int FEWER_ROUNDS = Math.max(1, ROUNDS * 3 / 10);

    UnblockingRacesContract(StorageContract contract) {
        super(contract);
    }

    /** Two tasks, and one that waits for both. */
    private record FanIn(Task a, Task b, Task c) {

        TaskFilter all() {
            return TaskFilter.all().workflow(c.workflowId().orElseThrow());
        }
    }

    private FanIn fanIn() {
        List<Task> flow = createWorkflow(NewWorkflow.of("fan-in")
                .task("a", newTask())
                .task("b", newTask())
                .task("c", newTask())
                .after("a", "b"));
        return new FanIn(flow.get(0), flow.get(1), flow.get(2));
    }

    /** How workers record ends: one that has other work, and one that asks for what goes on through them. */
    private enum Way {
        SETTLE,
        SETTLE_AND_CLAIM
    }

    /** {@return the way of one of two workers: each alone, the two together, and so on} */
    private static Way way(int round, int worker) {
        return round % 3 > worker ? Way.SETTLE_AND_CLAIM : Way.SETTLE;
    }

    /** {@return what the worker claimed with the end, which is recorded} */
    private List<Task> end(Way way, WorkerId worker, Settlement end) {
        return switch (way) {
            case SETTLE -> {
                assertThat(settle(end).isLost()).isFalse();
                yield List.of();
            }
            case SETTLE_AND_CLAIM ->
                claims().settleAndClaim(List.of(end), due(worker, 1)).claimed();
        };
    }

    private List<TaskStatus> statuses(Task task) {
        return history(task.id()).changes().stream().map(StatusChange::to).toList();
    }

    @Test
    void twoThatFinishAtTheSameMomentUnblockOnce() {
        WorkerId one = worker();
        WorkerId other = worker();
        for (int i = 0; i < ROUNDS; i++) {
            int round = i;
            FanIn flow = fanIn();
            Task a = claim(one, flow.a());
            Task b = claim(other, flow.b());

            Both<List<Task>, List<Task>> both = AtOnce.both(
                    () -> end(way(round, 0), one, completed(a)), () -> end(way(round, 1), other, completed(b)));

            List<Task> claimed =
                    Stream.of(both.first(), both.second()).flatMap(List::stream).toList();
            assertWentOnOnce(flow.c(), claimed, round);
            if (way(round, 0) == way(round, 1)) {
                assertThat(claimed).as("round %s", round).hasSize(way(round, 0) == Way.SETTLE ? 0 : 1);
            }
        }
    }

    /** Asserts that the task became PENDING once, and at most one worker got it. */
    private void assertWentOnOnce(Task task, List<Task> claimed, int round) {
        if (claimed.isEmpty()) {
            assertThat(statuses(task)).as("round %s", round).containsExactly(WAITING, PENDING);
        } else {
            assertThat(ids(claimed)).as("round %s", round).containsExactly(task.id());
            assertThat(statuses(task)).as("round %s", round).containsExactly(WAITING, PENDING, RUNNING);
            assertStored(claimed.get(0));
        }
    }

    @Test
    void aSettlementAndATransitionAtTheSameMomentUnblockOnce() {
        WorkerId worker = worker();
        for (int i = 0; i < ROUNDS; i++) {
            int round = i;
            FanIn flow = fanIn();
            Task a = claim(worker, flow.a());
            Task b = run(flow.b());

            Both<List<Task>, Task> both = AtOnce.both(
                    () -> end(way(round, 1), worker, completed(a)),
                    () -> tasks().transition(b.id(), b.version(), COMPLETED, null));

            assertWentOnOnce(flow.c(), both.first(), round);
        }
    }

    @Test
    void aTaskIsCancelledWhenOneItRequiresFailsAsAnotherCompletes() {
        WorkerId one = worker();
        WorkerId other = worker();
        for (int i = 0; i < FEWER_ROUNDS; i++) {
            int round = i;
            FanIn flow = fanIn();
            Task a = claim(one, flow.a());
            Task b = claim(other, flow.b());

            Both<List<Task>, List<Task>> both = AtOnce.both(
                    () -> end(way(round, 0), one, completed(a)), () -> end(way(round, 1), other, failed(b)));

            assertThat(both.first()).as("round %s", round).isEmpty();
            assertThat(both.second()).as("round %s", round).isEmpty();
            assertThat(statuses(flow.c())).as("round %s", round).containsExactly(WAITING, CANCELLED);
            assertThat(lastChange(flow.c()).note().orElse("")).contains("'b'");
        }
    }

    @Test
    void aCancelAsTheLastCompletesReachesTheTaskThatWaits() {
        WorkerId worker = worker();
        for (int i = 0; i < FEWER_ROUNDS; i++) {
            int round = i;
            FanIn flow = fanIn();
            complete(claim(worker, flow.a()));
            Task b = claim(worker, flow.b());
            TaskFilter cancelled = round % 2 == 0 ? only(flow.c()) : flow.all();

            Both<List<Task>, Changed> both =
                    AtOnce.both(() -> end(way(round, 1), worker, completed(b)), () -> tasks().cancel(cancelled, NOTE));

            assertThat(read(b.id()).status()).as("round %s", round).isEqualTo(COMPLETED);
            Task c = read(flow.c().id());
            if (both.first().isEmpty()) {
                assertThat(statuses(c))
                        .as("round %s", round)
                        .isIn(List.of(WAITING, CANCELLED), List.of(WAITING, PENDING, CANCELLED));
            } else {
                assertThat(statuses(c)).as("round %s", round).containsExactly(WAITING, PENDING, RUNNING);
                assertThat(c.cancelRequested()).as("round %s", round).isTrue();
                assertThat(both.second().cancelRequested()).contains(c.id());
                assertThat(settle(released(c)).status()).contains(CANCELLED);
            }
        }
    }

    @Test
    void aRequeueAsTheLastCompletesLeavesATaskWaitingForTheRequeuedOneOnly() {
        WorkerId worker = worker();
        for (int i = 0; i < FEWER_ROUNDS; i++) {
            int round = i;
            FanIn flow = fanIn();
            Task b = claim(worker, flow.b());
            fail(claim(worker, flow.a()));

            Both<List<Task>, Changed> both =
                    AtOnce.both(() -> end(way(round, 1), worker, completed(b)), () -> requeue(flow.a()));

            assertThat(both.first()).as("round %s", round).isEmpty();
            assertThat(both.second().count()).as("round %s", round).isEqualTo(2);
            assertThat(statuses(flow.c())).as("round %s", round).containsExactly(WAITING, CANCELLED, WAITING);
            complete(claim(worker, flow.a()));
            assertThat(read(flow.c().id()).status()).as("round %s", round).isEqualTo(PENDING);
        }
    }

    @Test
    void aRequeueAsTheLastFailsLeavesNothingWaitingForEver() {
        WorkerId worker = worker();
        for (int i = 0; i < FEWER_ROUNDS; i++) {
            int round = i;
            FanIn flow = fanIn();
            Task b = claim(worker, flow.b());
            fail(claim(worker, flow.a()));

            AtOnce.both(() -> end(way(round, 1), worker, failed(b)), () -> requeue(flow.a()));

            assertThat(read(flow.c().id()).status()).as("round %s", round).isEqualTo(CANCELLED);
            assertThat(requeue(flow.b()).count()).as("round %s", round).isEqualTo(2);
            assertThat(read(flow.c().id()).status()).as("round %s", round).isEqualTo(WAITING);
        }
    }

    @Test
    void aTaskThatIsRequeuedAsTheLastCompletesGoesOn() {
        WorkerId worker = worker();
        for (int i = 0; i < FEWER_ROUNDS; i++) {
            int round = i;
            FanIn flow = fanIn();
            complete(claim(worker, flow.a()));
            Task b = claim(worker, flow.b());
            cancel(flow.c());

            Both<List<Task>, Changed> both =
                    AtOnce.both(() -> end(way(round, 1), worker, completed(b)), () -> requeue(flow.c()));

            assertThat(both.second().count()).as("round %s", round).isEqualTo(1);
            assertThat(read(flow.c().id()).status())
                    .as("round %s", round)
                    .isEqualTo(both.first().isEmpty() ? PENDING : RUNNING);
        }
    }

    @Test
    void twoThatAreRequeuedAtTheSameMomentReviveWhatWaitsForBoth() {
        WorkerId worker = worker();
        for (int round = 0; round < FEWER_ROUNDS; round++) {
            FanIn flow = fanIn();
            fail(claim(worker, flow.a()));
            fail(claim(worker, flow.b()));

            AtOnce.both(() -> requeue(flow.a()), () -> requeue(flow.b()));

            assertThat(statuses(flow.c())).as("round %s", round).containsExactly(WAITING, CANCELLED, WAITING);
        }
    }

    /** Two tasks that failed, and two that wait for both: each was cancelled because of the one that it names first. */
    private List<Task> crossed() {
        List<Task> flow = createWorkflow(NewWorkflow.of("crossed")
                .task("a", newTask())
                .task("b", newTask())
                .task("c", newTask())
                .after("a", "b")
                .task("d", newTask())
                .after("b", "a"));
        WorkerId worker = worker();
        Task a = claim(worker, flow.get(0));
        Task b = claim(worker, flow.get(1));
        assertThat(claims().settle(List.of(failed(a), failed(b)))).noneMatch(Settled::isLost);
        return flow;
    }

    @Test
    void twoThatAreRequeuedAtTheSameMomentReviveWhatWasCancelledBecauseOfEither() {
        for (int round = 0; round < FEWER_ROUNDS; round++) {
            List<Task> flow = crossed();

            Both<Changed, Changed> both = AtOnce.both(() -> requeue(flow.get(0)), () -> requeue(flow.get(1)));

            assertThat(both.first().count() + both.second().count())
                    .as("round %s", round)
                    .isEqualTo(4);
            assertAllLiveAgain(flow, round);
        }
    }

    @Test
    void aTaskAndItsWholeWorkflowThatAreRequeuedAtTheSameMomentLiveAgainOnce() {
        for (int i = 0; i < FEWER_ROUNDS; i++) {
            List<Task> flow = crossed();
            Task one = flow.get(i % 2);
            TaskFilter all = TaskFilter.all().workflow(one.workflowId().orElseThrow());

            Both<Changed, Changed> both = AtOnce.both(() -> requeue(one), () -> tasks().requeue(all, NOTE));

            assertThat(both.first().count() + both.second().count())
                    .as("round %s", i)
                    .isEqualTo(4);
            assertAllLiveAgain(flow, i);
        }
    }

    private void assertAllLiveAgain(List<Task> flow, int round) {
        for (Task failed : flow.subList(0, 2)) {
            assertThat(statuses(failed)).as("round %s", round).containsExactly(PENDING, RUNNING, FAILED, PENDING);
        }
        for (Task cancelled : flow.subList(2, 4)) {
            assertThat(statuses(cancelled)).as("round %s", round).containsExactly(WAITING, CANCELLED, WAITING);
        }
    }
}
