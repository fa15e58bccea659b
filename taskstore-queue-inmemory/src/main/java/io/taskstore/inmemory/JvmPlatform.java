package io.taskstore.inmemory;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** The Java virtual machine as it is. */
final class JvmPlatform implements Platform {

    /** There is one, whatever number of workers there are. */
    static final JvmPlatform THIS = new JvmPlatform();

    private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

    private final SuspectSeat suspects = new SuspectSeat();

    private JvmPlatform() {}

    @Override
    public Ending start(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
        return timeout -> {
            thread.join(Math.max(1, timeout.toMillis()));
            return !thread.isAlive();
        };
    }

    @Override
    public Condition condition(ReentrantLock lock) {
        return lock.newCondition();
    }

    @Override
    public Handlers handlers(int threads, ThreadFactory factory) {
        return new Pool(threads, factory);
    }

    @Override
    public Watchdog watchdog(String name) {
        return Watchdog.withThread(name);
    }

    /** Its thread is the only one that keeps the process alive: others may hang, and must not. */
    @Override
    public Runnable keepAlive(String name) {
        CountDownLatch over = new CountDownLatch(1);
        new Thread(() -> awaitUninterruptibly(over), name).start();
        return over::countDown;
    }

    private static void awaitUninterruptibly(CountDownLatch over) {
        boolean done = false;
        while (!done) {
            try {
                over.await();
                done = true;
            } catch (InterruptedException e) {
                // only the closing ends it
            }
        }
    }

    @Override
    public SuspectSeat suspects() {
        return suspects;
    }

    /** The threads of the host's making that run handlers. */
    private static final class Pool extends ThreadPoolExecutor implements Handlers {

        Pool(int threads, ThreadFactory factory) {
            super(threads, threads, KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), body -> {
                Thread thread = factory.newThread(body);
                if (thread == null) {
                    throw new IllegalStateException("the thread factory returned null");
                }
                return thread;
            });
            allowCoreThreadTimeOut(true);
        }

        /** What a handler leaves behind on its thread is not for the next one. */
        @Override
        protected void afterExecute(Runnable run, @Nullable Throwable thrown) {
            boolean unused = Thread.interrupted();
            MDC.clear();
        }
    }
}
