package io.taskstore.inmemory;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

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
    private final Platform platform;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed;

    /** Whether the next step was asked for; written under the lock. */
    private volatile boolean called;

    /** Guarded by the lock. */
    private boolean hurried;

    private volatile boolean ended;
    private volatile Platform.@Nullable Ending ending;

    EngineThread(String name, Step step, Complaints complaints, Platform platform) {
        this.name = name;
        this.step = step;
        this.complaints = complaints;
        this.platform = platform;
        this.changed = platform.condition(lock);
    }

    void start() {
        ending = platform.start(name, this::takeSteps);
    }

    /** Asks for the next step now; a pause after a failure goes on all the same. */
    void call() {
        // one call is as good as many
        if (!called) {
            change(() -> called = true);
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Asks for the next step now, and for short pauses from now on. */
    void hurry() {
        change(() -> {
            hurried = true;
            called = true;
        });
    }

    /** Ends it after the step that is being taken. */
    void end() {
        ended = true;
        hurry();
    }

    /** {@return whether it has ended within the time, or was never started} */
    boolean join(Duration timeout) throws InterruptedException {
        Platform.Ending started = ending;
        return started == null || started.within(timeout);
    }

    private void takeSteps() {
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
        if (!wait.isZero()) {
            boolean unused = within(wait.toNanos(), this::takeCall);
        }
    }

    /** {@return whether it came true within the time} */
    private boolean within(long nanos, BooleanSupplier condition) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            boolean met = condition.getAsBoolean();
            while (!met && left > 0) {
                left = changed.awaitNanos(left);
                met = condition.getAsBoolean();
            }
            return met;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether the step was asked for, which is forgotten then} Called under the lock. */
    private boolean takeCall() {
        boolean was = called;
        called = false;
        return was;
    }

    private void pauseFor(long nanos) {
        try {
            if (within(nanos, () -> hurried) && !ended) {
                // in a hurry it is tried again soon, and still not in a circle
                boolean unused = within(FIRST_PAUSE, this::takeCall);
            }
        } catch (InterruptedException e) {
            // a shorter pause
        }
    }
}
