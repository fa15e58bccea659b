package io.taskstore.inmemory;

import io.taskstore.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Since when tasks had been due when they were claimed, as far as they tell: one that was edited, given back or unblocked on its
 * way, and has no time to run at, does not.
 */
final class DueTime {

    /** A task has it that was stored and then claimed, with nothing in between. */
    private static final long CLAIMED_AT_FIRST = 2;

    private DueTime() {}

    /** {@return how long the task had been due when it was claimed} */
    static Optional<Duration> beforeClaim(Task claimed) {
        Optional<Instant> due = claimed.runAt();
        if (due.isEmpty() && claimed.version() == CLAIMED_AT_FIRST) {
            due = Optional.of(claimed.createdAt());
        }
        Optional<Instant> since = due;
        return claimed.startedAt()
                .flatMap(started -> since.map(from -> Duration.between(from, started)))
                .map(between -> between.isNegative() ? Duration.ZERO : between);
    }
}
