package io.taskstore.inmemory;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A thread of the engine's own, which takes one step after the other until it is ended. A step that throws is taken again after
 * a pause, whatever it threw.
 */
final class EngineThread {

    private static final long FIRST_PAUSE = Duration.ofMillis(50).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofSeconds(2).toNanos();

    /** What the thread does again and again. */
    interface Step {

        /** {@return how long to wait before the next step, unless it is called for before} */
        Duration take() throws InterruptedException;
    }

    private final String name;
    private final Step step;
    private final Complaints complaints;
    private final Semaphore calls = new Semaphore(0);
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread;

    EngineThread(String name, Step step, Complaints complaints) {
        this.name = name;
        this.step = step;
        this.complaints = complaints;
        this.thread = new Thread(this::work, name);
        this.thread.setDaemon(true);
    }

    /** Keeps the process alive as long as the thread is not ended; others leave that to the host. */
    EngineThread keepingAlive() {
        thread.setDaemon(false);
        return this;
    }

    void start() {
        thread.start();
    }

    /** Asks for the next step now. */
    void call() {
        calls.release();
    }

    /** Ends it after the step that is being taken. */
    void end() {
        end.countDown();
        calls.release();
    }

    /** {@return whether it has ended within the time} */
    boolean join(Duration timeout) throws InterruptedException {
        long millis = Math.max(1, timeout.toMillis());
        thread.join(millis);
        return !thread.isAlive();
    }

    private boolean hasEnded() {
        return end.getCount() == 0;
    }

    private void work() {
        long pause = FIRST_PAUSE;
        while (!hasEnded()) {
            try {
                Duration wait = step.take();
                pause = FIRST_PAUSE;
                await(wait);
            } catch (InterruptedException e) {
                // nobody but user code that got hold of this thread does that, and the engine goes on
                continue;
            } catch (Throwable e) {
                complaints.about(name, e);
                pauseFor(pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE);
            }
        }
    }

    private void await(Duration wait) throws InterruptedException {
        if (!wait.isZero() && calls.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
            calls.drainPermits();
        }
    }

    private void pauseFor(long nanos) {
        try {
            boolean unused = end.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // a shorter pause
        }
    }
}
