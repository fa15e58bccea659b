package io.taskstore.spi;

import io.taskstore.Check;
import io.taskstore.Task;

/**
 * A task that was taken from a worker that is not alive, or is not going on.
 *
 * @param claim the claim that the worker held
 * @param task the task as it is now: PENDING, CANCELLED where that was requested, or FAILED as a poison
 */
public record Recovered(Claim claim, Task task) {

    /** Checks that both are given. */
    public Recovered {
        Check.given("Recovered.claim", claim);
        Check.given("Recovered.task", task);
    }
}
