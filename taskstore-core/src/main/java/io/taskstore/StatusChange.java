package io.taskstore;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One change of a task's status, written in the transaction that made it and never changed afterwards.
 *
 * @param seq its place in the task's history: 1, 2, 3 … without gaps
 * @param from the status before; empty for the first
 * @param to the status after
 * @param at when it happened, by the storage's clock
 * @param worker whose run it opened or closed; empty where no worker was involved
 * @param attempt the task's attempt after the change; 0 before the first claim
 * @param note what the one who made it wanted to be remembered, or what the library says of its own doing
 * @param error why the run ended badly
 * @param ran how long the handler ran, on a change that closed a run of a handler
 */
public record StatusChange(
        int seq,
        Optional<TaskStatus> from,
        TaskStatus to,
        Instant at,
        Optional<WorkerId> worker,
        int attempt,
        Optional<String> note,
        Optional<TaskError> error,
        Optional<Duration> ran) {

    /** Checks that the move is legal and the numbers are in range. */
    public StatusChange {
        Check.between("StatusChange.seq", 1, Integer.MAX_VALUE, seq);
        Check.given("StatusChange.from", from);
        Check.given("StatusChange.to", to);
        at = Check.instant("StatusChange.at", at);
        Check.given("StatusChange.worker", worker);
        Check.between("StatusChange.attempt", 0, Integer.MAX_VALUE, attempt);
        Check.given("StatusChange.note", note);
        Check.given("StatusChange.error", error);
        ran = Check.given("StatusChange.ran", ran).map(duration -> Check.delay("StatusChange.ran", duration));
        TaskStatus next = to;
        boolean legal = from.map(before -> before.canBecome(next)).orElseGet(next::canBeFirst);
        if (!legal) {
            throw new InvalidInputException(
                    "StatusChange.to",
                    "a status that may follow " + from.map(Enum::name).orElse("nothing"),
                    to);
        }
    }

    /** {@return whether this change opens a run} */
    boolean opensRun() {
        return to == TaskStatus.RUNNING;
    }

    /** {@return whether this change closes a run} */
    boolean closesRun() {
        return from.isPresent() && from.get() == TaskStatus.RUNNING;
    }
}
