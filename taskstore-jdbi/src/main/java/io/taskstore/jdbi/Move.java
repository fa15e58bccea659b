package io.taskstore.jdbi;

import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One change of one task, with its line of the history where the status changes.
 *
 * @param before the row as it was read, and locked
 * @param after the row as it is to be
 * @param change what goes into the history; null where the status stays
 */
record Move(TaskRow before, TaskRow after, @Nullable StatusChange change) {

    /** What a change of status has beside the status. */
    record Why(Optional<WorkerId> worker, Optional<String> note, Optional<TaskError> error) {

        static final Why NOTHING = new Why(Optional.empty(), Optional.empty(), Optional.empty());

        static Why note(@Nullable String note) {
            return new Why(Optional.empty(), Optional.ofNullable(note), Optional.empty());
        }

        static Why of(WorkerId worker, TaskError error) {
            return new Why(Optional.of(worker), Optional.empty(), Optional.of(error));
        }

        Why and(@Nullable TaskError more) {
            return new Why(worker, note, Optional.ofNullable(more));
        }

        Why by(WorkerId who) {
            return new Why(Optional.of(who), note, error);
        }
    }

    /** {@return the move of a task to another status, with what else changes} {@link StatusChange} refuses an illegal one. */
    static Move to(TaskStatus to, TaskRow before, Instant now, Why why, UnaryOperator<Task.Builder> also) {
        return to(to, before, now, why, null, also);
    }

    /** {@return the move of a task to CANCELLED because of another that it depends on} */
    static Move cancelled(TaskRow before, Instant now, String note, UUID cause) {
        return to(TaskStatus.CANCELLED, before, now, Why.note(note), cause, UnaryOperator.identity());
    }

    private static Move to(
            TaskStatus to,
            TaskRow before,
            Instant now,
            Why why,
            @Nullable UUID cancelledFor,
            UnaryOperator<Task.Builder> also) {
        Task task = before.task();
        Task changed = also.apply(task.toBuilder()
                        .status(to)
                        .version(task.version() + 1)
                        .updatedAt(now)
                        .cancelRequested(false)
                        .worker(null)
                        .completedAt(to.isTerminal() ? now : null))
                .build();
        StatusChange change = new StatusChange(
                before.seq() + 1,
                Optional.of(task.status()),
                to,
                now,
                why.worker(),
                changed.attempt(),
                why.note(),
                why.error(),
                Optional.empty());
        return new Move(before, new TaskRow(changed, change.seq(), before.fingerprint(), cancelledFor), change);
    }

    /** {@return the change of other values} */
    static Move within(TaskRow before, UnaryOperator<Task.Builder> change) {
        Task changed = change.apply(before.task().toBuilder()).build();
        return new Move(before, new TaskRow(changed, before.seq(), before.fingerprint(), before.cancelledFor()), null);
    }

    /** {@return the same task with another cause of its being cancelled} */
    static Move cause(TaskRow before, UUID cancelledFor) {
        return new Move(before, new TaskRow(before.task(), before.seq(), before.fingerprint(), cancelledFor), null);
    }

    /** {@return the builder of a task that begins a run} */
    static UnaryOperator<Task.Builder> running(Task before, Instant now, @Nullable WorkerId worker) {
        return task ->
                task.attempt(before.attempt() + 1).startedAt(now).progress(null).worker(worker);
    }

    /** {@return the builder of a task that lives again} */
    static Task.Builder again(Task.Builder task) {
        return task.failures(0)
                .crashes(0)
                .progress(null)
                .result(null)
                .error(null)
                .runAt(null);
    }
}
