package io.taskstore.inmemory;

import io.taskstore.Task;
import io.taskstore.spi.Claim;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Sees to it that of all tasks that crashed a process before, at most one runs in this process: if it goes down again, that one
 * alone is accused. It is thread-safe.
 */
final class Suspects {

    /** Of the process, not of a worker: a process may have several. */
    private final SuspectSeat seat;

    /** The same each time, so that who waits twice waits once. */
    private final Runnable whenFree;

    private final AtomicReference<Claim> running = new AtomicReference<>();

    Suspects(SuspectSeat seat, Runnable whenFree) {
        this.seat = seat;
        this.whenFree = whenFree;
    }

    /** {@return whether a claim may ask for a suspect; the answer yes is to be followed by {@link #asked}} */
    boolean mayAsk() {
        return seat.take(whenFree);
    }

    /** Tells what a claim took that asked for a suspect. */
    void asked(List<Task> taken) {
        taken.stream()
                .filter(Suspects::isSuspect)
                .findFirst()
                .ifPresentOrElse(suspect -> running.set(Claim.of(suspect)), seat::free);
    }

    /** {@return whether the run was that of a suspect, so that there may be another now} */
    boolean isOver(Claim claim) {
        Claim suspect = running.get();
        boolean was = claim.equals(suspect) && running.compareAndSet(suspect, null);
        if (was) {
            seat.free();
        }
        return was;
    }

    private static boolean isSuspect(Task task) {
        return task.crashes() > 0;
    }
}
