package io.taskstore.inmemory;

import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Whatever several threads ask of a queue at once, the answers are those of some order. */
final class InMemoryTaskQueueLincheckTest {

    @Test
    void hintsGoToWorkersAsInSomeOrder() {
        new StressOptions()
                .iterations(20)
                .invocationsPerIteration(100)
                .threads(2)
                .actorsPerThread(3)
                .check(QueueOperations.class);
    }

    @Test
    void reservedSlotsEndAsInSomeOrder() throws Exception {
        ReservedSlotOperations.prepare(1_000);
        new StressOptions()
                .iterations(5)
                .invocationsPerIteration(30)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(2)
                .check(ReservedSlotOperations.class);
    }
}
