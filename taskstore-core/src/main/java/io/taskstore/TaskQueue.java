package io.taskstore;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The port through which a submit tells workers that there is work. The storage is the truth and the queue a hint:
 * whatever a queue loses, repeats, reorders or makes up costs latency and never a task.
 *
 * <p>Implementations comply with the following:
 *
 * <ul>
 *   <li>No method but {@link #poll} waits for anybody, and none throws for the reason that a queue is full, closed or cut
 *       off from its broker.
 *   <li>A queue holds a bounded number of hints and refuses what goes beyond. A refusal is remembered until a poll of each
 *       worker has told it as {@link Polled#missed}, also of a worker whose first poll comes after it.
 *   <li>A hint goes to one worker that wants it, and to another if the first leaves without having it
 *       {@linkplain #handled handled}. Of hints alike in type, queue and priority, the one offered first is polled first,
 *       unless it was given back.
 *   <li>A waiting poll returns as soon as there is something for it. What comes between two polls of a worker waits for
 *       the second. A worker is known from its first poll until it leaves.
 *   <li>Methods may be called from any thread; a worker polls from one.
 * </ul>
 */
public interface TaskQueue extends AutoCloseable {

    /**
     * Reserves a slot of an idle worker in this process for a task that is about to be stored: one whose poll is waiting
     * now, caught up, and can start the task beside what it reserved before. The caller ends the reservation, whatever
     * happens to the submit.
     *
     * @return the reservation, or empty if no such worker waits
     */
    Optional<Reservation> reserve(Hint hint);

    /** {@return the tasks for which slots of the worker are reserved, or which were delivered and not polled yet} */
    Set<UUID> reserved(WorkerId worker);

    /** {@return whether the hint was taken; if not, a scan will find the task} */
    boolean offer(Hint hint);

    /**
     * Waits until there is something for the worker, and takes it: no more hints of a queue, and no more in all, than it
     * has slots for beside the tasks handed over and the slots that are reserved.
     *
     * @param timeout how long to wait; with zero or less the answer is what there is now
     * @return what there is; {@link Polled#nothing} when the time is over, the worker was nudged or has left, or the queue is
     *     closed
     * @throws InterruptedException if the thread was interrupted before or while it waited; nothing was taken then
     */
    Polled poll(Wanted wanted, Duration timeout) throws InterruptedException;

    /**
     * Ends the polling of a worker, a poll that is waiting too. Reservations of its slots are void from now on.
     *
     * @return the tasks that were delivered to it and not polled, for it to give back; also after the queue was closed
     */
    List<Task> leave(WorkerId worker);

    /** Tells that the task of a hint was claimed, or that claiming it is known to be pointless. */
    void handled(Hint hint);

    /** Tells all workers of this process at once that somebody wants these tasks cancelled. */
    void cancelRequested(Set<UUID> ids);

    /** Asks all workers of this process for a scan. */
    void wake();

    /**
     * Ends the poll of a worker that waits, or else its next, though there may be nothing for it: what the worker wants has
     * changed, because a slot has become free. Does nothing for a worker that is not known.
     */
    void nudge(WorkerId worker);

    /** {@return how many hints are waiting} */
    long depth();

    /** {@return how the queue is} */
    Health health();

    /**
     * Ends all waiting polls, forgets all hints and voids all reservations. Later calls do nothing, but that {@link #leave}
     * still answers. Idempotent.
     */
    @Override
    void close();

    /**
     * A slot of an idle worker that is kept free for a task about to be stored. It is ended exactly once, by one of its two
     * methods; later calls do nothing.
     */
    interface Reservation {

        /** {@return the worker to create the task for} */
        WorkerId worker();

        /**
         * Hands the task over, after the commit that claimed it for the worker.
         *
         * @return false if the worker has left meanwhile, or the queue was closed; a worker that is closed gives back all that it
         *     holds, and from one that died it is taken
         */
        boolean deliver(Task claimed);

        /** Gives the slot back, also to hints that wait: the task was not claimed, or whether it was is unknown. */
        void release();
    }
}
