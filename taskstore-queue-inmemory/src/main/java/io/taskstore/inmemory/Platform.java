package io.taskstore.inmemory;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the engine has of the process that it lives in: threads, how they wait, and what there is only one of. A simulation has
 * a platform of its own, on which time is not what it is elsewhere. It is thread-safe.
 */
interface Platform {

    /** Starts a thread of the engine's own, which does not keep the process alive. {@return how to wait for its end} */
    Ending start(String name, Runnable body);

    /** {@return a condition of the lock, on which a thread may wait for a time} */
    Condition condition(ReentrantLock lock);

    /** {@return what runs handlers, on no more threads than that} */
    Handlers handlers(int threads, ThreadFactory factory);

    /** {@return what does small things at a time to come} */
    Watchdog watchdog(String name);

    /** {@return ends it} Keeps the process alive until then. */
    Runnable keepAlive(String name);

    /** {@return the place of this process for a task that crashed a process before} */
    SuspectSeat suspects();

    /** The end of a thread. */
    interface Ending {

        /** {@return whether the thread has ended within the time} */
        boolean within(Duration timeout) throws InterruptedException;
    }

    /** Runs handlers. It throws what the factory of threads throws. */
    interface Handlers extends Executor {

        /** Lets go of its threads when they have done what they were given. */
        void shutdown();
    }
}
