package io.taskstore.spi;

import io.taskstore.InvalidInputException;
import io.taskstore.TaskStatus;

/**
 * A task that was taken from a worker that is not alive.
 *
 * @param claim the claim that the worker held
 * @param status what the task became: PENDING, CANCELLED where that was requested, or FAILED as a poison
 */
public record Recovered(Claim claim, TaskStatus status) {

    /** Checks that both are given. */
    public Recovered {
        InvalidInputException.notNull("Recovered.claim", claim);
        InvalidInputException.notNull("Recovered.status", status);
    }
}
