package io.taskstore.crash;

import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What all that is left to chance begins with: {@code taskstore.crash.seed}, where it is given. It is printed when it is drawn,
 * with the folder of the test, so that both are known of a test that never ends.
 */
final class Seed {

    private Seed() {}

    /** {@return the seed of the test whose folder this is} */
    static long in(Path folder) {
        long seed =
                Long.getLong("taskstore.crash.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("seed " + seed + " in " + folder);
        return seed;
    }
}
