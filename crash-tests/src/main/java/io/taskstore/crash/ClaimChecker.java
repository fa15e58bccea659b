package io.taskstore.crash;

import io.taskstore.crash.Contents.Change;
import io.taskstore.crash.Event.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Looks whether claims that were said to be lost were. What took the task away is in its history: a change that ended the attempt,
 * and that is not the very end which the storage was asked to record. Changes that a settlement asked for are known by the lines of
 * those who asked, the others by their times. It belongs to a {@link Checker}.
 */
final class ClaimChecker {

    /** The clock of the database and that of the journals are not one, and a long test is time for them to part. */
    private static final long SLACK = Duration.ofMillis(200).toNanos();

    private final Map<UUID, List<Event>> byTask;
    private final Contents contents;
    private final WorkflowChecker.Complaints complaints;

    ClaimChecker(Map<UUID, List<Event>> byTask, Contents contents, WorkflowChecker.Complaints complaints) {
        this.byTask = byTask;
        this.contents = contents;
        this.complaints = complaints;
    }

    void check() {
        byTask.forEach((id, its) -> its.stream()
                .filter(event -> event.kind() == Kind.LOST && !isExplained(event, its))
                .forEach(lost -> complaints.add(
                        13, id, "was said to be lost in attempt " + lost.attempt() + ", which nobody else had ended")));
    }

    private boolean isExplained(Event lost, List<Event> its) {
        return contents.historyOf(lost.task()).stream()
                .filter(change -> change.closes(lost.attempt()))
                .anyMatch(change -> change.settledAs() == null
                        ? mayComeBefore(change, lost)
                        : isOtherSettlement(change.settledAs(), lost, its));
    }

    /** A worker that is not sure to live lets go of its runs before they are taken from it; the storage speaks of what was. */
    private static boolean mayComeBefore(Change change, Event lost) {
        return lost.note().isEmpty() || change.nanos() <= lost.nanos() + SLACK;
    }

    private static boolean isOtherSettlement(String kind, Event lost, List<Event> its) {
        return !kind.equals(lost.note())
                && its.stream()
                        .anyMatch(event -> event.kind() == Kind.DONE_TRY
                                && event.isOf(lost.task(), lost.attempt())
                                && event.note().equals(kind)
                                && event.nanos() < lost.nanos());
    }
}
