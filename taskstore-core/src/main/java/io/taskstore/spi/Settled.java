package io.taskstore.spi;

import io.taskstore.Check;
import io.taskstore.TaskStatus;
import java.util.Optional;

/**
 * What became of a settlement.
 *
 * @param claim the claim it was about
 * @param status what the task became through it; empty if the claim is lost, and nothing was changed
 */
public record Settled(Claim claim, Optional<TaskStatus> status) {

    /** Checks that both are given. */
    public Settled {
        Check.given("Settled.claim", claim);
        Check.given("Settled.status", status);
    }

    /** {@return whether the claim is lost} */
    public boolean isLost() {
        return status.isEmpty();
    }
}
