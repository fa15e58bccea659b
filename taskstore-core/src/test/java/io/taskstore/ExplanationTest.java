package io.taskstore;

import static io.taskstore.Samples.NINE;
import static io.taskstore.Samples.OTHER_ID;
import static io.taskstore.Samples.WORKER;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ExplanationTest {

    private static final Instant NOW = NINE.plusSeconds(60);
    private static final Map<WorkerId, WorkerProfile> ABLE =
            Map.of(WORKER, new WorkerProfile("app-1", Set.of("mail", "report"), Set.of()));
    private static final TaskError ERROR = new TaskError("java.io.IOException", "broken pipe\ncaused by …");

    private final Task.Builder task = Samples.task();
    private Optional<StatusChange> last = Optional.of(Samples.submitted());
    private boolean paused;
    private Map<WorkerId, WorkerProfile> workers = ABLE;
    private List<Task> blockers = List.of();

    @Test
    void aDueTaskWaitsForAFreeSlot() {
        explains("PENDING since 2026-03-02T09:00:00Z: it is due, and waits for a worker to have a free slot");
    }

    @Test
    void aTimeThatHasJustComeIsDue() {
        task.runAt(NOW);

        explains("PENDING since 2026-03-02T09:00:00Z: it is due, and waits for a worker to have a free slot");
    }

    @Test
    void nobodyIsThere() {
        workers = Map.of();

        explains("PENDING since 2026-03-02T09:00:00Z: no worker is alive");
    }

    @Test
    void nobodyKnowsItsType() {
        task.type("email");

        explains("PENDING since 2026-03-02T09:00:00Z: no live worker handles type 'email'");
    }

    @Test
    void nobodyWhoKnowsItsTypeServesItsQueue() {
        task.queue("post");
        workers = Map.of(
                WORKER,
                new WorkerProfile("app-1", Set.of("mail"), Set.of("default")),
                Samples.OTHER_WORKER,
                new WorkerProfile("app-2", Set.of("report"), Set.of("post")));

        explains("PENDING since 2026-03-02T09:00:00Z: no live worker that handles type 'mail' serves queue 'post'");
    }

    @Test
    void itsQueueIsPaused() {
        paused = true;
        workers = Map.of();

        explains("PENDING since 2026-03-02T09:00:00Z: the queue 'default' is paused");
    }

    @Test
    void itIsScheduled() {
        task.runAt(Instant.parse("2026-03-02T12:30:00Z"));
        paused = true;

        explains("PENDING since 2026-03-02T09:00:00Z: it is scheduled for 2026-03-02T12:30:00Z, in 3 h 29 min");
    }

    @Test
    void itWaitsForItsNextTry() {
        task.runAt(NOW.plusMillis(4_500)).failures(2).error(ERROR);

        explains("PENDING since 2026-03-02T09:00:00Z: it failed twice, last with java.io.IOException: broken pipe,"
                + " and is tried again in 4.5 s");
    }

    @Test
    void itsNextTryIsDue() {
        task.runAt(NINE).failures(1).error(ERROR);

        explains("PENDING since 2026-03-02T09:00:00Z: it is due, and waits for a worker to have a free slot");
    }

    @Test
    void aWorkerRunsIt() {
        task.status(TaskStatus.RUNNING).worker(WORKER).attempt(3);

        explains("RUNNING since 2026-03-02T09:00:00Z: worker 5f3a9c21 (app-1) runs attempt 3");
    }

    @Test
    void aWorkerRunsItAndWasAskedToCancelIt() {
        task.status(TaskStatus.RUNNING).worker(WORKER).attempt(1).cancelRequested(true);

        explains("RUNNING since 2026-03-02T09:00:00Z: worker 5f3a9c21 (app-1) runs attempt 1, and was asked to cancel"
                + " it");
    }

    @Test
    void itsWorkerIsGone() {
        task.status(TaskStatus.RUNNING).worker(WORKER).attempt(1);
        workers = Map.of();

        explains("RUNNING since 2026-03-02T09:00:00Z: worker 5f3a9c21 held it and is not alive, so that recovery gives"
                + " it back soon");
    }

    @Test
    void theHostDrivesIt() {
        task.status(TaskStatus.RUNNING).attempt(1);

        explains("RUNNING since 2026-03-02T09:00:00Z: the host drives it, and no worker holds it");
    }

    @Test
    void itsWorkflowIsNotThatFar() {
        task.status(TaskStatus.WAITING);
        blockers = List.of(
                blocker("charge", TaskStatus.RUNNING),
                Samples.task().id(OTHER_ID).build());

        explains("WAITING since 2026-03-02T09:00:00Z: its workflow is not that far, it depends on 'charge' (RUNNING), '"
                + OTHER_ID + "' (PENDING)");
    }

    @Test
    void onlyTheFirstThreeItWaitsForAreNamed() {
        task.status(TaskStatus.WAITING);
        blockers = new ArrayList<>();
        for (String step : List.of("a", "b", "c", "d")) {
            blockers.add(blocker(step, TaskStatus.WAITING));
        }

        explains("WAITING since 2026-03-02T09:00:00Z: its workflow is not that far, it depends on 'a' (WAITING),"
                + " 'b' (WAITING), 'c' (WAITING) and more");
    }

    @Test
    void whatItWaitedForHasEnded() {
        task.status(TaskStatus.WAITING);

        explains("WAITING since 2026-03-02T09:00:00Z: what it depends on has ended, and the next sweep lets it go on");
    }

    @Test
    void itCompleted() {
        task.status(TaskStatus.COMPLETED).attempt(4);

        explains("COMPLETED since 2026-03-02T09:00:00Z: it completed in attempt 4");
    }

    @Test
    void itFailedTooOften() {
        task.status(TaskStatus.FAILED).failures(10).error(ERROR);

        explains("FAILED since 2026-03-02T09:00:00Z: it failed 10 times, last with java.io.IOException: broken pipe");
    }

    @Test
    void itFailedAtOnce() {
        task.status(TaskStatus.FAILED).failures(1).error(ERROR);

        explains("FAILED since 2026-03-02T09:00:00Z: it failed once, last with java.io.IOException: broken pipe");
    }

    @Test
    void itIsPoison() {
        task.status(TaskStatus.FAILED).crashes(3).error(new TaskError(TaskError.POISON, "3 crashes"));

        explains("FAILED since 2026-03-02T09:00:00Z: it failed 3 times, last with POISON: 3 crashes");
    }

    @Test
    void theHostFailedIt() {
        task.status(TaskStatus.FAILED).error(new TaskError(TaskError.HOST, "out of stock"));

        explains("FAILED since 2026-03-02T09:00:00Z: it failed with HOST: out of stock");
    }

    @Test
    void itWasCancelled() {
        task.status(TaskStatus.CANCELLED);

        explains("CANCELLED since 2026-03-02T09:00:00Z: it was cancelled");
    }

    @Test
    void itWasCancelledWithANote() {
        task.status(TaskStatus.CANCELLED);
        last = Optional.of(Samples.noted(Samples.submitted(), "by Ada"));

        explains("CANCELLED since 2026-03-02T09:00:00Z: it was cancelled with the note \"by Ada\"");
    }

    @Test
    void theLastChangeSaysSinceWhen() {
        task.updatedAt(NINE.plusSeconds(30)).status(TaskStatus.COMPLETED).attempt(1);
        explains("COMPLETED since 2026-03-02T09:00:00Z: it completed in attempt 1");

        last = Optional.empty();
        explains("COMPLETED since 2026-03-02T09:00:30Z: it completed in attempt 1");
    }

    private void explains(String sentence) {
        Situation situation = new Situation(task.build(), last, NOW, paused, workers, blockers);
        assertThat(Explanation.of(situation)).isEqualTo(sentence);
    }

    private static Task blocker(String step, TaskStatus status) {
        return Samples.task().step(step).status(status).build();
    }
}
