package io.taskstore.spi;

import io.taskstore.Check;
import java.time.Duration;
import java.util.Optional;

/**
 * A worker's right to go on, as the storage grants it with each heartbeat.
 *
 * @param alive whether it is alive; a worker that is not will never be again, and has to register anew
 * @param next how soon the next heartbeat should follow
 * @param trust for how long, from before this heartbeat was sent, the worker may go on without another; empty where its life
 *     does not depend on heartbeats
 * @param sweep how soon somebody should {@linkplain TaskClaims#recover recover} again, for what dead workers hold to be
 *     found in time
 */
public record Lease(boolean alive, Duration next, Optional<Duration> trust, Duration sweep) {

    /** Checks the durations. */
    public Lease {
        positive("Lease.next", next);
        Check.given("Lease.trust", trust).ifPresent(duration -> positive("Lease.trust", duration));
        positive("Lease.sweep", sweep);
    }

    private static void positive(String field, Duration value) {
        Check.given(field, value);
        Check.that(!value.isNegative() && !value.isZero(), field, "longer than zero", value);
    }
}
