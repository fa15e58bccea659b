package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.crash.Contents.Change;
import io.taskstore.crash.Contents.Stored;
import io.taskstore.crash.Event.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A history in which all is well is told from those in which one thing each is not. */
final class CheckerTest {

    private static final UUID A = new UUID(0, 1);
    private static final UUID B = new UUID(0, 2);
    private static final String WORKER = "w1";
    private static final Duration BOUND = Duration.ofSeconds(1);
    private static final long MILLI = 1_000_000;

    private final List<Event> events = new ArrayList<>();
    private final Map<UUID, Stored> tasks = new HashMap<>();
    private final Map<UUID, List<Change>> history = new HashMap<>();
    private final Set<String> workers = new HashSet<>();
    private boolean robsPaused;
    private long now = 1_000 * MILLI;

    /** A task is done at once; another only after its process was killed. */
    private void allIsWell() {
        submit(A);
        run(A, 1, "p1");
        done(A, 1, "p1");
        stored(
                A,
                "COMPLETED",
                1,
                0,
                change(1, null, "PENDING", 0),
                running(2, 1),
                change(3, "RUNNING", "COMPLETED", 1));
        submit(B);
        happens(Kind.START, B, 1, "p1");
        happens(Kind.KILLED, Event.NOBODY, 0, "p1");
        Change crash = new Change(3, "RUNNING", "PENDING", 1, WORKER, "CRASH", null, now + 100 * MILLI);
        now += 200 * MILLI;
        run(B, 2, "p2");
        done(B, 2, "p2");
        stored(
                B,
                "COMPLETED",
                2,
                1,
                change(1, null, "PENDING", 0),
                running(2, 1),
                crash,
                running(4, 2),
                change(5, "RUNNING", "COMPLETED", 2));
    }

    private void happens(Kind kind, UUID task, int attempt, String process) {
        happens(kind, task, attempt, process, "");
    }

    private void happens(Kind kind, UUID task, int attempt, String process, String note) {
        now += MILLI;
        events.add(new Event(kind, task, attempt, process, now, note));
    }

    private void submit(UUID id) {
        happens(Kind.SUBMIT_TRY, id, 0, "p1");
        happens(Kind.SUBMIT_ACK, id, 0, "p1");
    }

    private void run(UUID id, int attempt, String process) {
        happens(Kind.START, id, attempt, process);
        happens(Kind.EFFECT, id, attempt, process);
        happens(Kind.END, id, attempt, process);
    }

    private void done(UUID id, int attempt, String process) {
        happens(Kind.DONE_TRY, id, attempt, process, "Completed");
        happens(Kind.DONE_ACK, id, attempt, process);
    }

    private Change change(int seq, String from, String to, int attempt) {
        String settledAs = "RUNNING".equals(from) ? "Completed" : null;
        return new Change(seq, from, to, attempt, WORKER, null, settledAs, now);
    }

    private Change running(int seq, int attempt) {
        return change(seq, "PENDING", "RUNNING", attempt);
    }

    private void stored(UUID id, String status, int attempt, int crashes, Change... changes) {
        String worker = status.equals("RUNNING") ? WORKER : null;
        tasks.put(id, new Stored(id, status, attempt, changes.length, crashes, worker, null));
        history.put(id, List.of(changes));
    }

    private void remove(Kind kind, UUID id) {
        events.removeIf(event -> event.kind() == kind && event.task().equals(id));
    }

    private Verdict verdict() {
        return Checker.check(events, new Contents(tasks, history, workers), new Checker.Promise(robsPaused, BOUND));
    }

    private void assertFound(int invariant, String what) {
        assertThat(verdict().violations())
                .anySatisfy(violation ->
                        assertThat(violation).startsWith("(" + invariant + ")").contains(what));
    }

    @Test
    void aCleanHistoryIsClean() {
        allIsWell();
        Verdict verdict = verdict();
        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.attempted()).containsExactlyInAnyOrder(A, B);
        assertThat(verdict.acknowledged()).containsExactlyInAnyOrder(A, B);
        assertThat(verdict.lost()).isEmpty();
        assertThat(verdict.unexpected()).isEmpty();
        assertThat(verdict.duplicated()).isEmpty();
        assertThat(verdict.recovered()).isEmpty();
        assertThat(verdict.kills()).isEqualTo(1);
        assertThat(verdict.hits()).isEqualTo(1);
        assertThat(verdict.taken()).containsExactly(Duration.ofMillis(100));
        assertThat(verdict.resumed()).containsExactly(Duration.ofMillis(201));
    }

    @Test
    void aSubmitThatWasNotAcknowledgedMayBeThereOrNot() {
        allIsWell();
        remove(Kind.SUBMIT_ACK, A);
        happens(Kind.SUBMIT_TRY, new UUID(0, 3), 0, "p1");
        assertThat(verdict().violations()).isEmpty();
        assertThat(verdict().recovered()).containsExactly(A);
    }

    @Test
    void workThatIsDoneTwiceIsNoViolation() {
        allIsWell();
        long death = now - 200 * MILLI;
        events.add(new Event(Kind.EFFECT, B, 1, "p1", death, ""));
        assertThat(verdict().duplicated()).containsExactly(B);
        assertThat(verdict().violations()).isEmpty();
    }

    @Test
    void anAcknowledgedTaskThatIsGoneIsFound() {
        allIsWell();
        tasks.remove(A);
        history.remove(A);
        assertFound(1, "is not there in the end");
        assertThat(verdict().lost()).containsExactly(A);
    }

    @Test
    void anAcknowledgedTaskThatNeverEndsIsFound() {
        submit(A);
        stored(A, "PENDING", 0, 0, change(1, null, "PENDING", 0));
        assertFound(1, "is PENDING in the end");
    }

    @Test
    void aTaskThatIsCompletedWithoutWorkIsFound() {
        allIsWell();
        remove(Kind.EFFECT, A);
        assertFound(1, "whose work was never done");
    }

    @Test
    void aTaskThatNobodySubmittedIsFound() {
        allIsWell();
        remove(Kind.SUBMIT_TRY, A);
        remove(Kind.SUBMIT_ACK, A);
        assertFound(2, "was never submitted");
        assertThat(verdict().unexpected()).containsExactly(A);
    }

    @Test
    void aTaskThatIsThereThoughItsSubmitWasRefusedIsFound() {
        allIsWell();
        remove(Kind.SUBMIT_ACK, A);
        happens(Kind.SUBMIT_REFUSED, A, 0, "p1");
        assertFound(2, "was refused, and is COMPLETED");
    }

    @Test
    void aSubmitThatWasRefusedIsNotMissed() {
        allIsWell();
        UUID refused = new UUID(0, 3);
        happens(Kind.SUBMIT_TRY, refused, 0, "p1");
        happens(Kind.SUBMIT_REFUSED, refused, 0, "p1");
        assertThat(verdict().violations()).isEmpty();
    }

    @Test
    void aStartAfterTheAcknowledgementIsFound() {
        allIsWell();
        happens(Kind.START, A, 2, "p2");
        assertFound(3, "was started in attempt 2");
    }

    @Test
    void twoAcknowledgementsAreFound() {
        allIsWell();
        done(A, 1, "p2");
        assertFound(4, "2 times");
    }

    @Test
    void anAcknowledgementOfWhatIsNotRecordedIsFound() {
        allIsWell();
        stored(A, "FAILED", 1, 0, change(1, null, "PENDING", 0), running(2, 1), change(3, "RUNNING", "FAILED", 1));
        assertFound(4, "is FAILED");
    }

    @Test
    void twoCompletionsAreFound() {
        allIsWell();
        stored(
                A,
                "COMPLETED",
                1,
                0,
                change(1, null, "PENDING", 0),
                running(2, 1),
                change(3, "RUNNING", "COMPLETED", 1),
                change(4, "COMPLETED", "COMPLETED", 1));
        assertFound(4, "was completed 2 times");
        assertFound(7, "moved from COMPLETED to COMPLETED");
    }

    @Test
    void aLateWriteThatIsTakenIsFound() {
        allIsWell();
        happens(Kind.LATE, B, 1, "p1", "settled: true, progress: false");
        assertFound(4, "took a late write");
    }

    @Test
    void aLateWriteThatIsLostIsNoViolation() {
        allIsWell();
        happens(Kind.LATE, B, 1, "p1", "lost");
        assertThat(verdict().violations()).isEmpty();
    }

    @Test
    void runsThatOverlapAreFoundWhereNobodyIsRobbed() {
        overlap();
        assertFound(5, "while attempt 1 ran");
    }

    @Test
    void runsThatOverlapAreFineWhereTheFirstWasTakenForDead() {
        robsPaused = true;
        overlap();
        assertThat(verdict().violations()).isEmpty();
    }

    private void overlap() {
        submit(A);
        happens(Kind.START, A, 1, "p1");
        run(A, 2, "p2");
        done(A, 2, "p2");
        happens(Kind.END, A, 1, "p1");
        happens(Kind.LOST, A, 1, "p1");
        stored(
                A,
                "COMPLETED",
                2,
                1,
                change(1, null, "PENDING", 0),
                running(2, 1),
                new Change(3, "RUNNING", "PENDING", 1, WORKER, "CRASH", null, now),
                running(4, 2),
                change(5, "RUNNING", "COMPLETED", 2));
    }

    @Test
    void aClaimThatIsSaidToBeLostThoughItsEndWasRecordedIsFound() {
        allIsWell();
        happens(Kind.LOST, A, 1, "p1", "Completed");
        assertFound(13, "was said to be lost in attempt 1, which nobody else had ended");
    }

    @Test
    void aClaimThatIsSaidToBeLostThoughNobodyEverTookItIsFound() {
        submit(A);
        happens(Kind.LOST, A, 1, "p1", "Completed");
        stored(A, "RUNNING", 1, 0, change(1, null, "PENDING", 0), running(2, 1));
        assertFound(13, "was said to be lost in attempt 1");
    }

    @Test
    void aClaimThatIsSaidToBeLostBeforeItsWorkerGivesItBackIsFound() {
        lostAndGivenBack(Kind.LOST, Kind.DONE_TRY);
        assertFound(13, "was said to be lost in attempt 1");
    }

    @Test
    void aClaimThatIsSaidToBeLostAfterItsWorkerGaveItBackIsNoViolation() {
        lostAndGivenBack(Kind.DONE_TRY, Kind.LOST);
        assertThat(verdict().violations()).isEmpty();
    }

    private void lostAndGivenBack(Kind... order) {
        submit(A);
        happens(Kind.START, A, 1, "p1");
        happens(Kind.END, A, 1, "p1");
        for (Kind kind : order) {
            happens(kind, A, 1, "p1", kind == Kind.LOST ? "Completed" : "Released");
        }
        run(A, 2, "p1");
        done(A, 2, "p1");
        stored(
                A,
                "COMPLETED",
                2,
                0,
                change(1, null, "PENDING", 0),
                running(2, 1),
                new Change(3, "RUNNING", "PENDING", 1, WORKER, null, "Released", now),
                running(4, 2),
                change(5, "RUNNING", "COMPLETED", 2));
    }

    @Test
    void aClaimThatIsSaidToBeLostLongBeforeItIsTakenIsFound() {
        allIsWell();
        happens(Kind.LOST, B, 1, "p1", "Completed");
        assertThat(verdict().violations()).isEmpty();
        taken(B, now + BOUND.toNanos());
        assertFound(13, "was said to be lost in attempt 1");
    }

    @Test
    void aRunThatItsWorkerLetsGoOfMayBeTakenLater() {
        allIsWell();
        happens(Kind.LOST, B, 1, "p1");
        taken(B, now + BOUND.toNanos() / 2);
        assertThat(verdict().violations()).isEmpty();
    }

    private void taken(UUID id, long when) {
        List<Change> changes = new ArrayList<>(history.get(id));
        changes.set(2, new Change(3, "RUNNING", "PENDING", 1, WORKER, "CRASH", null, when));
        history.put(id, changes);
    }

    @Test
    void anAttemptThatStartsTwiceIsFound() {
        allIsWell();
        events.add(new Event(Kind.START, A, 1, "p2", 0, ""));
        assertFound(5, "was started twice in attempt 1");
    }

    @Test
    void aRunThatNobodyCaresForIsFound() {
        allIsWell();
        stored(B, "RUNNING", 1, 0, change(1, null, "PENDING", 0), running(2, 1));
        workers.add(WORKER);
        assertFound(6, "nobody cared");
    }

    @Test
    void aRecoveryThatTakesTooLongIsFound() {
        allIsWell();
        taken(B, now + BOUND.toNanos());
        assertFound(6, "was taken from its dead process after");
    }

    @Test
    void aRecoveredTaskThatNeverRunsAgainIsFound() {
        allIsWell();
        remove(Kind.DONE_ACK, B);
        events.removeIf(event -> event.isOf(B, 2));
        stored(
                B,
                "PENDING",
                1,
                1,
                change(1, null, "PENDING", 0),
                running(2, 1),
                new Change(3, "RUNNING", "PENDING", 1, WORKER, "CRASH", null, now));
        assertFound(6, "never started again");
    }

    @Test
    void aCrashThatIsNotCountedIsFound() {
        allIsWell();
        Stored counted = tasks.get(B);
        tasks.put(B, new Stored(B, counted.status(), counted.attempt(), counted.seq(), 0, null, null));
        assertFound(6, "of which it counts 0");
    }

    @Test
    void aTaskThatIsPoisonAfterItsThirdCrashIsNoViolation() {
        poison(3);
        assertThat(verdict().violations()).isEmpty();
    }

    @Test
    void aTaskThatIsPoisonTooEarlyIsFound() {
        poison(2);
        assertFound(6, "is FAILED after 2 crashes");
    }

    @Test
    void aTaskThatIsPoisonTooLateIsFound() {
        poison(3);
        Stored known = tasks.get(A);
        tasks.put(A, new Stored(A, "FAILED", known.attempt(), known.seq(), 3, null, "CRASH"));
        assertFound(6, "is FAILED after 3 crashes");
    }

    private void poison(int crashes) {
        submit(A);
        List<Change> changes = new ArrayList<>(List.of(change(1, null, "PENDING", 0)));
        for (int attempt = 1; attempt <= crashes; attempt++) {
            String process = "p" + attempt;
            happens(Kind.START, A, attempt, process);
            happens(Kind.KILLED, Event.NOBODY, 0, process);
            boolean last = attempt == crashes;
            changes.add(running(changes.size() + 1, attempt));
            changes.add(new Change(
                    changes.size() + 1,
                    "RUNNING",
                    last ? "FAILED" : "PENDING",
                    attempt,
                    WORKER,
                    last ? "POISON" : "CRASH",
                    null,
                    now));
        }
        tasks.put(A, new Stored(A, "FAILED", crashes, changes.size(), crashes, null, "POISON"));
        history.put(A, changes);
    }

    @Test
    void aGapInTheHistoryIsFound() {
        allIsWell();
        stored(
                A,
                "COMPLETED",
                1,
                0,
                change(1, null, "PENDING", 0),
                running(3, 1),
                change(4, "RUNNING", "COMPLETED", 1));
        assertFound(7, "has a change 3 where 2 should be");
    }

    @Test
    void anIllegalMoveIsFound() {
        allIsWell();
        stored(A, "COMPLETED", 0, 0, change(1, null, "PENDING", 0), change(2, "PENDING", "COMPLETED", 0));
        assertFound(7, "moved from PENDING to COMPLETED");
    }

    @Test
    void aTaskThatIsNotWhatItsHistorySaysIsFound() {
        allIsWell();
        Stored known = tasks.get(A);
        tasks.put(A, new Stored(A, "CANCELLED", known.attempt(), known.seq(), 0, null, null));
        assertFound(7, "its last change says COMPLETED");
    }

    @Test
    void anAttemptThatWasSkippedIsFound() {
        allIsWell();
        stored(
                A,
                "COMPLETED",
                2,
                0,
                change(1, null, "PENDING", 0),
                running(2, 2),
                change(3, "RUNNING", "COMPLETED", 2));
        assertFound(7, "has attempt 2 in its change 2 after 1 claims");
    }

    @Test
    void aHistoryWithoutItsTaskIsFound() {
        allIsWell();
        history.put(new UUID(0, 9), List.of(change(1, null, "PENDING", 0)));
        assertFound(7, "has a history, and is not there");
    }

    @Test
    void whatTheGuardsRefusedIsFound() {
        allIsWell();
        happens(Kind.TROUBLE, Event.NOBODY, 0, "p1", Database.REFUSED + ": an illegal move");
        assertFound(7, "an illegal move");
    }

    @Test
    void aRunOfADeadWorkerIsFound() {
        submit(A);
        stored(A, "RUNNING", 1, 0, change(1, null, "PENDING", 0), running(2, 1));
        assertFound(9, "by a worker that is dead");
        workers.add(WORKER);
        assertThat(verdict().violations()).noneMatch(violation -> violation.startsWith("(9)"));
    }
}
