package io.taskstore.inmemory;

import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Task;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/** What a queue knows of one worker. Not thread-safe: the queue guards it, and its condition is of the queue's lock. */
final class Desk {

    private final WorkerId worker;
    private final Condition news;
    /** What the worker's poll waits for; null while none waits. */
    private @Nullable Wanted waiting;

    private final Map<UUID, Hint> reserved = new LinkedHashMap<>();
    private final List<Task> delivered = new ArrayList<>();
    /** Hints that were polled and not handled yet. */
    private final Map<Hint, Integer> taken = new LinkedHashMap<>();

    private final Set<UUID> cancelRequested = new LinkedHashSet<>();
    private boolean missed;
    private boolean woken;
    private boolean nudged;
    /** Whether the worker has left; what still waits at this desk waits in vain. */
    private boolean left;

    Desk(WorkerId worker, Condition news, boolean missed) {
        this.worker = worker;
        this.news = news;
        this.missed = missed;
    }

    WorkerId worker() {
        return worker;
    }

    boolean hasLeft() {
        return left;
    }

    void begin(Wanted wanted) {
        waiting = wanted;
    }

    void end() {
        waiting = null;
        nudged = false;
    }

    /** {@return how much of the time is left} The queue calls it in a loop. */
    @SuppressWarnings("WaitNotInLoop")
    long await(long nanos) throws InterruptedException {
        return news.awaitNanos(nanos);
    }

    void signal() {
        news.signal();
    }

    /** {@return whether the worker waits, caught up, and can start the task beside all that it is to start already} */
    boolean canReserve(Hint hint) {
        Wanted wanted = waiting;
        return !left
                && wanted != null
                && wanted.caughtUp()
                && wanted.canStart(hint)
                && !reserved.containsKey(hint.id())
                && new Rest(wanted).take(hint);
    }

    void reserve(Hint hint) {
        reserved.put(hint.id(), hint);
    }

    void unreserve(Hint hint) {
        reserved.remove(hint.id());
    }

    void deliver(Task claimed) {
        delivered.add(claimed);
    }

    List<Task> delivered() {
        return List.copyOf(delivered);
    }

    Set<UUID> reservedOrDelivered() {
        Set<UUID> ids = new HashSet<>(reserved.keySet());
        delivered.forEach(task -> ids.add(task.id()));
        return ids;
    }

    boolean waitsFor(Hint hint) {
        Wanted wanted = waiting;
        return wanted != null && wanted.canStart(hint);
    }

    void miss() {
        missed = true;
        signal();
    }

    void wake() {
        woken = true;
        signal();
    }

    void nudge() {
        nudged = true;
        signal();
    }

    /** {@return whether the poll is to end although there is nothing for it} */
    boolean isNudged() {
        return nudged;
    }

    void cancelRequested(Set<UUID> ids) {
        cancelRequested.addAll(ids);
        signal();
    }

    void handled(Hint hint) {
        taken.computeIfPresent(hint, (same, times) -> times == 1 ? null : times - 1);
    }

    /** {@return the hints that the worker has not handled} */
    List<Hint> leave() {
        left = true;
        signal();
        List<Hint> unhandled = new ArrayList<>();
        taken.forEach((hint, times) -> {
            for (int i = 0; i < times; i++) {
                unhandled.add(hint);
            }
        });
        return unhandled;
    }

    /** What the worker has slots for, beside what was handed over to it and what is reserved. */
    private final class Rest implements HintLanes.Room {

        private final Wanted wanted;
        private final Map<String, Integer> perQueue = new HashMap<>();
        private int all;

        Rest(Wanted wanted) {
            this.wanted = wanted;
            delivered.forEach(task -> use(task.queue()));
            reserved.values().forEach(hint -> use(hint.queue()));
        }

        private void use(String queue) {
            all++;
            perQueue.merge(queue, 1, Integer::sum);
        }

        @Override
        public boolean isLeft() {
            return all < wanted.slots().total();
        }

        @Override
        public boolean take(Hint hint) {
            boolean fits = isLeft()
                    && perQueue.getOrDefault(hint.queue(), 0) < wanted.slots().free(hint.queue());
            if (fits) {
                use(hint.queue());
            }
            return fits;
        }
    }

    /** {@return all that there is for the worker, which it has then} */
    Polled take(Wanted wanted, HintLanes hints) {
        List<Hint> taking = hints.take(wanted, new Rest(wanted));
        if (taking.isEmpty() && delivered.isEmpty() && cancelRequested.isEmpty() && !missed && !woken) {
            return Polled.nothing();
        }
        Polled polled = new Polled(List.copyOf(delivered), taking, Set.copyOf(cancelRequested), missed, woken);
        taking.forEach(hint -> taken.merge(hint, 1, Integer::sum));
        delivered.clear();
        cancelRequested.clear();
        missed = false;
        woken = false;
        return polled;
    }
}
