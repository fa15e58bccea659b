package io.taskstore.inmemory;

import io.taskstore.Outcome;
import io.taskstore.PayloadCodec;
import io.taskstore.RetryPolicy;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.inmemory.Registration.Undecodable;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes of what a handler returned or threw, and of what stopped it, what is to be recorded. Not thread-safe. */
final class Ending {

    private static final String CANCELLED = "cancelled while it ran";
    private static final Duration AFTER_TROUBLE = Duration.ofMinutes(1);
    private static final String CLOSED = "its worker was closed";

    private final Claim claim;
    private final Task task;
    private final RetryPolicy retries;
    private final RandomGenerator random;
    private @Nullable Outcome outcome;
    private Optional<String> result = Optional.empty();
    private @Nullable Throwable thrown;

    Ending(Claim claim, Task task, RetryPolicy retries, RandomGenerator random) {
        this.claim = claim;
        this.task = task;
        this.retries = retries;
        this.random = random;
    }

    /** Takes the outcome, and has its result encoded, which is the host's code and may fail. */
    void returned(Outcome decided, PayloadCodec codec) {
        outcome = decided;
        if (decided instanceof Outcome.Completed completed && completed.result().isPresent()) {
            try {
                String json = codec.encode(completed.result().get());
                result = new Settlement.Completed(claim, Optional.empty(), Optional.of(json)).result();
            } catch (RuntimeException e) {
                String why = "the result cannot be kept: " + e.getMessage();
                outcome = new Outcome.Failed(new TaskError(TaskError.PAYLOAD, why));
            }
        }
    }

    void threw(Throwable failure) {
        thrown = failure;
        outcome = null;
    }

    /** {@return what is to be recorded} It never throws, whatever the code of the host does that it asks. */
    Settlement settlement(Duration took, Run.@Nullable Stop stop) {
        try {
            return decided(Optional.of(took), stop);
        } catch (Throwable e) {
            Throwable failed = thrown == null ? e : thrown;
            TaskError error = new TaskError(failed.getClass().getName(), "what it is about cannot be told");
            boolean last = task.failures() + 1L >= task.maxFailures().orElse(retries.maxFailures());
            return last
                    ? new Settlement.Failed(claim, Optional.of(took), error)
                    : new Settlement.Retried(claim, Optional.of(took), error, AFTER_TROUBLE);
        }
    }

    private Settlement decided(Optional<Duration> ran, Run.@Nullable Stop stop) {
        if (stop == Run.Stop.TIMEOUT) {
            return failure(ran, new TaskError(TaskError.TIMEOUT, "it took longer than it may, and was stopped"));
        }
        Throwable failed = thrown;
        if (failed != null) {
            return stop == null ? failure(ran, failed) : stopped(ran, stop);
        }
        Outcome decided = outcome;
        if (decided instanceof Outcome.Retry retry) {
            TaskError error = new TaskError("RETRY", retry.reason());
            return retries.delayFor(task, random)
                    .<Settlement>map(delay -> new Settlement.Retried(
                            claim, ran, error, retry.delay().orElse(delay)))
                    .orElseGet(() -> new Settlement.Failed(claim, ran, error));
        } else if (decided instanceof Outcome.Snoozed snoozed) {
            return new Settlement.Snoozed(claim, ran, snoozed.delay());
        } else if (decided instanceof Outcome.Failed outright) {
            return new Settlement.Failed(claim, ran, outright.error());
        } else if (decided instanceof Outcome.Cancelled cancelled) {
            return new Settlement.Cancelled(claim, ran, cancelled.note());
        }
        return new Settlement.Completed(claim, ran, result);
    }

    private Settlement stopped(Optional<Duration> ran, Run.Stop stop) {
        return stop == Run.Stop.CANCEL
                ? new Settlement.Cancelled(claim, ran, CANCELLED)
                : new Settlement.Released(claim, ran, CLOSED);
    }

    private Settlement failure(Optional<Duration> ran, Throwable failed) {
        if (failed instanceof Undecodable) {
            return new Settlement.Failed(
                    claim, ran, new TaskError(TaskError.PAYLOAD, String.valueOf(failed.getMessage())));
        }
        TaskError error = TaskError.of(failed);
        return retries.retries(failed) ? failure(ran, error) : new Settlement.Failed(claim, ran, error);
    }

    private Settlement failure(Optional<Duration> ran, TaskError error) {
        return retries.delayFor(task, random)
                .<Settlement>map(delay -> new Settlement.Retried(claim, ran, error, delay))
                .orElseGet(() -> new Settlement.Failed(claim, ran, error));
    }
}
