package io.taskstore.testkit;

import io.taskstore.NewWorkflow.Requires;
import io.taskstore.StatusChange;
import io.taskstore.StatusHistory;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * A task as the reference keeps it. It is immutable, so that undoing a change is putting the old row back.
 *
 * @param task what callers see
 * @param history every status it has had
 * @param fingerprint of the content it was stored with
 * @param dependsOn the tasks of its workflow that come before it
 * @param cancelledFor the task of its workflow because of which it was cancelled
 * @param settled the claims that were settled by the worker itself, rather than taken from it, and how
 */
record Row(
        Task task,
        List<StatusChange> history,
        long fingerprint,
        Map<UUID, Requires> dependsOn,
        Optional<UUID> cancelledFor,
        Map<Claim, Class<?>> settled) {

    /** What a change of status has beside the status. */
    record Why(Optional<WorkerId> worker, Optional<String> note, Optional<TaskError> error, Optional<Duration> ran) {

        static final Why NOTHING = new Why(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        Why by(Optional<WorkerId> worker) {
            return new Why(worker, note, error, ran);
        }

        Why note(Optional<String> note) {
            return new Why(worker, note, error, ran);
        }

        Why error(TaskError error) {
            return new Why(worker, note, Optional.of(error), ran);
        }

        Why ran(Optional<Duration> ran) {
            return new Why(worker, note, error, ran);
        }
    }

    UUID id() {
        return task.id();
    }

    TaskStatus status() {
        return task.status();
    }

    boolean isIn(TaskStatus... statuses) {
        return List.of(statuses).contains(status());
    }

    StatusHistory statusHistory() {
        return StatusHistory.of(id(), history);
    }

    /** {@return the row after a change of status, with what else changes} {@link StatusChange} refuses an illegal move. */
    Row moved(TaskStatus to, Instant now, Why why, UnaryOperator<Task.Builder> also) {
        Task changed = also.apply(task.toBuilder()
                        .status(to)
                        .version(task.version() + 1)
                        .updatedAt(now)
                        .cancelRequested(false)
                        .worker(null)
                        .completedAt(to.isTerminal() ? now : null))
                .build();
        List<StatusChange> longer = new ArrayList<>(history);
        longer.add(new StatusChange(
                history.size() + 1,
                Optional.of(status()),
                to,
                now,
                why.worker(),
                changed.attempt(),
                why.note(),
                why.error(),
                why.ran()));
        return new Row(changed, List.copyOf(longer), fingerprint, dependsOn, Optional.empty(), settled);
    }

    /** {@return the row with other values and the same status} */
    Row with(UnaryOperator<Task.Builder> change) {
        Task changed = change.apply(task.toBuilder()).build();
        return new Row(changed, history, fingerprint, dependsOn, cancelledFor, settled);
    }

    Row cancelledFor(UUID cause) {
        return new Row(task, history, fingerprint, dependsOn, Optional.of(cause), settled);
    }

    Row settled(Claim claim, Class<?> how) {
        Map<Claim, Class<?>> more = new HashMap<>(settled);
        more.put(claim, how);
        return new Row(task, history, fingerprint, dependsOn, cancelledFor, Map.copyOf(more));
    }

    /** {@return whether the task is RUNNING by this very claim} */
    boolean isHeldBy(Claim claim) {
        return status() == TaskStatus.RUNNING
                && task.worker().filter(claim.worker()::equals).isPresent()
                && task.attempt() == claim.attempt();
    }
}
