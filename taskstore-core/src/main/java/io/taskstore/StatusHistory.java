package io.taskstore;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Every status a task has had, from its first to its current one, without gaps. {@link #toString()} draws it as an
 * aligned timeline for a terminal.
 */
public final class StatusHistory {

    private final UUID taskId;
    private final List<StatusChange> changes;
    private final List<Execution> executions;

    private StatusHistory(UUID taskId, List<StatusChange> changes) {
        this.taskId = taskId;
        this.changes = changes;
        this.executions = executions(taskId, changes);
    }

    /**
     * {@return the history made of all changes of a task}
     *
     * @param changes at least one, in order, each beginning where the one before it ended, and each run ending with the
     *     attempt it began with
     */
    public static StatusHistory of(UUID taskId, List<StatusChange> changes) {
        Check.given("StatusHistory.taskId", taskId);
        List<StatusChange> all = Check.list("StatusHistory.changes", changes, Integer.MAX_VALUE);
        Check.that(!all.isEmpty(), "StatusHistory.changes", "at least one change", all);
        for (int i = 0; i < all.size(); i++) {
            StatusChange change = all.get(i);
            Optional<TaskStatus> before =
                    i == 0 ? Optional.empty() : Optional.of(all.get(i - 1).to());
            if (change.seq() != i + 1 || !change.from().equals(before)) {
                throw new InvalidInputException(
                        "StatusHistory.changes[" + i + "]", place(i + 1, before), place(change.seq(), change.from()));
            }
        }
        return new StatusHistory(taskId, all);
    }

    private static String place(int seq, Optional<TaskStatus> from) {
        return "change " + seq + " from " + from.map(Enum::name).orElse("nothing");
    }

    /** {@return the task whose history this is} */
    public UUID taskId() {
        return taskId;
    }

    /** {@return all changes, oldest first} */
    public List<StatusChange> changes() {
        return changes;
    }

    /** {@return the status the last change led to} */
    public TaskStatus current() {
        return last().to();
    }

    /** {@return the last change} */
    public StatusChange last() {
        return changes.get(changes.size() - 1);
    }

    /** {@return all runs of the task, oldest first} */
    public List<Execution> executions() {
        return executions;
    }

    private static List<Execution> executions(UUID taskId, List<StatusChange> changes) {
        List<Execution> executions = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            StatusChange change = changes.get(i);
            if (change.opensRun()) {
                Optional<StatusChange> closing =
                        i + 1 < changes.size() ? Optional.of(changes.get(i + 1)) : Optional.empty();
                executions.add(new Execution(taskId, change, closing));
            }
        }
        return List.copyOf(executions);
    }

    /**
     * {@return how long the task was in each status it has had; a terminal status takes no time}
     *
     * @param now the end of the stay in the current status, if that is not terminal
     */
    public Map<TaskStatus, Duration> timeInEachStatus(Instant now) {
        Check.given("now", now);
        Map<TaskStatus, Duration> times = new EnumMap<>(TaskStatus.class);
        for (int i = 0; i < changes.size(); i++) {
            StatusChange change = changes.get(i);
            Instant end = i + 1 < changes.size() ? changes.get(i + 1).at() : now;
            Duration stay = change.to().isTerminal() ? Duration.ZERO : between(change.at(), end);
            times.merge(change.to(), stay, Duration::plus);
        }
        return times;
    }

    /**
     * {@return how long the task was waiting: for its workflow, its time, a retry or a worker}
     *
     * @param now the end of the wait, if it still lasts
     */
    public Duration waitTime(Instant now) {
        Map<TaskStatus, Duration> times = timeInEachStatus(now);
        return times.getOrDefault(TaskStatus.WAITING, Duration.ZERO)
                .plus(times.getOrDefault(TaskStatus.PENDING, Duration.ZERO));
    }

    /**
     * {@return how long all its runs took together}
     *
     * @param now the end of the current run, if there is one
     */
    public Duration runTime(Instant now) {
        Check.given("now", now);
        return executions().stream()
                .map(run -> run.duration().orElseGet(() -> between(run.startedAt(), now)))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** A clock that was set back between two changes makes no time run backwards. */
    static Duration between(Instant start, Instant end) {
        return end.isBefore(start) ? Duration.ZERO : Duration.between(start, end);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StatusHistory that && taskId.equals(that.taskId) && changes.equals(that.changes);
    }

    @Override
    public int hashCode() {
        return 31 * taskId.hashCode() + changes.hashCode();
    }

    /** {@return the history as an aligned timeline, one line for each change} */
    @Override
    public String toString() {
        return Timeline.draw(this);
    }
}
