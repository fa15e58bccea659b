package io.taskstore.jdbi;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for conditions in tests: until they hold, and not for ever. */
final class Soon {

    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final long PAUSE = Duration.ofMillis(1).toNanos();

    private Soon() {}

    /** What is asked again and again. */
    interface Condition {
        boolean holds() throws Exception;
    }

    /**
     * Waits until the condition holds.
     *
     * @param what the condition, as the end of a sentence that begins with "waited in vain until"
     */
    static void until(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain until " + what);
            }
            LockSupport.parkNanos(PAUSE);
        }
    }
}
