package io.taskstore.inmemory;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Does small things at a time to come, on one thread that never waits for anything else. */
interface Watchdog {

    /** {@return cancels the action} */
    Future<?> after(Duration delay, Runnable action);

    /** Forgets what was to come. */
    void close();

    /** {@return one with a thread} */
    static Watchdog withThread(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, body -> {
            Thread thread = new Thread(body, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return new Watchdog() {
            @Override
            public Future<?> after(Duration delay, Runnable action) {
                return executor.isShutdown()
                        ? CompletableFuture.completedFuture(null)
                        : executor.schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
            }

            @Override
            public void close() {
                executor.shutdownNow();
            }
        };
    }

    /** {@return one that never does anything, where the caller's own thread runs the handlers} */
    static Watchdog asleep() {
        return new Watchdog() {
            @Override
            public Future<?> after(Duration delay, Runnable action) {
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public void close() {
                // there is nothing to forget
            }
        };
    }
}
