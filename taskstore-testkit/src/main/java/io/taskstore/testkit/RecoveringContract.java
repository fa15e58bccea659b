package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Created;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.spi.TaskClaims;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The death of workers, and what becomes of their tasks. */
abstract class RecoveringContract extends RunContract {

    /** What may come in any order around the death of a worker. */
    private enum Step {
        CLAIM,
        DIE,
        SWEEP
    }

    private static final List<List<Step>> EVERY_ORDER = List.of(
            List.of(Step.CLAIM, Step.DIE, Step.SWEEP),
            List.of(Step.CLAIM, Step.SWEEP, Step.DIE),
            List.of(Step.DIE, Step.CLAIM, Step.SWEEP),
            List.of(Step.DIE, Step.SWEEP, Step.CLAIM),
            List.of(Step.SWEEP, Step.CLAIM, Step.DIE),
            List.of(Step.SWEEP, Step.DIE, Step.CLAIM));

    RecoveringContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void nothingMakesADeadWorkerAliveAgain() {
        create();
        WorkerId worker = worker();
        kill(worker);

        for (int i = 0; i < 2; i++) {
            assertThat(claims().heartbeat(worker).alive()).isFalse();
            assertThat(claim(worker, 10)).isEmpty();
            claims().recover();
            worker();
        }
    }

    @Test
    void theDeathOfOneWorkerIsNotThatOfAnother() {
        Task running = running();
        kill(worker());

        assertUnchangedBy(running, () -> assertThat(recover()).isEmpty());
        assertThat(claims().heartbeat(workerOf(running)).alive()).isTrue();
    }

    @Test
    void aRecoveryGivesBackWhatADeadWorkerRanAndCountsACrash() {
        Task before = create(newTask().runAt(now()));
        settle(retried(claim(worker(), before), Duration.ZERO));
        Task running = claim(worker(), before);
        clock.advance(Duration.ofSeconds(1));

        assertThat(crash(running)).containsExactly(taken(running, TaskStatus.PENDING));

        Task after = read(running.id());
        assertThat(after.error()).map(TaskError::kind).contains(TaskError.CRASH);
        assertStored(running.toBuilder()
                .status(TaskStatus.PENDING)
                .worker(null)
                .crashes(1)
                .runAt(null)
                .error(after.error().orElseThrow())
                .updatedAt(now())
                .version(running.version() + 1)
                .build());
    }

    @Test
    void theHistoryTellsTheCrash() {
        Task running = running();
        crash(running);

        StatusChange last = lastChange(running);
        assertThat(history(running.id()).changes()).hasSize(3);
        assertThat(last.to()).isEqualTo(TaskStatus.PENDING);
        assertThat(last.at()).isEqualTo(now());
        assertThat(last.worker()).isEqualTo(running.worker());
        assertThat(last.attempt()).isEqualTo(1);
        assertThat(last.ran()).isEmpty();
        assertThat(last.error()).isEqualTo(read(running.id()).error());
    }

    @Test
    void aRecoveryTakesAllTasksOfAllDeadWorkersAndNoOthers() {
        Task done = createIn(TaskStatus.COMPLETED);
        Task living = running();
        WorkerId two = worker();
        List<Task> lost = new ArrayList<>(List.of(running(), claim(two, create()), claim(two, create())));
        create();
        lost.forEach(task -> kill(workerOf(task)));

        List<Taken> recovered = recover();

        assertThat(recovered)
                .containsExactlyInAnyOrderElementsOf(lost.stream()
                        .map(task -> taken(task, TaskStatus.PENDING))
                        .toList());
        assertStored(living);
        assertStored(done);
    }

    @Test
    void aSecondRecoveryTakesNothing() {
        Task running = running();
        crash(running);

        assertUnchangedBy(running, () -> assertThat(recover()).isEmpty());
    }

    @Test
    void aRecoveryLeavesAloneWhatTheHostDrives() {
        Task driven = drivenByTheHost();
        kill(worker());

        assertUnchangedBy(driven, () -> assertThat(recover()).isEmpty());
    }

    @Test
    void aTaskThatTheHostTookOverAfterACrashIsLeftAlone() {
        Task task = crashed(create(), 1);
        Task driven = tasks().transition(task.id(), task.version(), TaskStatus.RUNNING, null);

        assertUnchangedBy(driven, () -> assertThat(recover()).isEmpty());
    }

    @Test
    void theThirdCrashIsFinal() {
        Task running = claim(worker(), crashed(create(newTask().runAt(now())), 2));
        clock.advance(Duration.ofSeconds(1));

        assertThat(crash(running)).containsExactly(taken(running, TaskStatus.FAILED));

        Task after = read(running.id());
        assertThat(after.error()).map(TaskError::kind).contains(TaskError.POISON);
        assertStored(running.toBuilder()
                .status(TaskStatus.FAILED)
                .worker(null)
                .crashes(TaskClaims.POISON_CRASHES)
                .error(after.error().orElseThrow())
                .updatedAt(now())
                .completedAt(now())
                .version(running.version() + 1)
                .build());
        assertThat(lastChange(running).error()).isEqualTo(after.error());
        assertThat(lastChange(running).worker()).isEqualTo(running.worker());
    }

    @Test
    void theSecondCrashIsNotFinal() {
        Task task = crashed(create(), 2);

        assertThat(task.status()).isEqualTo(TaskStatus.PENDING);
        assertThat(task.crashes()).isEqualTo(2);
        assertThat(task.failures()).isZero();
    }

    @Test
    void onlyTheTaskThatCrashedThreeTimesIsAPoison() {
        Task poison = crashed(create(), 2);
        Task suspect = crashed(create(), 1);
        WorkerId worker = worker();
        List<Taken> expected = new ArrayList<>();
        expected.add(taken(claim(worker, poison), TaskStatus.FAILED));
        expected.add(taken(claim(worker, suspect), TaskStatus.PENDING));
        for (int i = 0; i < 5; i++) {
            expected.add(taken(claim(worker, create()), TaskStatus.PENDING));
        }

        kill(worker);

        assertThat(recover()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void whatHappensBetweenCrashesDoesNotMakeThemForgotten() {
        Task task = crashed(create(), 1);
        settle(snoozed(claim(worker(), task), Duration.ZERO));
        crashed(task, 1);
        settle(retried(claim(worker(), task), Duration.ZERO));
        claims().retire(workerOf(claim(worker(), task)));

        assertThat(crashed(task, 1).status()).isEqualTo(TaskStatus.FAILED);
    }

    @Test
    void aRequeuedTaskHasItsCrashesBeforeIt() {
        Task poison = crashed(create(), 3);
        requeue(poison);

        assertThat(read(poison.id()).crashes()).isZero();
        assertThat(crashed(poison, 2).status()).isEqualTo(TaskStatus.PENDING);
        assertThat(crashed(poison, 1).status()).isEqualTo(TaskStatus.FAILED);
    }

    @Test
    void aTaskThatWasToBeCancelledIsCancelledByTheRecovery() {
        Task running = running();
        cancel(running);
        clock.advance(Duration.ofSeconds(1));

        assertThat(crash(running)).containsExactly(taken(running, TaskStatus.CANCELLED));

        Task after = read(running.id());
        assertThat(after.error()).map(TaskError::kind).contains(TaskError.CRASH);
        assertStored(running.toBuilder()
                .status(TaskStatus.CANCELLED)
                .worker(null)
                .crashes(1)
                .error(after.error().orElseThrow())
                .updatedAt(now())
                .completedAt(now())
                .version(running.version() + 1)
                .build());
        assertThat(lastChange(running).worker()).isEqualTo(running.worker());
        assertThat(lastChange(running).error()).isEqualTo(after.error());
    }

    @Test
    void aCancelRequestBeatsEvenTheThirdCrash() {
        Task running = claim(worker(), crashed(create(), 2));
        cancel(running);

        assertThat(crash(running)).containsExactly(taken(running, TaskStatus.CANCELLED));
        assertThat(read(running.id()).crashes()).isEqualTo(3);
    }

    @Test
    void aClaimAroundADeathIsRecoveredInWhateverOrderTheyCome() {
        for (List<Step> order : EVERY_ORDER) {
            Task task = create();
            WorkerId worker = worker();

            int claimed = inOrder(
                    order,
                    worker,
                    () -> claims().claim(due(worker, 1).hinted(Set.of(task.id())))
                            .tasks()
                            .size());

            assertThat(claimed).as("claimed in %s", order).isEqualTo(isAliveAtClaim(order) ? 1 : 0);
            assertNobodys(task.id(), claimed);
        }
    }

    @Test
    void aTaskThatIsCreatedForAWorkerAroundItsDeathIsRecoveredInWhateverOrderTheyCome() {
        for (List<Step> order : EVERY_ORDER) {
            UUID id = UUID.randomUUID();
            WorkerId worker = worker();

            int claimed = inOrder(order, worker, () -> {
                Created created = tasks().create(draft(newTask().id(id)), worker);
                return created.how() == Created.How.CLAIMED ? 1 : 0;
            });

            assertThat(claimed).as("claimed in %s", order).isEqualTo(isAliveAtClaim(order) ? 1 : 0);
            assertNobodys(id, claimed);
        }
    }

    /** {@return how many tasks the claim got; a sweep is the last step in any case} */
    private int inOrder(List<Step> order, WorkerId worker, Supplier<Integer> claim) {
        int claimed = 0;
        for (Step step : order) {
            switch (step) {
                case CLAIM -> claimed += claim.get();
                case DIE -> kill(worker);
                case SWEEP -> claims().recover();
            }
        }
        claims().recover();
        return claimed;
    }

    private static boolean isAliveAtClaim(List<Step> order) {
        return order.indexOf(Step.CLAIM) < order.indexOf(Step.DIE);
    }

    /** Asserts that the task is PENDING again, and had so many runs, each of which crashed. */
    private void assertNobodys(UUID id, int runs) {
        Task task = read(id);
        assertThat(task.status()).isEqualTo(TaskStatus.PENDING);
        assertThat(task.worker()).isEmpty();
        assertThat(task.attempt()).isEqualTo(runs);
        assertThat(task.crashes()).isEqualTo(runs);
        assertThat(history(id).executions())
                .hasSize(runs)
                .allMatch(run -> run.endedAs().equals(Optional.of(TaskStatus.PENDING)));
    }
}
