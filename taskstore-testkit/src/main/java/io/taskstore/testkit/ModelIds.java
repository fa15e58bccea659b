package io.taskstore.testkit;

import io.taskstore.WorkerId;
import java.util.UUID;

/** The ids of a sequence: the same in every run, and in another order, signed or not, than their numbers. */
final class ModelIds {

    /** A worker that never registered. */
    static final WorkerId NOBODY = new WorkerId(new UUID(0x4000L, 0x8000_0000_0000_0000L));

    private static final long PRIME = 1_000_003;
    private static final long STEP = 378_551;

    private ModelIds() {}

    static UUID task(int number) {
        return scattered(0x7000L, number);
    }

    static UUID workflow(int number) {
        return scattered(0x7001L, number);
    }

    private static UUID scattered(long kind, int number) {
        long top = number % 2 == 0 ? 0 : 0xF000_0000_0000_0000L;
        return new UUID(top | kind, 0x8000_0000_0000_0000L | ((number + 1) * STEP) % PRIME);
    }
}
