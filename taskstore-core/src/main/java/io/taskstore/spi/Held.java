package io.taskstore.spi;

import io.taskstore.Check;

/**
 * A claim that a worker holds by what the storage says.
 *
 * @param claim the claim
 * @param cancelRequested whether somebody wants the task cancelled
 */
public record Held(Claim claim, boolean cancelRequested) {

    /** Checks that the claim is given. */
    public Held {
        Check.given("Held.claim", claim);
    }
}
