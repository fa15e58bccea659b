package io.taskstore.rabbitmq;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the threads of a queue, which keep no process alive. It is thread-safe. */
final class Threads implements ThreadFactory {

    private final String purpose;
    private final AtomicInteger made = new AtomicInteger();

    Threads(String purpose) {
        this.purpose = purpose;
    }

    @Override
    public Thread newThread(Runnable body) {
        Thread thread = new Thread(body, "taskstore-rabbitmq-" + purpose + "-" + made.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }
}
