package io.taskstore;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Puts a situation into one sentence for people. */
final class Explanation {

    private static final int NAMED_BLOCKERS = 3;

    private final Situation situation;
    private final Task task;

    private Explanation(Situation situation) {
        this.situation = situation;
        this.task = situation.task();
    }

    static String of(Situation situation) {
        return new Explanation(situation).sentence();
    }

    private String sentence() {
        Instant since = situation.last().map(StatusChange::at).orElse(task.updatedAt());
        return task.status() + " since " + since.truncatedTo(ChronoUnit.SECONDS) + ": " + reason();
    }

    private String reason() {
        return switch (task.status()) {
            case WAITING -> waiting();
            case PENDING -> pending();
            case RUNNING -> running();
            case COMPLETED -> "it completed in attempt " + task.attempt();
            case FAILED -> failed();
            case CANCELLED ->
                "it was cancelled"
                        + note().map(note -> " with the note \"" + note + '"').orElse("");
        };
    }

    private String waiting() {
        List<Task> blockers = situation.blockedBy();
        if (blockers.isEmpty()) {
            return "what it depends on has ended, and the next sweep lets it go on";
        }
        String named = blockers.stream()
                .limit(NAMED_BLOCKERS)
                .map(blocker -> "'" + blocker.step().orElse(blocker.id().toString()) + "' (" + blocker.status() + ")")
                .collect(Collectors.joining(", "));
        return "its workflow is not that far, it depends on " + named
                + (blockers.size() > NAMED_BLOCKERS ? " and more" : "");
    }

    private String pending() {
        Optional<Instant> due = task.runAt().filter(runAt -> runAt.isAfter(situation.now()));
        if (due.isPresent()) {
            String wait = Timeline.readable(Duration.between(situation.now(), due.get()));
            return task.failures() > 0
                    ? "it failed " + times(task.failures()) + because() + ", and is tried again in " + wait
                    : "it is scheduled for " + due.get() + ", in " + wait;
        } else if (situation.queuePaused()) {
            return "the queue '" + task.queue() + "' is paused";
        } else if (situation.liveWorkers().isEmpty()) {
            return "no worker is alive";
        }
        List<WorkerProfile> able = situation.liveWorkers().values().stream()
                .filter(worker -> worker.types().contains(task.type()))
                .toList();
        if (able.isEmpty()) {
            return "no live worker handles type '" + task.type() + "'";
        } else if (able.stream().noneMatch(worker -> worker.serves(task.queue()))) {
            return "no live worker that handles type '" + task.type() + "' serves queue '" + task.queue() + "'";
        }
        return "it is due, and waits for a worker to have a free slot";
    }

    private String running() {
        if (task.worker().isEmpty()) {
            return "the host drives it, and no worker holds it";
        }
        WorkerId worker = task.worker().get();
        WorkerProfile profile = situation.liveWorkers().get(worker);
        if (profile == null) {
            return "worker " + worker.shortForm() + " held it and is not alive, so that recovery gives it back soon";
        }
        String who = "worker " + worker.shortForm() + " (" + profile.name() + ") runs attempt " + task.attempt();
        return task.cancelRequested() ? who + ", and was asked to cancel it" : who;
    }

    /** A host that drives statuses itself fails a task without any run that failed. */
    private String failed() {
        long badRuns = (long) task.failures() + task.crashes();
        return badRuns == 0
                ? "it failed"
                        + task.error().map(error -> " with " + error.summary()).orElse("")
                : "it failed " + times(badRuns) + because();
    }

    private String because() {
        return task.error().map(error -> ", last with " + error.summary()).orElse("");
    }

    private Optional<String> note() {
        return situation.last().flatMap(StatusChange::note);
    }

    private static String times(long number) {
        return number == 1 ? "once" : number == 2 ? "twice" : number + " times";
    }
}
