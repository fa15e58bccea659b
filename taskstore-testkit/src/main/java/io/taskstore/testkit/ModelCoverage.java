package io.taskstore.testkit;

import io.taskstore.StatusChange;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What happened in the sequences of a run, so that one can see that they tested something. */
final class ModelCoverage {

    private final Map<String, Integer> counts = new TreeMap<>();
    private final Set<String> moves = new TreeSet<>();
    private int sequences;

    void add(ModelOperation operation, Object answer) {
        if (answer instanceof ModelAnswer.Thrown thrown) {
            count(operation.kind() + " threw " + thrown.type());
        } else {
            count(operation.kind());
            operation.outcomes(answer).forEach(outcome -> count(operation.kind() + ": " + outcome));
        }
    }

    void addHistories(List<List<StatusChange>> histories) {
        histories.forEach(history -> history.forEach(
                change -> moves.add(change.from().map(Enum::name).orElse("none") + " → " + change.to())));
    }

    void addSequence() {
        sequences++;
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    /** {@return how often what happened: {@code Create}, {@code Create: CLAIMED}, {@code Update threw StaleTaskException}} */
    Map<String, Integer> counts() {
        return counts;
    }

    /** {@return the moves of statuses, as {@code PENDING → RUNNING}} */
    Set<String> moves() {
        return moves;
    }

    int sequences() {
        return sequences;
    }

    @Override
    public String toString() {
        return sequences + " sequences: " + counts + ", " + moves;
    }
}
