package io.taskstore.testkit;

import io.taskstore.StatusChange;
import io.taskstore.StatusHistory;
import io.taskstore.TaskError;
import io.taskstore.TaskStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.assertj.core.api.AbstractObjectAssert;
import org.jspecify.annotations.Nullable;

/** Assertions on the history of a task. What fails shows the timeline. */
public final class StatusHistoryAssert extends AbstractObjectAssert<StatusHistoryAssert, @Nullable StatusHistory> {

    StatusHistoryAssert(@Nullable StatusHistory actual) {
        super(actual, StatusHistoryAssert.class);
    }

    /** Verifies every status that the task has had, from its first to its current one. */
    public StatusHistoryAssert wentThrough(TaskStatus... statuses) {
        return has("statuses", Arrays.asList(statuses), all(change -> Optional.of(change.to())));
    }

    /** Verifies the status that the last change led to. */
    public StatusHistoryAssert endsWith(TaskStatus status) {
        return has("last status", status, history().current());
    }

    /** Verifies how many runs the task has had, a current one among them. */
    public StatusHistoryAssert hasRuns(int runs) {
        return has("number of runs", runs, history().executions().size());
    }

    /** Verifies that some change has exactly this note. */
    public StatusHistoryAssert hasNote(String note) {
        return hasAmong("note", note, all(StatusChange::note));
    }

    /** Verifies that some change has an error of the kind. */
    public StatusHistoryAssert hasErrorOfKind(String kind) {
        return hasAmong("error of kind", kind, all(change -> change.error().map(TaskError::kind)));
    }

    /** Verifies that no run ended badly. */
    public StatusHistoryAssert hasNoErrors() {
        return has("errors", List.of(), all(change -> change.error().map(TaskError::summary)));
    }

    private StatusHistory history() {
        isNotNull();
        return Objects.requireNonNull(actual);
    }

    private <T> List<T> all(Function<StatusChange, Optional<T>> part) {
        return history().changes().stream()
                .flatMap(change -> part.apply(change).stream())
                .toList();
    }

    private StatusHistoryAssert has(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            throw failureWithActualExpected(
                    actual,
                    expected,
                    "%nexpected a history with %s %s%nbut it has %s%n%s",
                    what,
                    expected,
                    actual,
                    history());
        }
        return this;
    }

    private StatusHistoryAssert hasAmong(String what, String expected, List<String> actual) {
        if (!actual.contains(expected)) {
            throw failure(
                    "%nexpected a history with the %s \"%s\"%nbut it has %s%n%s", what, expected, actual, history());
        }
        return this;
    }
}
