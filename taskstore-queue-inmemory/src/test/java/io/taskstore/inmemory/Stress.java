package io.taskstore.inmemory;

import org.jetbrains.lincheck.datastructures.StressOptions;

/** How much Lincheck tries; properties ask for more. */
final class Stress {

    /** How many scenarios are made up in each build. */
    private static final int SCENARIOS = 50;

    /** How often each is run in each build. */
    private static final int INVOCATIONS = 1_000;

    private Stress() {}

    /** {@return options for two threads} */
    static StressOptions options() {
        return new StressOptions()
                .iterations(Integer.getInteger("taskstore.lincheck.scenarios", SCENARIOS))
                .invocationsPerIteration(Integer.getInteger("taskstore.lincheck.invocations", INVOCATIONS))
                .threads(2);
    }
}
