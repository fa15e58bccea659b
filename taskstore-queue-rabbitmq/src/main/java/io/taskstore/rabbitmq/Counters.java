package io.taskstore.rabbitmq;

import java.util.concurrent.atomic.LongAdder;

/** What a queue has counted since it was opened. It is thread-safe. */
final class Counters {

    final LongAdder published = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder lost = new LongAdder();
    final LongAdder received = new LongAdder();
    final LongAdder acknowledged = new LongAdder();
    final LongAdder givenBack = new LongAdder();
    final LongAdder malformed = new LongAdder();
    final LongAdder repeated = new LongAdder();

    RabbitTaskQueueStatistics read() {
        return new RabbitTaskQueueStatistics(
                published.sum(),
                refused.sum(),
                lost.sum(),
                received.sum(),
                acknowledged.sum(),
                givenBack.sum(),
                malformed.sum(),
                repeated.sum());
    }
}
