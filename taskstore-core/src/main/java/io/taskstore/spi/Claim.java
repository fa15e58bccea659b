package io.taskstore.spi;

import io.taskstore.Check;
import io.taskstore.InvalidInputException;
import io.taskstore.Task;
import io.taskstore.WorkerId;
import java.util.UUID;

/**
 * The right of one worker to one run of a task, and the token that fences it: whatever is written on behalf of the run is
 * written only while the task is RUNNING by this worker in this attempt.
 *
 * @param taskId the task
 * @param worker who claimed it
 * @param attempt the attempt that the claim opened; at least 1
 */
public record Claim(UUID taskId, WorkerId worker, int attempt) {

    /** Checks the attempt. */
    public Claim {
        Check.given("Claim.taskId", taskId);
        Check.given("Claim.worker", worker);
        Check.that(attempt >= 1, "Claim.attempt", "at least 1", attempt);
    }

    /** {@return the claim by which the task is RUNNING in this snapshot} */
    public static Claim of(Task task) {
        Check.given("task", task);
        WorkerId worker = task.worker()
                .orElseThrow(() -> new InvalidInputException("task.worker", "a worker that holds the task", "none"));
        return new Claim(task.id(), worker, task.attempt());
    }
}
