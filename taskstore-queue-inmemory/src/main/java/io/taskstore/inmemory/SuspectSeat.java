package io.taskstore.inmemory;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The one place in a process for a task that crashed a process before. It is thread-safe; others are told without the lock. */
final class SuspectSeat {

    /** Guarded by this. */
    private boolean taken;

    /** Those who wanted it while it was taken; guarded by this. */
    private final Set<Runnable> waiting = new LinkedHashSet<>();

    /**
     * {@return whether the place was free, and is the caller's now}
     *
     * @param whenFree is called once when it is free again, if it was not
     */
    synchronized boolean take(Runnable whenFree) {
        boolean free = !taken;
        if (free) {
            taken = true;
        } else {
            waiting.add(whenFree);
        }
        return free;
    }

    /** Gives the place up. */
    void free() {
        List<Runnable> others;
        synchronized (this) {
            taken = false;
            others = List.copyOf(waiting);
            waiting.clear();
        }
        others.forEach(Runnable::run);
    }

    synchronized boolean isFree() {
        return !taken;
    }
}
