package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.NewWorkflow.Requires;
import io.taskstore.TaskIds;
import io.taskstore.crash.Contents.Change;
import io.taskstore.crash.Contents.Stored;
import io.taskstore.crash.Event.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A workflow that went as it should is told from those in which one thing each did not. */
final class WorkflowCheckerTest {

    private static final UUID FLOW = new UUID(1, 0);
    private static final UUID GOOD = new UUID(0, 1);
    private static final UUID AFTER_GOOD = new UUID(0, 2);
    private static final UUID BAD = new UUID(0, 3);
    private static final UUID AFTER_BAD = new UUID(0, 4);
    private static final UUID CLEAN = new UUID(0, 5);
    private static final long MILLI = 1_000_000;

    private final List<Event> events = new ArrayList<>();
    private final Map<UUID, Stored> tasks = new LinkedHashMap<>();
    private final Map<UUID, List<Change>> history = new HashMap<>();
    private long now = 1_000 * MILLI;

    /** One completes, and then what depends on it; one fails, what depends on it is cancelled, and what only waits runs. */
    private void allIsWell() {
        submitAll();
        ran(GOOD, "PENDING", "COMPLETED");
        ran(AFTER_GOOD, "WAITING", "COMPLETED");
        now += 500 * MILLI;
        ran(BAD, "PENDING", "FAILED");
        stored(AFTER_BAD, "CANCELLED", 0, change(1, null, "WAITING", 0), change(2, "WAITING", "CANCELLED", 0));
        ran(CLEAN, "WAITING", "COMPLETED");
    }

    private void submitAll() {
        submit(GOOD, Map.of());
        submit(AFTER_GOOD, Map.of(GOOD, Requires.COMPLETED));
        submit(BAD, Map.of());
        submit(AFTER_BAD, Map.of(BAD, Requires.COMPLETED));
        submit(CLEAN, Map.of(AFTER_BAD, Requires.ENDED, GOOD, Requires.COMPLETED));
    }

    private void submit(UUID id, Map<UUID, Requires> requires) {
        happens(Kind.SUBMIT_TRY, id, 0, new Place(FLOW, requires).note());
        happens(Kind.SUBMIT_ACK, id, 0, "");
    }

    private void ran(UUID id, String first, String last) {
        happens(Kind.START, id, 1, "");
        happens(Kind.EFFECT, id, 1, "");
        happens(Kind.END, id, 1, "");
        happens(Kind.DONE_TRY, id, 1, "");
        happens(last.equals("COMPLETED") ? Kind.DONE_ACK : Kind.ENDED, id, 1, last);
        List<Change> changes = new ArrayList<>();
        changes.add(change(1, null, first, 0));
        if (first.equals("WAITING")) {
            changes.add(change(2, "WAITING", "PENDING", 0));
        }
        changes.add(change(changes.size() + 1, "PENDING", "RUNNING", 1));
        changes.add(change(changes.size() + 1, "RUNNING", last, 1));
        stored(id, last, 1, changes.toArray(new Change[0]));
    }

    private void happens(Kind kind, UUID task, int attempt, String note) {
        now += MILLI;
        events.add(new Event(kind, task, attempt, "p1", now, note));
    }

    private Change change(int seq, String from, String to, int attempt) {
        return new Change(seq, from, to, attempt, "w1", null, null, now);
    }

    private void stored(UUID id, String status, int attempt, Change... changes) {
        tasks.put(id, new Stored(id, status, attempt, changes.length, 0, null, null));
        history.put(id, List.of(changes));
    }

    /** Moves the start of a task to the moment before the first event of this kind of another. */
    private void startBefore(UUID id, Kind kind, UUID other) {
        Event start = find(Kind.START, id);
        long moment = find(kind, other).nanos() - 1;
        events.remove(start);
        events.add(new Event(Kind.START, id, 1, "p1", moment, ""));
    }

    private Event find(Kind kind, UUID id) {
        return events.stream()
                .filter(event -> event.kind() == kind && event.task().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private List<String> violations() {
        Contents contents = new Contents(tasks, history, Set.of());
        return Checker.check(events, contents, new Checker.Promise(false, Duration.ofSeconds(1)))
                .violations();
    }

    private void assertFound(int invariant, UUID id, String what) {
        assertThat(violations())
                .anySatisfy(violation -> assertThat(violation)
                        .startsWith("(" + invariant + ") task " + id)
                        .contains(what));
    }

    @Test
    void aWorkflowThatWentAsItShouldIsClean() {
        allIsWell();
        assertThat(violations()).isEmpty();
    }

    @Test
    void aWorkflowThatWasNotStoredIsNoViolation() {
        submitAll();
        events.removeIf(event -> event.kind() == Kind.SUBMIT_ACK);
        assertThat(violations()).isEmpty();
    }

    @Test
    void aTaskThatWaitsForEverIsFound() {
        allIsWell();
        events.removeIf(event -> event.isOf(CLEAN, 1));
        stored(CLEAN, "WAITING", 0, change(1, null, "WAITING", 0));
        assertFound(1, CLEAN, "is WAITING in the end");
    }

    @Test
    void aStartBeforeTheEndOfWhatItRequiresIsFound() {
        allIsWell();
        startBefore(AFTER_GOOD, Kind.DONE_TRY, GOOD);
        assertFound(10, AFTER_GOOD, "was started in attempt 1 before " + GOOD + " was COMPLETED");
    }

    @Test
    void aStartBeforeTheAnswerToTheOtherEndIsNoViolation() {
        allIsWell();
        startBefore(AFTER_GOOD, Kind.DONE_ACK, GOOD);
        assertThat(violations()).isEmpty();
    }

    @Test
    void aStartBeforeAnotherWasCancelledIsFound() {
        allIsWell();
        startBefore(CLEAN, Kind.START, AFTER_GOOD);
        assertFound(10, CLEAN, "before " + AFTER_BAD + " was ENDED");
    }

    @Test
    void aStartALittleBeforeAnotherWasCancelledMayBeDueToTheClocks() {
        allIsWell();
        Event start = find(Kind.START, CLEAN);
        long cancelled = history.get(AFTER_BAD).get(1).nanos();
        events.remove(start);
        events.add(new Event(Kind.START, CLEAN, 1, "p1", cancelled - 100 * MILLI, ""));
        assertThat(violations()).isEmpty();
    }

    @Test
    void aLaterStartBeforeTheEndOfWhatItRequiresIsFoundToo() {
        allIsWell();
        long end = find(Kind.DONE_TRY, GOOD).nanos();
        events.add(new Event(Kind.START, AFTER_GOOD, 2, "p1", end - 1, ""));
        assertFound(10, AFTER_GOOD, "was started in attempt 2 before " + GOOD);
    }

    @Test
    void theEndOfAnAttemptThatWasLostSatisfiesNothing() {
        allIsWell();
        startBefore(AFTER_GOOD, Kind.DONE_TRY, GOOD);
        long lost = find(Kind.START, AFTER_GOOD).nanos() - MILLI;
        events.add(0, new Event(Kind.DONE_TRY, GOOD, 7, "p1", lost, ""));
        assertFound(10, AFTER_GOOD, "was started in attempt 1 before " + GOOD);
    }

    @Test
    void whatRunsHasNotFailedYet() {
        submitAll();
        stored(BAD, "RUNNING", 1, change(1, null, "PENDING", 0), change(2, "PENDING", "RUNNING", 1));
        stored(AFTER_BAD, "WAITING", 0, change(1, null, "WAITING", 0));
        assertThat(violations()).noneMatch(violation -> violation.startsWith("(11)"));
    }

    @Test
    void aStartAfterAFailureIsFound() {
        allIsWell();
        ran(AFTER_BAD, "WAITING", "COMPLETED");
        assertFound(10, AFTER_BAD, "before " + BAD + " was COMPLETED");
    }

    @Test
    void aTaskThatGoesOnAfterAFailureIsFound() {
        allIsWell();
        ran(AFTER_BAD, "WAITING", "COMPLETED");
        assertFound(11, AFTER_BAD, "is COMPLETED, though it requires " + BAD);
    }

    @Test
    void aTaskThatIsCancelledForNoReasonIsFound() {
        allIsWell();
        events.removeIf(event -> event.isOf(AFTER_GOOD, 1));
        stored(AFTER_GOOD, "CANCELLED", 0, change(1, null, "WAITING", 0), change(2, "WAITING", "CANCELLED", 0));
        assertFound(11, AFTER_GOOD, "nothing that it requires has failed");
    }

    @Test
    void aWorkflowThatIsThereInPartIsFound() {
        allIsWell();
        events.removeIf(event -> event.isOf(CLEAN, 1) || event.kind() == Kind.SUBMIT_ACK);
        tasks.remove(CLEAN);
        history.remove(CLEAN);
        assertFound(12, CLEAN, "is not there, though others of its workflow are");
    }

    @Test
    void aPlaceIsReadAsItWasWritten() {
        Place place = new Place(FLOW, Map.of(GOOD, Requires.COMPLETED, BAD, Requires.ENDED));
        assertThat(Place.of(place.note())).contains(place);
        assertThat(Place.of("")).isEmpty();
    }

    @Test
    void requestsAreOfAllShapesAndOfTasksOfTheirOwnMostOfAll() {
        Random random = new Random(1);
        Map<String, Integer> names = new HashMap<>();
        for (int i = 0; i < 500; i++) {
            Request request = Request.some(random, TaskIds.standard());
            names.merge(request.workflow().name(), 1, Integer::sum);
            assertThat(request.runs()).isBetween(1, request.size());
        }
        assertThat(names).containsOnlyKeys("one", "diamond", "chain", "fan-out", "cleaned up", "broken");
        assertThat(names.get("one")).isBetween(350, 450);
    }
}
