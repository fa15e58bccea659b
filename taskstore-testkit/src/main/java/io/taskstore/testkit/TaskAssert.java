package io.taskstore.testkit;

import io.taskstore.JacksonCodec;
import io.taskstore.StatusHistory;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.WorkerId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.assertj.core.api.AbstractObjectAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on a task. What fails tells the value that was expected, the one that is, and where the task stands; with its
 * {@linkplain #withHistory history} it shows the timeline too.
 */
public final class TaskAssert extends AbstractObjectAssert<TaskAssert, @Nullable Task> {

    private @Nullable StatusHistory history;

    TaskAssert(@Nullable Task actual) {
        super(actual, TaskAssert.class);
    }

    /** Lets messages show the timeline of the task. */
    public TaskAssert withHistory(StatusHistory history) {
        this.history = Objects.requireNonNull(history, "history");
        return this;
    }

    /** Verifies where the task stands. */
    public TaskAssert hasStatus(TaskStatus status) {
        return has("status", status, task().status());
    }

    /** Verifies that the task has ended, however it ended. */
    public TaskAssert hasEnded() {
        return has("status COMPLETED, FAILED or CANCELLED", task().status().isTerminal());
    }

    /** Verifies that the task has not ended. */
    public TaskAssert hasNotEnded() {
        return has("status WAITING, PENDING or RUNNING", !task().status().isTerminal());
    }

    /** Verifies the type. */
    public TaskAssert hasType(TaskType<?> type) {
        return has("type", type.name(), task().type());
    }

    /** Verifies the queue. */
    public TaskAssert hasQueue(String queue) {
        return has("queue", queue, task().queue());
    }

    /** Verifies the priority. */
    public TaskAssert hasPriority(int priority) {
        return has("priority", priority, task().priority());
    }

    /** Verifies the title. */
    public TaskAssert hasTitle(String title) {
        return has("title", Optional.of(title), task().title());
    }

    /** Verifies how often the task was claimed. */
    public TaskAssert hasAttempt(int attempt) {
        return has("attempt", attempt, task().attempt());
    }

    /** Verifies how many runs failed since the task was submitted or requeued. */
    public TaskAssert hasFailures(int failures) {
        return has("failures", failures, task().failures());
    }

    /** Verifies how many runs took their process down since the task was submitted or requeued. */
    public TaskAssert hasCrashes(int crashes) {
        return has("crashes", crashes, task().crashes());
    }

    /** Verifies the version. */
    public TaskAssert hasVersion(long version) {
        return has("version", version, task().version());
    }

    /** Verifies the payload, by the JSON that the standard codec makes of what is expected. */
    public TaskAssert hasPayload(Object payload) {
        return has("payload", JacksonCodec.standard().encode(payload), task().payload());
    }

    /** Verifies what the task made, by the JSON that the standard codec makes of what is expected. */
    public TaskAssert hasResult(Object result) {
        return has("result", Optional.of(JacksonCodec.standard().encode(result)), task().result());
    }

    /** Verifies that the task has made nothing. */
    public TaskAssert hasNoResult() {
        return has("result", Optional.empty(), task().result());
    }

    /** Verifies what sort of error the last run that ended badly had. */
    public TaskAssert hasErrorOfKind(String kind) {
        return has("error of kind", Optional.of(kind), task().error().map(TaskError::kind));
    }

    /** Verifies that there is no error. */
    public TaskAssert hasNoError() {
        return has("error", Optional.empty(), task().error().map(TaskError::summary));
    }

    /** Verifies that the task is RUNNING by the worker. */
    public TaskAssert isHeldBy(WorkerId worker) {
        return has("worker", Optional.of(worker), task().worker());
    }

    /** Verifies that no worker holds the task. */
    public TaskAssert isHeldByNoWorker() {
        return has("worker", Optional.empty(), task().worker());
    }

    /** Verifies the time the task is to run at. */
    public TaskAssert isDueAt(Instant instant) {
        return has("time to run at", Optional.of(instant), task().runAt());
    }

    /** Verifies that the task is to run as soon as possible. */
    public TaskAssert isDueAtOnce() {
        return has("time to run at", Optional.empty(), task().runAt());
    }

    private Task task() {
        isNotNull();
        return Objects.requireNonNull(actual);
    }

    private TaskAssert has(String what, boolean holds) {
        if (!holds) {
            throw failure("%nexpected a task with %s%nbut it is %s%s", what, task().status(), portrait());
        }
        return this;
    }

    private TaskAssert has(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            throw failureWithActualExpected(
                    plain(actual),
                    plain(expected),
                    "%nexpected a task with %s %s%nbut it has %s%s",
                    what,
                    plain(expected),
                    plain(actual),
                    portrait());
        }
        return this;
    }

    private static Object plain(Object value) {
        return value instanceof Optional<?> optional
                ? optional.map(Object.class::cast).orElse("none")
                : value;
    }

    /** {@return where the task stands, without what may be private} */
    private String portrait() {
        Task task = task();
        StringBuilder portrait =
                new StringBuilder("\nin ").append(task).append("\n  failures=").append(task.failures());
        portrait.append(", crashes=").append(task.crashes());
        task.runAt().ifPresent(runAt -> portrait.append(", runAt=").append(runAt));
        task.worker().ifPresent(worker -> portrait.append(", worker=").append(worker));
        task.error().ifPresent(error -> portrait.append("\n  error=").append(error.summary()));
        if (history != null) {
            portrait.append('\n').append(history);
        }
        return portrait.toString();
    }
}
