package io.taskstore.rabbitmq;

import io.taskstore.TaskQueue;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.testkit.QueueContract;

@NeedsBroker
final class RabbitTaskQueueTest extends QueueContract {

    @Override
    protected TaskQueue open(int capacity) {
        return RabbitTaskQueue.builder(TestBroker.url(), new InMemoryTaskQueue(capacity))
                .name(Stage.newName())
                .capacity(capacity)
                .open();
    }
}
