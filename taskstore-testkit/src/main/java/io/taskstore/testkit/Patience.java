package io.taskstore.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** How a test waits for what another thread does: for a condition, and not for ever. */
final class Patience {

    /** So long a test waits for what should happen at once. */
    static final Duration LIMIT = Duration.ofSeconds(10);

    private static final long LOOK_AGAIN_NANOS = 50_000;

    private Patience() {}

    /**
     * Waits until the condition holds.
     *
     * @param what the condition in words, as the end of a sentence that begins with "waited in vain until"
     */
    static void until(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > LIMIT.toNanos()) {
                throw new AssertionError("waited in vain until " + what);
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
