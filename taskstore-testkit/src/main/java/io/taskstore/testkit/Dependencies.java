package io.taskstore.testkit;

import io.taskstore.NewWorkflow.Requires;
import io.taskstore.TaskStatus;
import io.taskstore.testkit.Row.Why;
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
     * @param alike the tasks that live again together with it, and so have not ended
     */
    TaskStatus waitingStatus(Row row, Set<UUID> alike) {
        boolean waits =
                !blockers(row).isEmpty() || row.dependsOn().keySet().stream().anyMatch(alike::contains);
        return waits ? TaskStatus.WAITING : TaskStatus.PENDING;
    }

    /** Lets the dependants of a task that has ended go on, or cancels them, and answers how many it cancelled. */
    int afterEnd(Row ended) {
        int cancelled = 0;
        for (Row dependant : waitingFor(ended)) {
            if (isDoomedBy(dependant, ended)) {
                String note = "it depends on '" + ended.task().step().orElse("") + "', which is " + ended.status();
                Row gone = dependant.moved(TaskStatus.CANCELLED, state.now(), because(note), UnaryOperator.identity());
                cancelled += 1 + afterEnd(state.put(gone.cancelledFor(ended.id())));
            } else if (blockers(dependant).isEmpty()) {
                state.put(dependant.moved(TaskStatus.PENDING, state.now(), Why.NOTHING, UnaryOperator.identity()));
            }
        }
        return cancelled;
    }

    /**
     * Gives the dependants that were cancelled because of a task another life, now that it has one itself, and answers how
     * many live again. They wait for it, so none is PENDING yet.
     *
     * @param refused collects those whose unique key is taken
     */
    int revive(UUID requeued, Set<UUID> refused) {
        int revived = 0;
        for (Row row : state.all()) {
            if (row.cancelledFor().filter(requeued::equals).isPresent()) {
                Optional<UUID> otherCause = otherCause(row);
                if (otherCause.isPresent()) {
                    state.put(row.cancelledFor(otherCause.get()));
                } else if (row.task().uniqueKey().flatMap(state::holderOf).isPresent()) {
                    refused.add(row.id());
                } else {
                    Why why = because("what it depends on was requeued");
                    state.put(ReferenceTasks.requeued(row, TaskStatus.WAITING, state.now(), why));
                    revived += 1 + revive(row.id(), refused);
                }
            }
        }
        return revived;
    }

    private static Why because(String note) {
        return Why.NOTHING.note(Optional.of(note));
    }

    private Optional<UUID> otherCause(Row row) {
        return row.dependsOn().keySet().stream()
                .filter(id ->
                        state.find(id).filter(before -> isDoomedBy(row, before)).isPresent())
                .findFirst();
    }

    private List<Row> waitingFor(Row ended) {
        return state.all().stream()
                .filter(row ->
                        row.status() == TaskStatus.WAITING && row.dependsOn().containsKey(ended.id()))
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
