package io.taskstore.crash;

import java.util.concurrent.ThreadLocalRandom;

/** What all that is left to chance begins with: {@code taskstore.crash.seed}, where it is given. */
final class Seed {

    private Seed() {}

    static long next() {
        return Long.getLong("taskstore.crash.seed", ThreadLocalRandom.current().nextLong());
    }
}
