package io.taskstore.inmemory;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever several threads ask of a queue at once, the answers are those of some order. */
@Tag("long")
final class InMemoryTaskQueueLincheckTest {

    @Test
    void hintsGoToWorkersAsInSomeOrder() {
        Stress.options().actorsPerThread(3).check(QueueOperations.class);
    }

    @Test
    void reservedSlotsEndAsInSomeOrder() {
        Stress.options().actorsPerThread(3).actorsBefore(1).actorsAfter(2).check(ReservedSlotOperations.class);
    }
}
