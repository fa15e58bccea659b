package io.taskstore;

import java.time.Duration;
import java.util.Optional;

/** How a run ended, in the words of its handler. */
public sealed interface Outcome {

    /**
     * The work is done.
     *
     * @param result what it made, to be kept as JSON with the task
     */
    record Completed(Optional<Object> result) implements Outcome {

        /** Checks that it is given. */
        public Completed {
            Check.given("Completed.result", result);
        }

        /** {@return what it is, without the result} */
        @Override
        public String toString() {
            return "Completed[result " + (result.isPresent() ? "given" : "none") + "]";
        }
    }

    /**
     * The run failed, and counts as a failure; the task is tried again unless it has failed too often.
     *
     * @param delay when to try again; empty for what the retry policy says
     * @param reason what went wrong, for the history
     */
    record Retry(Optional<Duration> delay, String reason) implements Outcome {

        /** Checks delay and reason. */
        public Retry {
            delay = Check.given("Retry.delay", delay).map(duration -> Check.delay("Retry.delay", duration));
            reason = Text.clean(Check.text("Retry.reason", reason, Integer.MAX_VALUE), Check.NOTE);
        }
    }

    /**
     * There is nothing to do yet; the task is run again later, and no failure is counted.
     *
     * @param delay when to run it again
     */
    record Snoozed(Duration delay) implements Outcome {

        /** Checks the delay. */
        public Snoozed {
            delay = Check.delay("Snoozed.delay", delay);
        }
    }

    /**
     * The run failed, and no other try would end better: the task is FAILED.
     *
     * @param error why
     */
    record Failed(TaskError error) implements Outcome {

        /** Checks that it is given. */
        public Failed {
            Check.given("Failed.error", error);
        }
    }

    /**
     * The work is not wanted any more: the task is CANCELLED.
     *
     * @param note why, for the history, 1 to 2,000 characters
     */
    record Cancelled(String note) implements Outcome {

        /** Checks the note. */
        public Cancelled {
            Check.text("Cancelled.note", note, Check.NOTE);
        }
    }

    /** {@return the work is done} */
    static Outcome completed() {
        return new Completed(Optional.empty());
    }

    /** {@return the work is done, and this is what it made} */
    static Outcome completed(Object result) {
        return new Completed(Optional.of(Check.given("result", result)));
    }

    /** {@return the run failed and is tried again when the retry policy says so, which also decides how often} */
    static Outcome retry(String reason) {
        return new Retry(Optional.empty(), reason);
    }

    /** {@return the run failed and is tried again after this time, unless it has failed too often} */
    static Outcome retryIn(Duration delay, String reason) {
        return new Retry(Optional.of(Check.given("delay", delay)), reason);
    }

    /** {@return there is nothing to do yet, and no failure to count} */
    static Outcome snooze(Duration delay) {
        return new Snoozed(delay);
    }

    /** {@return the run failed for good} */
    static Outcome failed(String kind, String message) {
        return new Failed(new TaskError(kind, message));
    }

    /** {@return the work is not wanted any more} */
    static Outcome cancelled(String note) {
        return new Cancelled(note);
    }
}
