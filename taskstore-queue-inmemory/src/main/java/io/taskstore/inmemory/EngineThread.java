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
    private final CountDownLatch hurry = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean ended;

    EngineThread(String name, Step step, Complaints complaints) {
        this.name = name;
        this.step = step;
        this.complaints = complaints;
        this.thread = new Thread(this::work, name);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Asks for the next step now; a pause after a failure goes on all the same. */
    void call() {
        // one call is as good as many, and nobody counts them
        if (calls.availablePermits() == 0) {
            calls.release();
        }
    }

    /** Asks for the next step now, and for short pauses from now on. */
    void hurry() {
        hurry.countDown();
        call();
    }

    /** Ends it after the step that is being taken. */
    void end() {
        ended = true;
        hurry();
    }

    /** {@return whether it has ended within the time} */
    boolean join(Duration timeout) throws InterruptedException {
        thread.join(Math.max(1, timeout.toMillis()));
        return !thread.isAlive();
    }

    private void work() {
        long pause = FIRST_PAUSE;
        while (!ended) {
            try {
                Duration wait = step.take();
                pause = FIRST_PAUSE;
                await(wait);
            } catch (InterruptedException e) {
                // nobody but code of the host that got hold of this thread does that, and the engine goes on
            } catch (Throwable e) {
                complain(e);
                pauseFor(pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE);
            }
        }
    }

    /** Even a logger may fail, when memory has run out. */
    private void complain(Throwable failure) {
        try {
            complaints.about(name, failure);
        } catch (Throwable e) {
            // the step is taken again, which is what matters
        }
    }

    private void await(Duration wait) throws InterruptedException {
        if (!wait.isZero() && calls.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
            calls.drainPermits();
        }
    }

    private void pauseFor(long nanos) {
        try {
            if (hurry.await(nanos, TimeUnit.NANOSECONDS) && !ended) {
                // in a hurry it is tried again soon, and still not in a circle
                boolean unused = calls.tryAcquire(FIRST_PAUSE, TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            // a shorter pause
        }
    }
}
