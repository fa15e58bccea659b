package io.taskstore.testkit;

import io.taskstore.NewWorkflow.Requires;
import io.taskstore.TaskStatus;
import io.taskstore.testkit.Row.Why;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** What the end and the requeue of a task mean for the tasks of its workflow that depend on it. */
final class Dependencies {

    private final State state;

    Dependencies(State state) {
        this.state = state;
    }

    /** {@return the tasks that have to end, or to end otherwise, before this one may run} */
    List<Row> blockers(Row row) {
        return row.dependsOn().entrySet().stream()
                .filter(edge -> !isSatisfied(edge))
                .flatMap(edge -> state.find(edge.getKey()).stream())
                .toList();
    }

    /**
     * {@return the status in which a task lives again: waiting for its workflow, or for a worker}
     *
     * @param alive the tasks that live again together with it, and so have not ended
     */
    TaskStatus waitingStatus(Row row, Set<UUID> alive) {
        boolean waits =
                !blockers(row).isEmpty() || row.dependsOn().keySet().stream().anyMatch(alive::contains);
        return waits ? TaskStatus.WAITING : TaskStatus.PENDING;
    }

    /** Lets the dependants of a task that has ended go on, or cancels them, and answers how many it cancelled. */
    int afterEnd(Row ended) {
        int cancelled = 0;
        for (UUID id : waitingFor(ended)) {
            // read anew: the end of a dependant before it may have cancelled this one, too
            Optional<Row> waiting = state.find(id).filter(row -> row.status() == TaskStatus.WAITING);
            if (waiting.filter(row -> isDoomedBy(row, ended)).isPresent()) {
                String note = "it depends on '" + ended.task().step().orElse("") + "', which is " + ended.status();
                Row gone =
                        waiting.get().moved(TaskStatus.CANCELLED, state.now(), because(note), UnaryOperator.identity());
                cancelled += 1 + afterEnd(state.put(gone.cancelledFor(ended.id())));
            } else if (waiting.filter(row -> blockers(row).isEmpty()).isPresent()) {
                state.put(waiting.get().moved(TaskStatus.PENDING, state.now(), Why.NOTHING, UnaryOperator.identity()));
            }
        }
        return cancelled;
    }

    /**
     * Takes out the tasks that would wait for ever: they depend on the completion of one that failed or was cancelled, and
     * is not requeued with them.
     *
     * @return those taken out
     */
    Set<UUID> takeOutTheDoomed(Set<UUID> requeued) {
        Set<UUID> doomed = new LinkedHashSet<>();
        boolean found = true;
        while (found) {
            found = requeued.removeIf(id -> isDoomed(id, requeued) && doomed.add(id));
        }
        return doomed;
    }

    private boolean isDoomed(UUID id, Set<UUID> alive) {
        return state.find(id).flatMap(row -> otherCause(row, alive)).isPresent();
    }

    /**
     * {@return the dependants that live again with tasks that do, because they were cancelled for one of them, and so on
     * along the dependencies}
     *
     * @param requeued the tasks that live again of their own
     * @param refused collects those whose unique key is taken
     */
    Set<UUID> revivedWith(Set<UUID> requeued, Set<UUID> refused) {
        Set<UUID> alive = new LinkedHashSet<>(requeued);
        Deque<UUID> causes = new ArrayDeque<>(requeued);
        while (!causes.isEmpty()) {
            for (Row row : cancelledFor(causes.remove(), alive)) {
                Optional<UUID> otherCause = otherCause(row, alive);
                if (otherCause.isPresent()) {
                    state.put(row.cancelledFor(otherCause.get()));
                } else if (isKeyTaken(row, alive)) {
                    refused.add(row.id());
                } else {
                    alive.add(row.id());
                    causes.add(row.id());
                }
            }
        }
        alive.removeAll(requeued);
        return alive;
    }

    /** {@return whether another task holds the unique key of this one, or one of those that are to live again will} */
    boolean isKeyTaken(Row row, Set<UUID> alive) {
        Optional<String> key = row.task().uniqueKey();
        return key.flatMap(state::holderOf).isPresent()
                || (key.isPresent()
                        && alive.stream()
                                .flatMap(id -> state.find(id).stream())
                                .anyMatch(other -> other.task().uniqueKey().equals(key)));
    }

    /** Gives the dependants of a task another life: they wait for it, so none is PENDING yet. */
    void revive(Set<UUID> revived) {
        Why why = because("what it depends on was requeued");
        revived.forEach(id -> state.find(id)
                .ifPresent(row -> state.put(ReferenceTasks.requeued(row, TaskStatus.WAITING, state.now(), why))));
    }

    private static Why because(String note) {
        return Why.NOTHING.note(Optional.of(note));
    }

    private List<Row> cancelledFor(UUID cause, Set<UUID> alive) {
        return state.all().stream()
                .filter(row -> row.cancelledFor().filter(cause::equals).isPresent())
                .filter(row -> !alive.contains(row.id()))
                .toList();
    }

    private Optional<UUID> otherCause(Row row, Set<UUID> alive) {
        return row.dependsOn().keySet().stream()
                .filter(id -> !alive.contains(id))
                .filter(id ->
                        state.find(id).filter(before -> isDoomedBy(row, before)).isPresent())
                .findFirst();
    }

    private List<UUID> waitingFor(Row ended) {
        return state.all().stream()
                .filter(row ->
                        row.status() == TaskStatus.WAITING && row.dependsOn().containsKey(ended.id()))
                .map(Row::id)
                .toList();
    }

    private static boolean isDoomedBy(Row dependant, Row ended) {
        return dependant.dependsOn().get(ended.id()) == Requires.COMPLETED
                && ended.isIn(TaskStatus.FAILED, TaskStatus.CANCELLED);
    }

    private boolean isSatisfied(Map.Entry<UUID, Requires> edge) {
        Optional<TaskStatus> status = state.find(edge.getKey()).map(Row::status);
        return edge.getValue() == Requires.COMPLETED
                ? status.equals(Optional.of(TaskStatus.COMPLETED))
                : status.map(TaskStatus::isTerminal).orElse(true);
    }
}
