package io.taskstore.spi;

import io.taskstore.InvalidInputException;
import io.taskstore.TaskError;
import java.time.Duration;
import java.util.Optional;

/** The end of a run, as the worker wants it recorded. Every kind is fenced by its claim. */
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
            check(claim, ran);
            InvalidInputException.notNull("Completed.result", result);
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
     * @param delay when to try again, from the storage's now; an instant beyond the year 9999 becomes its end
     */
    record Retried(Claim claim, Optional<Duration> ran, TaskError error, Duration delay) implements Settlement {

        /** Checks the delay. */
        public Retried {
            check(claim, ran);
            InvalidInputException.notNull("Retried.error", error);
            notNegative("Retried.delay", delay);
        }
    }

    /**
     * The handler wants to be run later, and no failure is counted. The task becomes PENDING, due after the delay; or
     * CANCELLED, where that was requested.
     *
     * @param claim the claim that the run held
     * @param ran how long the handler ran
     * @param delay when to run it again, from the storage's now
     */
    record Snoozed(Claim claim, Optional<Duration> ran, Duration delay) implements Settlement {

        /** Checks the delay. */
        public Snoozed {
            check(claim, ran);
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
            check(claim, ran);
            InvalidInputException.notNull("Failed.error", error);
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
            check(claim, ran);
            InvalidInputException.notNull("Cancelled.note", note);
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
            check(claim, ran);
            InvalidInputException.notNull("Released.note", note);
        }
    }

    private static void check(Claim claim, Optional<Duration> ran) {
        InvalidInputException.notNull("Settlement.claim", claim);
        InvalidInputException.notNull("Settlement.ran", ran)
                .ifPresent(duration -> notNegative("Settlement.ran", duration));
    }

    private static void notNegative(String field, Duration value) {
        InvalidInputException.notNull(field, value);
        InvalidInputException.require(!value.isNegative(), field, "zero or longer", value);
    }
}
