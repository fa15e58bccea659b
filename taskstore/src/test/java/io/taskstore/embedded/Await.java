package io.taskstore.embedded;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** How a test waits for what other threads do: for a condition, and not for ever. */
final class Await {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long LOOK_AGAIN = Duration.ofMillis(1).toNanos();

    private Await() {}

    /**
     * Waits until the condition holds.
     *
     * @param what the condition in words, as the end of a sentence that begins with "waited in vain until"
     */
    static void until(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain until " + what);
            }
            LockSupport.parkNanos(LOOK_AGAIN);
        }
    }
}
