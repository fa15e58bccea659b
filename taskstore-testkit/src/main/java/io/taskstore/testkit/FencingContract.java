package io.taskstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settled;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a worker can still write that holds its claim no more: nothing. And what it is told whose answer was lost. */
abstract class FencingContract extends RunContract {

    FencingContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void anotherWorkerCannotSettle() {
        Task running = running();

        assertLost(new Claim(running.id(), worker(), running.attempt()));
    }

    @Test
    void anAttemptThatNeverWasCannotSettle() {
        Task running = running();

        assertLost(new Claim(running.id(), workerOf(running), 2));
    }

    @Test
    void anAttemptOfAnotherWorkerCannotBeSettledByTheOneThatHoldsTheTaskNow() {
        Task task = create();
        WorkerId one = worker();
        WorkerId other = worker();
        settle(released(claim(one, task)));
        settle(released(claim(other, task)));
        claim(one, task);

        assertLost(new Claim(task.id(), other, 1));
        assertLost(new Claim(task.id(), one, 2));
        assertLost(new Claim(task.id(), other, 3));
    }

    @Test
    void aTaskThatNobodyClaimedCannotBeSettled() {
        assertLost(new Claim(create().id(), worker(), 1));
    }

    @Test
    void aTaskThatTheHostDrivesCannotBeSettled() {
        assertLost(new Claim(drivenByTheHost().id(), worker(), 1));
    }

    @Test
    void aTaskThatTheHostEndedCannotBeSettled() {
        Task driven = drivenByTheHost();
        tasks().transition(driven.id(), driven.version(), TaskStatus.COMPLETED, null);

        assertLost(new Claim(driven.id(), worker(), 1));
    }

    @Test
    void aTaskThatEndedCannotBeSettledByAnother() {
        for (TaskStatus status : List.of(TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED)) {
            assertLost(new Claim(createIn(status).id(), worker(), 1));
        }
    }

    @Test
    void aSettlementOfATaskThatIsGoneIsLost() {
        Task ended = running();
        settle(failed(ended));
        tasks().delete(only(ended));
        Claim unknown = new Claim(UUID.randomUUID(), worker(), 1);

        assertThat(settle(failed(ended))).isEqualTo(lost(ended));
        assertThat(settle(completed(unknown)).isLost()).isTrue();
        assertThat(tasks().find(ended.id())).isEmpty();
    }

    @Test
    void aZombieCannotSettleAfterTheRecovery() {
        Task running = running();
        crash(running);

        assertLost(Claim.of(running));
    }

    @Test
    void aZombieCannotSettleWhatAnotherRuns() {
        Task running = running();
        crash(running);
        Task again = claim(worker(), running);
        progress(again, HALF);

        assertLost(Claim.of(running));
    }

    @Test
    void aZombieCannotSettleWhatAnotherEnded() {
        for (int end = 0; end < 6; end++) {
            Task running = running();
            crash(running);
            settle(everyEnd(Claim.of(claim(worker(), running))).get(end));

            assertLost(Claim.of(running));
        }
    }

    @Test
    void aZombieCannotSettleThePoisonThatItsDeathMadeOfTheTask() {
        Task third = claim(worker(), crashed(create(), 2));
        crash(third);

        assertLost(Claim.of(third));
    }

    @Test
    void aZombieCannotSettleWhatWasCancelledWhenItDied() {
        Task running = running();
        cancel(running);
        crash(running);

        assertLost(Claim.of(running));
        requeue(running);
        assertLost(Claim.of(running));
        complete(claim(worker(), running));
        assertLost(Claim.of(running));
    }

    @Test
    void aWorkerThatRetiredCannotChangeWhatItGaveBack() {
        Task running = running();
        claims().retire(workerOf(running));

        assertLost(Claim.of(running));
        progress(claim(worker(), running), HALF);
        assertLost(Claim.of(running));
    }

    @Test
    void aRepeatedSettlementAnswersWhatTheTaskBecameTheFirstTime() {
        for (int end = 0; end < 6; end++) {
            Task running = running();
            Settlement first = everyEnd(Claim.of(running)).get(end);
            TaskStatus became = settle(first).status().orElseThrow();
            clock.advance(Duration.ofSeconds(1));

            assertThat(became).isNotEqualTo(TaskStatus.RUNNING);
            assertAnswered(became, first);
        }
    }

    @Test
    void aRepeatedSettlementThatWasACancelAnswersSo() {
        Task running = running();
        cancel(running);
        settle(retried(running));

        assertAnswered(TaskStatus.CANCELLED, retried(running));
    }

    @Test
    void aRepeatedSettlementChangesNothingOfTheNextRun() {
        Task running = running();
        settle(released(running));
        progress(claim(worker(), running), HALF);

        assertAnswered(TaskStatus.PENDING, released(running));
    }

    @Test
    void aRepeatedSettlementChangesNothingOfTheNextRunByTheSameWorker() {
        Task first = running();
        settle(released(first));
        Task second = claim(workerOf(first), first);

        assertAnswered(TaskStatus.PENDING, released(first));
        assertThat(complete(second)).isEqualTo(became(second, TaskStatus.COMPLETED));
        assertAnswered(TaskStatus.PENDING, released(first));
        assertAnswered(TaskStatus.COMPLETED, completed(second));
    }

    @Test
    void aRepeatedSettlementAnswersTheSameAfterARequeueAndAnotherEnd() {
        Task running = running();
        settle(failed(running));

        requeue(running);
        assertAnswered(TaskStatus.FAILED, failed(running));
        Task again = claim(worker(), running);
        assertAnswered(TaskStatus.FAILED, failed(running));
        complete(again);
        assertAnswered(TaskStatus.FAILED, failed(running));
    }

    @Test
    void aRepeatedSettlementAnswersTheSameAfterTheNextRunCrashed() {
        Task running = running();
        settle(released(running));
        crashed(running, 1);

        assertAnswered(TaskStatus.PENDING, released(running));
    }

    @Test
    void aRepeatedSettlementAnswersTheSameAfterItsWorkerDied() {
        Task running = running();
        settle(released(running));
        kill(workerOf(running));
        claims().recover();

        assertAnswered(TaskStatus.PENDING, released(running));
    }

    @Test
    void anErrorThatTheWorkerItselfCallsACrashIsNoRecovery() {
        for (String kind : List.of(TaskError.CRASH, TaskError.POISON)) {
            Task running = running();
            TaskError error = new TaskError(kind, "so says the handler");

            settle(new Settlement.Failed(Claim.of(running), Optional.empty(), error));

            assertAnswered(TaskStatus.FAILED, failed(running));
        }
    }

    /** Asserts that the same kind of settlement is answered with the status, any other as lost, and none changes the task. */
    private void assertAnswered(TaskStatus status, Settlement first) {
        Claim claim = first.claim();
        List<Settled> answers = everyEnd(claim).stream()
                .map(end -> end.getClass() == first.getClass() ? Optional.of(status) : Optional.<TaskStatus>empty())
                .map(answer -> new Settled(claim, answer))
                .toList();
        assertUnchangedBy(
                read(claim.taskId()),
                () -> assertThat(claims().settle(everyEnd(claim))).isEqualTo(answers));
    }
}
