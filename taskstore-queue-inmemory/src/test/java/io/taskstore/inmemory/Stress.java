package io.taskstore.inmemory;

import org.jetbrains.lincheck.datastructures.StressOptions;

/** How much Lincheck tries; properties ask for more. */
final class Stress {

    private Stress() {}

    /**
     * {@return options for two threads}
     *
     * @param scenarios how many scenarios are made up in each build
     * @param invocations how often each is run in each build
     */
    static StressOptions options(int scenarios, int invocations) {
        return new StressOptions()
                .iterations(Integer.getInteger("taskstore.lincheck.scenarios", scenarios))
                .invocationsPerIteration(Integer.getInteger("taskstore.lincheck.invocations", invocations))
                .threads(2);
    }
}
