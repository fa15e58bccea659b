package io.taskstore;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A source of UUIDv7 ids: ordered by time in their text, and within one source in the order in which they were made, also
 * when the clock is set back. It is thread-safe.
 */
public final class TaskIds implements Supplier<UUID> {

    private static final int COUNTER_BITS = 12;
    private static final long MOST_MILLIS = (1L << 48) - 1;
    /** New milliseconds begin in the lower half of the counter, so that at least as many ids fit as the upper half has. */
    private static final int FIRST_COUNTERS = 1 << (COUNTER_BITS - 1);

    private static final TaskIds STANDARD =
            new TaskIds(InstantSource.system(), new SplittableRandom(new SecureRandom().nextLong()));

    private final InstantSource clock;
    private final RandomGenerator random;

    /** Milliseconds and counter of the last id in one number; guarded by this. */
    private long last;

    /**
     * Makes ids from the clock and the random numbers.
     *
     * @param random need not be thread-safe, but no one else may use it then
     */
    public TaskIds(InstantSource clock, RandomGenerator random) {
        this.clock = Check.given("clock", clock);
        this.random = Check.given("random", random);
    }

    /** {@return the source of this process: ids from the system's clock and from numbers that no other process has} */
    public static TaskIds standard() {
        return STANDARD;
    }

    /** {@return an id greater than all before} */
    @Override
    public synchronized UUID get() {
        long millis = Math.min(Math.max(clock.millis(), 0), MOST_MILLIS);
        long fresh = (millis << COUNTER_BITS) | random.nextInt(FIRST_COUNTERS);
        last = Math.max(last + 1, fresh);
        long high = ((last >>> COUNTER_BITS) << 16) | 0x7000L | (last & ((1L << COUNTER_BITS) - 1));
        long low = (random.nextLong() >>> 2) | (1L << 63);
        return new UUID(high, low);
    }
}
