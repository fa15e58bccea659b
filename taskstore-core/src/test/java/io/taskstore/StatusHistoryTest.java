package io.taskstore;

import static io.taskstore.Samples.ID;
import static io.taskstore.Samples.NINE;
import static io.taskstore.Samples.WORKER;
import static io.taskstore.Samples.by;
import static io.taskstore.Samples.ran;
import static io.taskstore.Samples.submitted;
import static io.taskstore.Samples.then;
import static io.taskstore.TaskStatus.CANCELLED;
import static io.taskstore.TaskStatus.COMPLETED;
import static io.taskstore.TaskStatus.FAILED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static io.taskstore.TaskStatus.WAITING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class StatusHistoryTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final StatusChange submitted = submitted();
    private final StatusChange claimed = by(then(submitted, RUNNING, MINUTE), WORKER);

    @Test
    void aTaskThatNeverRanHasNoExecutions() {
        StatusHistory history = history(submitted);

        assertThat(history.executions()).isEmpty();
        assertThat(history.current()).isEqualTo(PENDING);
        assertThat(history.runTime(NINE.plus(MINUTE))).isZero();
    }

    @Test
    void anExecutionIsThePairOfChangesThatOpensAndClosesARun() {
        StatusChange retried = by(then(claimed, PENDING, MINUTE), WORKER);
        StatusChange again = by(then(retried, RUNNING, MINUTE), WORKER);
        StatusChange completed = by(then(again, COMPLETED, MINUTE), WORKER);
        StatusHistory history = history(submitted, claimed, retried, again, completed);

        assertThat(history.executions())
                .containsExactly(
                        new Execution(ID, claimed, Optional.of(retried)),
                        new Execution(ID, again, Optional.of(completed)));
        assertThat(history.last()).isEqualTo(completed);
        assertThat(history.current()).isEqualTo(COMPLETED);
        assertThat(history.taskId()).isEqualTo(ID);
    }

    @Test
    void aRunThatGoesOnIsAnOpenExecution() {
        Execution open = history(submitted, claimed).executions().get(0);

        assertThat(open.closed()).isEmpty();
        assertThat(open.duration()).isEmpty();
        assertThat(history(submitted, claimed).runTime(claimed.at().plusSeconds(5)))
                .isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void aRunThatTheHostDrivesIsAnExecutionWithoutAWorker() {
        StatusChange started = then(submitted, RUNNING, MINUTE);
        StatusHistory history = history(submitted, started, then(started, COMPLETED, MINUTE));

        assertThat(history.executions()).singleElement().satisfies(run -> {
            assertThat(run.worker()).isEmpty();
            assertThat(run.attempt()).isEqualTo(1);
            assertThat(run.duration()).contains(MINUTE);
        });
    }

    @Test
    void theTimeInTheHandlerIsPreferredOverTheTimeBetweenTheChanges() {
        StatusChange retried = ran(then(claimed, PENDING, MINUTE), Duration.ofSeconds(7));
        StatusChange again = then(retried, RUNNING, MINUTE);
        StatusHistory history = history(submitted, claimed, retried, again, then(again, FAILED, MINUTE));

        assertThat(history.runTime(Instant.MAX)).isEqualTo(MINUTE.plusSeconds(7));
    }

    @Test
    void timeIsSummedUpForEachStatusAndEndsNowForTheCurrentOne() {
        StatusChange waiting = new StatusChange(
                1,
                Optional.empty(),
                WAITING,
                NINE,
                Optional.empty(),
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        StatusChange pending = then(waiting, PENDING, Duration.ofMinutes(1));
        StatusChange running = then(pending, RUNNING, Duration.ofMinutes(2));
        StatusChange retried = then(running, PENDING, Duration.ofMinutes(4));
        StatusHistory history = history(waiting, pending, running, retried);
        Instant now = retried.at().plus(Duration.ofMinutes(8));

        assertThat(history.timeInEachStatus(now))
                .containsOnlyKeys(WAITING, PENDING, RUNNING)
                .containsEntry(WAITING, Duration.ofMinutes(1))
                .containsEntry(PENDING, Duration.ofMinutes(2 + 8))
                .containsEntry(RUNNING, Duration.ofMinutes(4));
        assertThat(history.waitTime(now)).isEqualTo(Duration.ofMinutes(1 + 2 + 8));
    }

    @Test
    void aTerminalStatusTakesNoTimeEvenIfTheTaskIsRequeuedLater() {
        StatusChange cancelled = then(submitted, CANCELLED, MINUTE);
        StatusChange requeued = then(cancelled, PENDING, Duration.ofDays(7));
        StatusHistory history = history(submitted, cancelled, requeued);
        Instant now = requeued.at().plus(MINUTE);

        assertThat(history.timeInEachStatus(now))
                .containsEntry(CANCELLED, Duration.ZERO)
                .containsEntry(PENDING, MINUTE.multipliedBy(2));
        assertThat(history.waitTime(now)).isEqualTo(MINUTE.multipliedBy(2));
    }

    @Test
    void aClockThatWasSetBackMakesNoTimeRunBackwards() {
        StatusChange early = then(submitted, RUNNING, MINUTE.negated());
        StatusHistory open = history(submitted, early);
        StatusHistory closed = history(submitted, early, then(early, COMPLETED, MINUTE.negated()));

        assertThat(closed.timeInEachStatus(NINE))
                .allSatisfy((status, time) -> assertThat(time).as(status.name()).isZero());
        assertThat(closed.waitTime(NINE)).isZero();
        assertThat(closed.runTime(NINE)).isZero();
        assertThat(open.runTime(early.at().minus(MINUTE))).isZero();
    }

    @Test
    void aHistoryWithoutChangesIsRefused() {
        refused(List.of(), "StatusHistory.changes must be at least one change, but was []");
    }

    @Test
    void aHistoryWithAGapIsRefused() {
        StatusChange completed = then(claimed, COMPLETED, MINUTE);

        refused(List.of(claimed), "StatusHistory.changes[0] must be change 1 from nothing, but was \"change ");
        refused(
                List.of(submitted, completed),
                "StatusHistory.changes[1] must be change 2 from PENDING, but was \"change ");
    }

    @Test
    void aHistoryWhoseNumbersSkipOneIsRefusedThoughItsStatusesFit() {
        StatusChange third = new StatusChange(
                3,
                Optional.of(PENDING),
                CANCELLED,
                NINE,
                Optional.empty(),
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());

        refused(List.of(submitted, third), "StatusHistory.changes[1] must be change 2 from PENDING, but was \"change ");
    }

    @Test
    void aHistoryThatRepeatsAChangeOrContradictsItselfIsRefused() {
        StatusChange fromElsewhere = new StatusChange(
                3,
                Optional.of(PENDING),
                CANCELLED,
                NINE,
                Optional.empty(),
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());

        refused(List.of(submitted, submitted), "StatusHistory.changes[1] must be change 2 from PENDING");
        refused(
                List.of(submitted, claimed, fromElsewhere),
                "StatusHistory.changes[2] must be change 3 from RUNNING, but was \"change ");
    }

    @Test
    void aRunThatEndsInAnotherAttemptThanItBeganInIsRefused() {
        StatusChange ofAnotherRun = new StatusChange(
                3,
                Optional.of(RUNNING),
                COMPLETED,
                NINE,
                Optional.of(WORKER),
                2,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());

        refused(
                List.of(submitted, claimed, ofAnotherRun),
                "Execution.closed must be a change from RUNNING of attempt 1");
    }

    @Test
    void whoChangesTheListDoesNotChangeTheHistory() {
        List<StatusChange> changes = new ArrayList<>(List.of(submitted, claimed));
        StatusHistory history = StatusHistory.of(ID, changes);

        changes.remove(1);

        assertThat(history.changes()).containsExactly(submitted, claimed);
    }

    @Test
    void historiesOfTheSameTaskWithTheSameChangesAreEqual() {
        assertThat(history(submitted))
                .isEqualTo(history(submitted()))
                .hasSameHashCodeAs(history(submitted()))
                .isNotEqualTo(history(submitted, claimed))
                .isNotEqualTo(StatusHistory.of(Samples.OTHER_ID, List.of(submitted)));
    }

    private static StatusHistory history(StatusChange... changes) {
        return StatusHistory.of(ID, List.of(changes));
    }

    private static void refused(List<StatusChange> changes, String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> StatusHistory.of(ID, changes))
                .withMessageStartingWith(message);
    }
}
