package io.taskstore.spi;

import io.taskstore.InvalidInputException;
import java.time.Duration;
import java.util.Optional;

/**
 * What a worker knows of its own life after a heartbeat.
 *
 * @param alive whether it is alive; a worker that is not will never be again, and has to register anew
 * @param next how soon the next heartbeat should follow
 * @param trust for how long, from before this heartbeat was sent, the worker may go on without another; empty where its life
 *     does not depend on heartbeats
 */
public record Lease(boolean alive, Duration next, Optional<Duration> trust) {

    /** Checks the durations. */
    public Lease {
        InvalidInputException.notNull("Lease.next", next);
        InvalidInputException.require(!next.isNegative() && !next.isZero(), "Lease.next", "longer than zero", next);
        InvalidInputException.notNull("Lease.trust", trust);
    }
}
