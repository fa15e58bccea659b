package io.taskstore.testkit;

import io.taskstore.Created;
import io.taskstore.Situation;
import io.taskstore.StatusChange;
import io.taskstore.StatusHistory;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskStatus;
import io.taskstore.Workflow;
import io.taskstore.spi.Claimed;
import io.taskstore.spi.SettledAndClaimed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Values without what the contract leaves to the storage: its own words in notes and errors, and orders that it does not
 * promise.
 */
final class ModelNeutral {

    /** How every note begins that a caller gives in a sequence; others are the library's. */
    static final String NOTE = "model: ";
    /** How the note of a release begins: whether it survives where a cancel was requested is left open. */
    static final String RELEASE_NOTE = NOTE + "released ";

    private static final Set<String> OWN_ERRORS = Set.of(TaskError.CRASH, TaskError.POISON);

    private ModelNeutral() {}

    static Task task(Task task) {
        Optional<TaskError> error = task.error().filter(ModelNeutral::isOwn);
        return error.isEmpty()
                ? task
                : task.toBuilder().error(error(error.get())).build();
    }

    static List<Task> tasks(List<Task> tasks) {
        return tasks.stream().map(ModelNeutral::task).toList();
    }

    static Created created(Created created) {
        return new Created(task(created.task()), created.how());
    }

    static SettledAndClaimed goOn(SettledAndClaimed answer) {
        return new SettledAndClaimed(answer.settled(), tasks(answer.claimed()));
    }

    static Claimed claimed(Claimed claimed) {
        return new Claimed(tasks(claimed.tasks()), claimed.more(), claimed.dueIn());
    }

    static List<StatusChange> history(StatusHistory history) {
        return history.changes().stream().map(ModelNeutral::change).toList();
    }

    static StatusChange change(StatusChange change) {
        return new StatusChange(
                change.seq(),
                change.from(),
                change.to(),
                change.at(),
                change.worker(),
                change.attempt(),
                note(change),
                change.error().map(ModelNeutral::error),
                change.ran());
    }

    /** {@return the situation; what blocks a task that does not wait for it is left open} */
    static Map<String, Object> situation(Situation situation) {
        boolean waits = situation.task().status() == TaskStatus.WAITING;
        Set<UUID> blockers = situation.blockedBy().stream().map(Task::id).collect(Collectors.toSet());
        Map<String, Object> neutral = new LinkedHashMap<>();
        neutral.put("task", task(situation.task()));
        neutral.put("last", situation.last().map(ModelNeutral::change));
        neutral.put("now", situation.now());
        neutral.put("queuePaused", situation.queuePaused());
        neutral.put("liveWorkers", situation.liveWorkers());
        neutral.put("blockedBy", waits ? blockers : Set.of());
        return neutral;
    }

    /** {@return the workflow; a status that no task has may be counted as 0 or left out} */
    static Workflow workflow(Workflow workflow) {
        Map<TaskStatus, Long> counts = workflow.counts().entrySet().stream()
                .filter(count -> count.getValue() != 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        return new Workflow(workflow.id(), workflow.name(), workflow.submittedBy(), workflow.createdAt(), counts);
    }

    private static Optional<String> note(StatusChange change) {
        boolean cancelled = change.to() == TaskStatus.CANCELLED;
        if (change.note().filter(note -> note.startsWith(NOTE)).isPresent()) {
            return change.note().filter(note -> !(cancelled && note.startsWith(RELEASE_NOTE)));
        }
        boolean mustNameACause = cancelled && change.from().equals(Optional.of(TaskStatus.WAITING));
        return mustNameACause ? change.note().map(note -> "(the storage's own)") : Optional.empty();
    }

    private static boolean isOwn(TaskError error) {
        return OWN_ERRORS.contains(error.kind());
    }

    private static TaskError error(TaskError error) {
        return isOwn(error) ? new TaskError(error.kind(), "") : error;
    }
}
