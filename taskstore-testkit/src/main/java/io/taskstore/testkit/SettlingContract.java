package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskStatus;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the ends of runs make of their tasks, one by one and many together. */
abstract class SettlingContract extends RunContract {

    private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59.999999Z");

    SettlingContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void aCompletionEndsTheTaskWithItsResult() {
        Task running = eventful();

        assertSettled(
                completed(running),
                running,
                TaskStatus.COMPLETED,
                task -> task.result(RESULT).error(null).completedAt(now()));
    }

    @Test
    void aCompletionNeedsNoResult() {
        Task running = running();

        complete(running);

        assertThat(read(running.id()).status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(read(running.id()).result()).isEmpty();
    }

    @Test
    void aRetryCountsAFailureAndIsDueAfterTheDelay() {
        Task running = eventful();

        assertSettled(
                retried(running),
                running,
                TaskStatus.PENDING,
                task -> task.error(BROKEN).failures(running.failures() + 1).runAt(now().plus(DELAY)));
    }

    @Test
    void aSnoozeCountsNoFailureAndIsDueAfterTheDelay() {
        Task running = eventful();

        assertSettled(snoozed(running), running, TaskStatus.PENDING, task -> task.runAt(now().plus(DELAY)));
    }

    @Test
    void aFinalFailureEndsTheTaskWithItsError() {
        Task running = eventful();

        assertSettled(
                failed(running),
                running,
                TaskStatus.FAILED,
                task -> task.error(BROKEN).failures(running.failures() + 1).completedAt(now()));
    }

    @Test
    void aCancellationEndsTheTask() {
        Task running = eventful();

        assertSettled(cancelled(running), running, TaskStatus.CANCELLED, task -> task.completedAt(now()));
    }

    @Test
    void aReleaseCountsNoFailureAndIsDueAtOnce() {
        Task running = eventful();

        assertSettled(released(running), running, TaskStatus.PENDING, task -> task.runAt(null));
    }

    @Test
    void theHistoryTellsTheErrorOfARunThatFailed() {
        Task retried = running();
        Task failed = running();

        claims().settle(List.of(retried(retried), failed(failed)));

        assertThat(lastChange(retried)).isEqualTo(closing(retried, TaskStatus.PENDING, "", BROKEN));
        assertThat(lastChange(failed)).isEqualTo(closing(failed, TaskStatus.FAILED, "", BROKEN));
    }

    @Test
    void theHistoryTellsTheNoteOfARunThatWasGivenUp() {
        Task running = running();

        settle(cancelled(running));

        assertThat(lastChange(running)).isEqualTo(closing(running, TaskStatus.CANCELLED, NOTE, null));
    }

    @Test
    void theHistoryTellsTheNoteOfARunThatWasGivenBack() {
        Task running = running();

        settle(new Settlement.Released(Claim.of(running), Optional.of(RAN), NOTE));

        assertThat(lastChange(running)).isEqualTo(closing(running, TaskStatus.PENDING, NOTE, null));
    }

    @Test
    void theHistoryTellsHowLongTheHandlerRan() {
        Task completed = running();
        Task snoozed = running();
        clock.advance(Duration.ofSeconds(1));

        claims().settle(List.of(completed(completed), snoozed(snoozed)));

        assertThat(lastChange(completed)).isEqualTo(closing(completed, TaskStatus.COMPLETED, "", null));
        assertThat(lastChange(snoozed)).isEqualTo(closing(snoozed, TaskStatus.PENDING, "", null));
    }

    @Test
    void theHistoryTellsNoDurationOfARunThatNeverStarted() {
        Task running = running();

        settle(released(running));

        assertThat(lastChange(running).ran()).isEmpty();
    }

    @Test
    void aDelayEndsToTheMicrosecond() {
        Task retried = running();
        Task snoozed = running();
        clock.advance(Duration.ofNanos(1_234_567));

        settle(retried(retried, Duration.ofNanos(1_900)));
        settle(snoozed(snoozed, Duration.ofNanos(1_900)));

        Instant due = now().minusNanos(567).plusNanos(1_000);
        assertThat(read(retried.id()).runAt()).contains(due);
        assertThat(read(snoozed.id()).runAt()).contains(due);
    }

    @Test
    void withoutADelayATaskIsDueAtOnce() {
        Task retried = running();
        Task snoozed = running();

        settle(retried(retried, Duration.ZERO));
        settle(snoozed(snoozed, Duration.ZERO));

        assertThat(claim(worker(), 10)).hasSize(2);
    }

    @Test
    void aDelayBeyondTheYear9999EndsWithIt() {
        Duration rest = Duration.between(now(), END_OF_TIME);
        for (Duration delay : List.of(
                rest, rest.plusNanos(1_000), Duration.ofDays(365 * 9_000), Duration.ofSeconds(Long.MAX_VALUE))) {
            Task retried = running();
            Task snoozed = running();

            settle(retried(retried, delay));
            settle(snoozed(snoozed, delay));

            assertThat(read(retried.id()).runAt()).contains(END_OF_TIME);
            assertThat(read(snoozed.id()).runAt()).contains(END_OF_TIME);
        }
    }

    @Test
    void aDelayShortOfTheEndOfTheYear9999IsKept() {
        Instant last = END_OF_TIME.minusNanos(1_000);
        Task running = running();

        settle(retried(running, Duration.between(now(), last)));

        assertThat(read(running.id()).runAt()).contains(last);
    }

    @Test
    void failuresAddUpAndACompletionKeepsTheirNumber() {
        Task task = create();
        for (int i = 1; i <= 2; i++) {
            settle(retried(claim(worker(), task), Duration.ZERO));
            assertThat(read(task.id()).failures()).isEqualTo(i);
        }

        complete(claim(worker(), task));

        assertThat(read(task.id()).failures()).isEqualTo(2);
        assertThat(read(task.id()).error()).isEmpty();
    }

    @Test
    void aCompletionBeatsACancelRequest() {
        Task running = asked();

        assertSettled(
                completed(running),
                running,
                TaskStatus.COMPLETED,
                task -> task.result(RESULT).completedAt(now()));
    }

    @Test
    void aFinalFailureBeatsACancelRequest() {
        Task running = asked();

        assertSettled(
                failed(running),
                running,
                TaskStatus.FAILED,
                task -> task.error(BROKEN).failures(1).completedAt(now()));
    }

    @Test
    void aCancelRequestBeatsARetryWhoseFailureCounts() {
        Task running = asked();

        assertSettled(
                retried(running),
                running,
                TaskStatus.CANCELLED,
                task -> task.error(BROKEN).failures(1).completedAt(now()));
        assertThat(lastChange(running).error()).contains(BROKEN);
        assertThat(lastChange(running).ran()).contains(RAN);
    }

    @Test
    void aCancelRequestBeatsASnooze() {
        Task running = asked();

        assertSettled(snoozed(running), running, TaskStatus.CANCELLED, task -> task.completedAt(now()));
    }

    @Test
    void aCancelRequestBeatsARelease() {
        Task running = asked();

        assertSettled(released(running), running, TaskStatus.CANCELLED, task -> task.completedAt(now()));
    }

    @Test
    void aCancelRequestIsGrantedByACancellation() {
        Task running = asked();

        assertSettled(cancelled(running), running, TaskStatus.CANCELLED, task -> task.completedAt(now()));
        assertThat(lastChange(running).note()).contains(NOTE);
    }

    /** {@return a running task in which every value that a run may change has one} */
    private Task eventful() {
        Task task = create(newTask().runAt(now()).uniqueKey("key").maxFailures(5));
        crash(claim(worker(), task));
        settle(new Settlement.Retried(
                Claim.of(claim(worker(), task)),
                Optional.empty(),
                new TaskError("Earlier", ""),
                Duration.ofSeconds(1)));
        clock.advance(Duration.ofSeconds(1));
        Task running = claim(worker(), task);
        progress(running, HALF);
        return read(task.id());
    }

    /** {@return a running task that was asked to be cancelled} */
    private Task asked() {
        Task running = running(newTask().runAt(now()));
        cancel(running);
        return read(running.id());
    }

    /** Settles, and asserts that the task changed as every task does then, and in what is said besides, and nowhere else. */
    private void assertSettled(
            Settlement settlement, Task running, TaskStatus expected, UnaryOperator<Task.Builder> besides) {
        clock.advance(Duration.ofSeconds(1));

        assertThat(settle(settlement)).isEqualTo(became(running, expected));

        assertStored(besides.apply(running.toBuilder()
                        .status(expected)
                        .worker(null)
                        .cancelRequested(false)
                        .updatedAt(now())
                        .version(running.version() + 1))
                .build());
        assertThat(lastChange(running).to()).isEqualTo(expected);
    }

    private StatusChange closing(Task running, TaskStatus to, String note, @Nullable TaskError error) {
        return new StatusChange(
                3,
                Optional.of(TaskStatus.RUNNING),
                to,
                now(),
                running.worker(),
                1,
                Optional.of(note).filter(text -> !text.isEmpty()),
                Optional.ofNullable(error),
                Optional.of(RAN));
    }
}
