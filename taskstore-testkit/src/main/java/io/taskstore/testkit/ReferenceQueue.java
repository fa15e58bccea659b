package io.taskstore.testkit;

import io.taskstore.Health;
import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Task;
import io.taskstore.TaskQueue;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A queue in memory that does what the port promises and nothing else: one lock, which is its own monitor, guards all. It
 * is made for tests.
 */
public final class ReferenceQueue implements TaskQueue {

    /** What the queue knows of one worker. */
    private static final class Desk {
        /** What the worker's poll waits for; null while none waits. */
        @Nullable
        Wanted waiting;

        final Map<UUID, Hint> reserved = new LinkedHashMap<>();
        final List<Task> delivered = new ArrayList<>();
        /** Hints that were polled and not handled yet. */
        final List<Hint> taken = new ArrayList<>();

        final Set<UUID> cancelRequested = new LinkedHashSet<>();
        boolean missed;
        boolean woken;
        boolean nudged;
        /** Whether the worker has left; what still waits at this desk waits in vain. */
        boolean left;
    }

    private final int capacity;
    private final List<Hint> hints = new ArrayList<>();
    private final Map<WorkerId, Desk> desks = new LinkedHashMap<>();
    /** Whether a hint was refused that workers who never polled before should hear of. */
    private boolean missed;

    private boolean closed;

    /** Opens a queue for so many hints. */
    public ReferenceQueue(int capacity) {
        this.capacity = capacity;
    }

    @Override
    public synchronized Optional<Reservation> reserve(Hint hint) {
        for (Map.Entry<WorkerId, Desk> entry : desks.entrySet()) {
            Desk desk = entry.getValue();
            Wanted wanted = desk.waiting;
            if (isOpen(desk) && wanted != null && wanted.caughtUp() && hasRoom(desk, wanted, hint)) {
                desk.reserved.put(hint.id(), hint);
                return Optional.of(new Slot(entry.getKey(), desk, hint));
            }
        }
        return Optional.empty();
    }

    /** {@return whether the worker could start the task beside all that it is to start already} */
    private static boolean hasRoom(Desk desk, Wanted wanted, Hint hint) {
        int all = desk.reserved.size() + desk.delivered.size();
        long ofQueue = desk.reserved.values().stream()
                        .filter(other -> other.queue().equals(hint.queue()))
                        .count()
                + desk.delivered.stream()
                        .filter(task -> task.queue().equals(hint.queue()))
                        .count();
        return wanted.canStart(hint)
                && all < wanted.slots().total()
                && ofQueue < wanted.slots().free(hint.queue())
                && !desk.reserved.containsKey(hint.id());
    }

    /** The slot of a worker that is kept free; its fields are guarded by the queue. */
    private final class Slot implements Reservation {
        private final WorkerId worker;
        private final Desk desk;
        private final Hint hint;
        private boolean ended;

        Slot(WorkerId worker, Desk desk, Hint hint) {
            this.worker = worker;
            this.desk = desk;
            this.hint = hint;
        }

        @Override
        public WorkerId worker() {
            return worker;
        }

        @Override
        public boolean deliver(Task claimed) {
            synchronized (ReferenceQueue.this) {
                boolean present = end() && isOpen(desk);
                if (present) {
                    desk.delivered.add(claimed);
                }
                return present;
            }
        }

        @Override
        public void release() {
            synchronized (ReferenceQueue.this) {
                end();
            }
        }

        /** Also a slot that only becomes free may be what a waiting poll needs for a hint. */
        private boolean end() {
            boolean open = !ended;
            ended = true;
            if (open) {
                desk.reserved.remove(hint.id());
                ReferenceQueue.this.notifyAll();
            }
            return open;
        }
    }

    @Override
    public synchronized Set<UUID> reserved(WorkerId worker) {
        Set<UUID> ids = new HashSet<>();
        Desk desk = desks.get(worker);
        if (desk != null) {
            ids.addAll(desk.reserved.keySet());
            desk.delivered.forEach(task -> ids.add(task.id()));
        }
        return ids;
    }

    @Override
    public synchronized boolean offer(Hint hint) {
        if (closed) {
            return false;
        }
        boolean taken = hints.size() < capacity;
        if (taken) {
            hints.add(hint);
        } else {
            missed = true;
            desks.values().forEach(desk -> desk.missed = true);
        }
        notifyAll();
        return taken;
    }

    @Override
    public synchronized Polled poll(Wanted wanted, Duration timeout) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
        Desk desk = desks.computeIfAbsent(wanted.worker(), this::newDesk);
        desk.waiting = wanted;
        try {
            Polled polled = take(desk, wanted);
            while (polled.isNothing() && isOpen(desk) && !desk.nudged && deadline - System.nanoTime() > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, deadline - System.nanoTime());
                polled = take(desk, wanted);
            }
            return polled;
        } finally {
            desk.waiting = null;
            desk.nudged = false;
        }
    }

    private boolean isOpen(Desk desk) {
        return !closed && !desk.left;
    }

    private Desk newDesk(WorkerId worker) {
        Desk desk = new Desk();
        desk.missed = missed;
        return desk;
    }

    private Polled take(Desk desk, Wanted wanted) {
        if (!isOpen(desk)) {
            return Polled.nothing();
        }
        List<Task> handedOver = List.copyOf(desk.delivered);
        Map<String, Integer> taken = new HashMap<>();
        handedOver.forEach(task -> taken.merge(task.queue(), 1, Integer::sum));
        desk.reserved.values().forEach(hint -> taken.merge(hint.queue(), 1, Integer::sum));
        int room = wanted.slots().total() - handedOver.size() - desk.reserved.size();
        List<Hint> taking = new ArrayList<>();
        for (Iterator<Hint> waiting = hints.iterator(); waiting.hasNext() && taking.size() < room; ) {
            Hint hint = waiting.next();
            int ofQueue = taken.getOrDefault(hint.queue(), 0);
            if (wanted.canStart(hint) && ofQueue < wanted.slots().free(hint.queue())) {
                taken.put(hint.queue(), ofQueue + 1);
                taking.add(hint);
                waiting.remove();
            }
        }
        Polled polled = new Polled(handedOver, taking, Set.copyOf(desk.cancelRequested), desk.missed, desk.woken);
        desk.taken.addAll(taking);
        desk.delivered.clear();
        desk.cancelRequested.clear();
        desk.missed = false;
        desk.woken = false;
        return polled;
    }

    @Override
    public synchronized List<Task> leave(WorkerId worker) {
        Desk desk = desks.remove(worker);
        if (desk == null) {
            return List.of();
        }
        desk.left = true;
        if (!closed) {
            hints.addAll(0, desk.taken);
        }
        notifyAll();
        return List.copyOf(desk.delivered);
    }

    @Override
    public synchronized void handled(Hint hint) {
        desks.values().forEach(desk -> desk.taken.remove(hint));
    }

    @Override
    public synchronized void cancelRequested(Set<UUID> ids) {
        desks.values().forEach(desk -> desk.cancelRequested.addAll(ids));
        notifyAll();
    }

    @Override
    public synchronized void wake() {
        desks.values().forEach(desk -> desk.woken = true);
        notifyAll();
    }

    @Override
    public synchronized void nudge(WorkerId worker) {
        Desk desk = desks.get(worker);
        if (desk != null) {
            desk.nudged = true;
            notifyAll();
        }
    }

    @Override
    public synchronized long depth() {
        return hints.size();
    }

    @Override
    public synchronized Health health() {
        return closed
                ? Health.of("queue", Health.Level.DOWN, "it is closed")
                : Health.of("queue", Health.Level.UP, hints.size() + " hints");
    }

    @Override
    public synchronized void close() {
        closed = true;
        hints.clear();
        notifyAll();
    }
}
