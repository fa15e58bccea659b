package io.taskstore.inmemory;

import io.taskstore.TaskQueue;
import io.taskstore.testkit.QueueContract;

final class InMemoryTaskQueueTest extends QueueContract {

    @Override
    protected TaskQueue open(int capacity) {
        return new InMemoryTaskQueue(capacity);
    }
}
