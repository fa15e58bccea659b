package io.taskstore.spi;

import io.taskstore.Check;
import io.taskstore.TaskError;
import java.time.Duration;
import java.util.Optional;

/**
 * The end of a run, as the worker wants it recorded. Every kind is fenced by its claim. Delays count from the storage's
 * now; what they end at is cut to the microsecond, and becomes the end of the year 9999 where it is beyond. A task that
 * becomes anything but PENDING keeps its time to run at.
 */
public sealed interface Settlement {

    /** {@return the claim that the run held} */
    Claim claim();

    /** {@return how long the handler ran; empty if it never started} */
    Optional<Duration> ran();

    /**
     * The task becomes COMPLETED, also where a cancel was requested.
     *
     * @param claim the claim that the run held
     * @param ran how long the handler ran
     * @param result what it made, as JSON of at most 1 MiB
     */
    record Completed(Claim claim, Optional<Duration> ran, Optional<String> result) implements Settlement {

        /** Checks that all are given. */
        public Completed {
            Check.given("Settlement.claim", claim);
            ran = checked(ran);
            Check.given("Completed.result", result).ifPresent(json -> Check.json("Completed.result", json));
        }

        /** {@return what it is, without the result} */
        @Override
        public String toString() {
            return "Completed[claim=" + claim + "]";
        }
    }

    /**
     * The run failed and counts as a failure. The task becomes PENDING, due after the delay; or CANCELLED, where that was
     * requested.
     *
     * @param claim the claim that the run held
     * @param ran how long the handler ran
     * @param error why it failed
     * @param delay when to try again
     */
    record Retried(Claim claim, Optional<Duration> ran, TaskError error, Duration delay) implements Settlement {

        /** Checks the delay. */
        public Retried {
            Check.given("Settlement.claim", claim);
            ran = checked(ran);
            Check.given("Retried.error", error);
            notNegative("Retried.delay", delay);
        }
    }

    /**
     * The handler wants to be run later, and no failure is counted. The task becomes PENDING, due after the delay; or
     * CANCELLED, where that was requested.
     *
     * @param claim the claim that the run held
     * @param ran how long the handler ran
     * @param delay when to run it again
     */
    record Snoozed(Claim claim, Optional<Duration> ran, Duration delay) implements Settlement {

        /** Checks the delay. */
        public Snoozed {
            Check.given("Settlement.claim", claim);
            ran = checked(ran);
            notNegative("Snoozed.delay", delay);
        }
    }

    /**
     * The run failed, counts as a failure, and is the last: the task becomes FAILED, also where a cancel was requested.
     *
     * @param claim the claim that the run held
     * @param ran how long the handler ran
     * @param error why it failed
     */
    record Failed(Claim claim, Optional<Duration> ran, TaskError error) implements Settlement {

        /** Checks that all are given. */
        public Failed {
            Check.given("Settlement.claim", claim);
            ran = checked(ran);
            Check.given("Failed.error", error);
        }
    }

    /**
     * The work is not wanted any more: the task becomes CANCELLED.
     *
     * @param claim the claim that the run held
     * @param ran how long the handler ran
     * @param note why, for the history
     */
    record Cancelled(Claim claim, Optional<Duration> ran, String note) implements Settlement {

        /** Checks that all are given. */
        public Cancelled {
            Check.given("Settlement.claim", claim);
            ran = checked(ran);
            Check.note("Cancelled.note", note);
        }
    }

    /**
     * The worker gives the task back before it has an outcome. It becomes PENDING and due at once; or CANCELLED, where that
     * was requested.
     *
     * @param claim the claim that the run held
     * @param ran how long the handler ran; empty if it never started
     * @param note why, for the history
     */
    record Released(Claim claim, Optional<Duration> ran, String note) implements Settlement {

        /** Checks that all are given. */
        public Released {
            Check.given("Settlement.claim", claim);
            ran = checked(ran);
            Check.note("Released.note", note);
        }
    }

    private static Optional<Duration> checked(Optional<Duration> ran) {
        return Check.given("Settlement.ran", ran).map(duration -> Check.delay("Settlement.ran", duration));
    }

    private static void notNegative(String field, Duration value) {
        Check.given(field, value);
        Check.that(!value.isNegative(), field, "zero or longer", value);
    }
}
