package io.taskstore.testkit;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A source of ids that are the same in every run of a test: {@code 00000000-0000-7000-8000-000000000001} and so on, in
 * order. It is thread-safe.
 */
public final class CountingIds implements Supplier<UUID> {

    private final AtomicLong last = new AtomicLong();

    /** Begins with 1. */
    public CountingIds() {}

    @Override
    public UUID get() {
        return number(last.incrementAndGet());
    }

    /** {@return the id with the number, 0 or greater} */
    public static UUID number(long number) {
        return new UUID(0x7000L, 0x8000_0000_0000_0000L | number);
    }
}
