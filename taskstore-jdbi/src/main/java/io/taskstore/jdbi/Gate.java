package io.taskstore.jdbi;

import io.taskstore.StorageBusyException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets the writers of this process take turns, in the order in which they come: ours, and the transactions of the host that
 * we joined. It is thread-safe. A turn may be ended by another thread than the one that took it.
 */
final class Gate {

    private final Semaphore turn = new Semaphore(1, true);

    /** The thread that is inside a joined transaction, as far as one is. */
    private volatile @Nullable Thread joined;

    void enter(Call call, Duration patience) {
        refuseWithin(call);
        boolean entered = turn.tryAcquire();
        boolean interrupted = false;
        long end = System.nanoTime() + patience.toNanos();
        while (!entered) {
            try {
                entered = turn.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (!entered) {
                    throw new StorageBusyException(
                            call.name()
                                    + " failed: another transaction of this process kept the database for longer than "
                                    + patience,
                            null);
                }
            } catch (InterruptedException e) {
                // the wait is bounded, and a write that was asked for is made: the caller sees the interrupt afterwards
                interrupted = true;
            } finally {
                if (interrupted && entered) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /** {@return about how many writers wait for their turn} */
    int waiting() {
        return turn.getQueueLength();
    }

    void leave() {
        turn.release();
    }

    /**
     * Enters for a transaction of the host, on whose thread no other write of ours may come in between. One that is joined
     * twice has its turn already.
     *
     * @return ends the turn
     */
    Runnable enterJoined(Call call, Duration patience) {
        if (joined == Thread.currentThread()) {
            return () -> {};
        }
        enter(call, patience);
        return joinedNow();
    }

    /** Makes the turn of this thread one in which other code than ours runs. */
    Runnable joinedNow() {
        joined = Thread.currentThread();
        return () -> {
            joined = null;
            leave();
        };
    }

    void refuseWithin(Call call) {
        if (joined == Thread.currentThread()) {
            throw new IllegalStateException(call.name()
                    + " was called inside a joined transaction and would wait for its end: call it on tasks.in(database"
                    + ".joined(handle)), or after the transaction");
        }
    }
}
