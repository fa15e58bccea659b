package io.taskstore.testkit;

import io.taskstore.TaskQueue;

final class ReferenceQueueTest extends QueueContract {

    @Override
    protected TaskQueue open(int capacity) {
        return new ReferenceQueue(capacity);
    }
}
