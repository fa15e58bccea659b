package io.taskstore.testkit;

import static io.taskstore.TaskStatus.COMPLETED;
import static io.taskstore.TaskStatus.FAILED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static io.taskstore.testkit.Fixtures.OTHER_WORK;
import static io.taskstore.testkit.Fixtures.WORK;
import static io.taskstore.testkit.TaskStoreAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.taskstore.Slots;
import io.taskstore.StatusHistory;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settlement;
import io.taskstore.testkit.Fixtures.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Each assertion holds where it should, and fails with a message that helps where it should not. */
final class TaskStoreAssertionsTest {

    private static final Instant DUE = Instant.parse("2026-01-15T09:00:30Z");

    private final ManualClock clock = ManualClock.create();
    private final ReferenceStorage storage = new ReferenceStorage(clock, new CountingIds());
    private final WorkerId worker =
            storage.claims().register(new WorkerProfile("a worker", Set.of(WORK.name()), Set.of()));
    private final Task pending = storage.tasks()
            .create(
                    Fixtures.draft(Fixtures.newTask()
                            .id(CountingIds.number(77))
                            .title("a title")
                            .queue("mail")
                            .priority(3)
                            .note("signed up")),
                    null)
            .task();

    private Task claim() {
        return storage.claims()
                .claim(ClaimRequest.due(worker, Set.of(WORK.name()), Slots.of(1)))
                .tasks()
                .get(0);
    }

    private Task read() {
        return storage.tasks().find(pending.id()).orElseThrow();
    }

    private StatusHistory history() {
        return storage.tasks().history(pending.id()).orElseThrow();
    }

    private Task retried() {
        TaskError error = new TaskError("Broken", "it broke");
        storage.claims()
                .settle(List.of(
                        new Settlement.Retried(Claim.of(claim()), Optional.empty(), error, Duration.ofSeconds(30))));
        return read();
    }

    private Task completed() {
        storage.claims()
                .settle(List.of(new Settlement.Completed(
                        Claim.of(claim()), Optional.empty(), Optional.of("{\"name\":\"done\",\"number\":2}"))));
        return read();
    }

    private static void assertFails(ThrowingCallable assertion, String... parts) {
        assertThatCode(assertion).isInstanceOf(AssertionError.class).message().contains(parts);
    }

    @Test
    void aPendingTask() {
        assertThat(pending)
                .hasStatus(PENDING)
                .hasNotEnded()
                .hasType(WORK)
                .hasQueue("mail")
                .hasPriority(3)
                .hasTitle("a title")
                .hasAttempt(0)
                .hasFailures(0)
                .hasCrashes(0)
                .hasVersion(1)
                .hasPayload(new Work("some work", 1))
                .hasNoResult()
                .hasNoError()
                .isHeldByNoWorker()
                .isDueAtOnce();
    }

    @Test
    void aRunningTask() {
        assertThat(claim()).hasStatus(RUNNING).hasNotEnded().isHeldBy(worker).hasAttempt(1);
    }

    @Test
    void aTaskThatIsTriedAgain() {
        assertThat(retried())
                .hasStatus(PENDING)
                .hasFailures(1)
                .hasErrorOfKind("Broken")
                .isDueAt(DUE);
    }

    @Test
    void aCompletedTask() {
        assertThat(completed()).hasStatus(COMPLETED).hasEnded().hasResult(new Work("done", 2));
    }

    @Test
    void eachAssertionOnATaskCanFail() {
        String place = "in Task[id=" + pending.id();
        assertFails(() -> assertThat(pending).hasStatus(RUNNING), "status RUNNING", "it has PENDING", place);
        assertFails(
                () -> assertThat(pending).hasEnded(), "status COMPLETED, FAILED or CANCELLED", "it is PENDING", place);
        assertFails(() -> assertThat(pending).hasType(OTHER_WORK), "type other-work", "it has work", place);
        assertFails(() -> assertThat(pending).hasQueue("other"), "queue other", "it has mail", place);
        assertFails(() -> assertThat(pending).hasPriority(4), "priority 4", "it has 3", place);
        assertFails(() -> assertThat(pending).hasTitle("other"), "title other", "it has a title", place);
        assertFails(() -> assertThat(pending).hasAttempt(1), "attempt 1", "it has 0", place);
        assertFails(() -> assertThat(pending).hasFailures(1), "failures 1", "it has 0", place);
        assertFails(() -> assertThat(pending).hasCrashes(1), "crashes 1", "it has 0", place);
        assertFails(() -> assertThat(pending).hasVersion(2), "version 2", "it has 1", place);
        assertFails(() -> assertThat(pending).hasPayload("other"), "payload \"other\"", "some work", place);
        assertFails(() -> assertThat(pending).hasResult("other"), "result \"other\"", "it has none", place);
        assertFails(() -> assertThat(pending).hasErrorOfKind("Broken"), "error of kind Broken", "it has none", place);
        assertFails(() -> assertThat(pending).isHeldBy(worker), "worker " + worker, "it has none", place);
        assertFails(() -> assertThat(pending).isDueAt(DUE), "time to run at " + DUE, "it has none", place);

        Task retried = retried();
        assertFails(() -> assertThat(retried).hasNoError(), "error none", "it has Broken: it broke");
        assertFails(() -> assertThat(retried).isDueAtOnce(), "time to run at none", "it has " + DUE);
        clock.advance(Duration.ofMinutes(1));
        Task running = claim();
        assertFails(() -> assertThat(running).isHeldByNoWorker(), "worker none", "it has " + worker);
        assertFails(
                () -> assertThat(running).isHeldBy(new WorkerId(new UUID(1, 1))),
                "worker " + new UUID(1, 1),
                "it has " + worker);
        storage.claims()
                .settle(List.of(new Settlement.Completed(Claim.of(running), Optional.empty(), Optional.of("3"))));
        assertFails(() -> assertThat(read()).hasNotEnded(), "WAITING, PENDING or RUNNING", "it is COMPLETED");
        assertFails(() -> assertThat(read()).hasNoResult(), "result none", "it has 3");
        assertFails(() -> assertThat((Task) null).hasStatus(PENDING), "not to be null");
    }

    @Test
    void aMessageTellsWhereTheTaskStandsAndWhatTheTestSaysOfIt() {
        Task retried = retried();

        assertFails(
                () -> assertThat(retried).as("after %s of the runs", "100 %").hasAttempt(2),
                "after 100 % of the runs",
                "failures=1, crashes=0, runAt=" + DUE,
                "error=Broken: it broke");
        assertFails(() -> assertThat(claimLater()).hasStatus(PENDING), "worker=" + worker);
    }

    private Task claimLater() {
        clock.advance(Duration.ofMinutes(1));
        return claim();
    }

    @Test
    void aMessageShowsTheTimelineOfATaskWithItsHistory() {
        Task retried = retried();

        assertFails(
                () -> assertThat(retried).withHistory(history()).hasAttempt(2),
                "is PENDING after 1 run",
                "→  RUNNING",
                "signed up");
    }

    @Test
    void aHistory() {
        retried();
        assertThat(history())
                .wentThrough(PENDING, RUNNING, PENDING)
                .endsWith(PENDING)
                .hasRuns(1)
                .hasNote("signed up")
                .hasErrorOfKind("Broken");
    }

    @Test
    void aHistoryWithoutErrors() {
        completed();
        assertThat(history()).wentThrough(PENDING, RUNNING, COMPLETED).hasNoErrors();
    }

    @Test
    void eachAssertionOnAHistoryCanFailAndShowsTheTimeline() {
        retried();
        StatusHistory history = history();
        String timeline = history.toString();
        assertFails(
                () -> assertThat(history).wentThrough(PENDING, RUNNING, COMPLETED),
                "statuses [PENDING, RUNNING, COMPLETED]",
                "it has [PENDING, RUNNING, PENDING]",
                timeline);
        assertFails(() -> assertThat(history).wentThrough(PENDING, RUNNING), "[PENDING, RUNNING, PENDING]", timeline);
        assertFails(() -> assertThat(history).endsWith(FAILED), "last status FAILED", "it has PENDING", timeline);
        assertFails(() -> assertThat(history).hasRuns(2), "number of runs 2", "it has 1", timeline);
        assertFails(() -> assertThat(history).hasNote("other"), "note \"other\"", "it has [signed up]", timeline);
        assertFails(() -> assertThat(history).hasErrorOfKind("Other"), "error of kind \"Other\"", "[Broken]", timeline);
        assertFails(() -> assertThat(history).hasNoErrors(), "errors []", "[Broken: it broke]", timeline);
        assertFails(() -> assertThat((StatusHistory) null).hasRuns(1), "not to be null");
    }

    @Test
    void theyStandBesideTheAssertionsOfAssertJ() {
        assertThat(List.of(1)).hasSize(1);
        assertThat("text").isNotEmpty();
        assertThat(pending.queue()).isEqualTo("mail");
        assertThat(history()).isNotNull();
    }
}
