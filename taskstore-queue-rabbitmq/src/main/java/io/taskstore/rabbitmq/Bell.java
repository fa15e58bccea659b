package io.taskstore.rabbitmq;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes the thread of a connection, which hears one ring of many. It is thread-safe. */
final class Bell {

    private final Semaphore rung = new Semaphore(0);

    void ring() {
        if (rung.availablePermits() == 0) {
            rung.release();
        }
    }

    /** Waits until it has rung since the last wait, or the time is over. */
    void await(long nanos) throws InterruptedException {
        if (rung.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
            rung.drainPermits();
        }
    }
}
