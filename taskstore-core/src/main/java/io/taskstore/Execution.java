package io.taskstore;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One run of a task: the pair of changes that opens and closes it. It is read from the history; nothing else is stored.
 *
 * @param taskId the task that ran
 * @param opened the change to RUNNING
 * @param closed the change away from RUNNING; empty while it runs
 */
public record Execution(UUID taskId, StatusChange opened, Optional<StatusChange> closed) {

    /** Checks that the changes open and close the same run. */
    public Execution {
        Check.given("Execution.taskId", taskId);
        Check.given("Execution.opened", opened);
        Check.given("Execution.closed", closed);
        if (!opened.opensRun()) {
            throw new InvalidInputException("Execution.opened", "a change to RUNNING", opened.to());
        }
        int attempt = opened.attempt();
        if (!closed.map(change -> change.closesRun() && change.attempt() == attempt)
                .orElse(true)) {
            StatusChange other = closed.get();
            throw new InvalidInputException(
                    "Execution.closed",
                    "a change from RUNNING of attempt " + attempt,
                    "from " + other.from().map(Enum::name).orElse("nothing") + " of attempt " + other.attempt());
        }
    }

    /** {@return the attempt that this run was} */
    public int attempt() {
        return opened.attempt();
    }

    /** {@return who ran it; empty where the host drove the status itself} */
    public Optional<WorkerId> worker() {
        return opened.worker();
    }

    /** {@return when the run was claimed} */
    public Instant startedAt() {
        return opened.at();
    }

    /** {@return when its end was recorded; empty while it runs} */
    public Optional<Instant> endedAt() {
        return closed.map(StatusChange::at);
    }

    /** {@return what the task became when the run ended; empty while it runs} */
    public Optional<TaskStatus> endedAs() {
        return closed.map(StatusChange::to);
    }

    /** {@return why it ended badly} */
    public Optional<TaskError> error() {
        return closed.flatMap(StatusChange::error);
    }

    /**
     * {@return how long it ran: the time in the handler where that is known, else the time between the two changes, which
     * is never below zero; empty while it runs}
     */
    public Optional<Duration> duration() {
        return closed.map(end -> end.ran().orElseGet(() -> StatusHistory.between(opened.at(), end.at())));
    }
}
