package io.taskstore;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
     * @param reason what went wrong, for the history; cleaned and cut to 2,000 characters, since it is often the message of
     *     an exception
     */
    record Retry(Optional<Duration> delay, String reason) implements Outcome {

        /** Checks the delay; cleans and cuts the reason, which must not make a failure impossible to record. */
        public Retry {
            delay = Check.given("Retry.delay", delay).map(duration -> Check.delay("Retry.delay", duration));
            reason = remark(Check.given("Retry.reason", reason));
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
     * @param note why, for the history; cleaned and cut to 2,000 characters
     */
    record Cancelled(String note) implements Outcome {

        /** Cleans and cuts the note. */
        public Cancelled {
            note = remark(Check.given("Cancelled.note", note));
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
    static Outcome retry(@Nullable String reason) {
        return new Retry(Optional.empty(), remark(reason));
    }

    /** {@return the run failed and is tried again after this time, unless it has failed too often} */
    static Outcome retryIn(Duration delay, @Nullable String reason) {
        return new Retry(Optional.of(Check.given("delay", delay)), remark(reason));
    }

    /** {@return there is nothing to do yet, and no failure to count} */
    static Outcome snooze(Duration delay) {
        return new Snoozed(delay);
    }

    /** {@return the run failed for good} */
    static Outcome failed(String kind, @Nullable String message) {
        return new Failed(new TaskError(kind, message == null ? "" : message));
    }

    /** {@return the work is not wanted any more} */
    static Outcome cancelled(@Nullable String note) {
        return new Cancelled(remark(note));
    }

    /** The text is often the message of an exception, and a poor one must not turn the outcome round. */
    private static String remark(@Nullable String text) {
        return text == null || text.isBlank() ? "no reason was given" : Text.clean(text, Check.NOTE);
    }
}
