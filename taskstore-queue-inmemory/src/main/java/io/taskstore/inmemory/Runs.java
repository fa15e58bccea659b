package io.taskstore.inmemory;

import io.taskstore.Slots;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The runs of one worker: those whose claims it holds, until their ends are committed, and those that keep a thread, which may
 * be the same or not. One lock guards all of it; the bell is rung without it.
 */
final class Runs {

    /** How many tasks are claimed at most, running or not yet settled, unless more may run at once. */
    private static final int WINDOW = 4_096;

    /** What is to be done when there is room again. */
    interface Bell {

        /** There is as much room as was waited for. */
        void room();

        /** A queue whose limit was reached has room, and a scan may have passed over its tasks. */
        void roomInQueue();
    }

    /** How the runs are at a moment. */
    record Count(int claimed, int ready, int busy, int stuck) {}

    private final Settings.Limits limits;
    private final int window;
    private final Bell bell;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed;

    private final Map<Claim, Run> claimed = new LinkedHashMap<>();
    /** Claims without runs that are being given back. */
    private final Set<Claim> leaving = new HashSet<>();
    /** Those that are ready or whose handlers run, by task; of two runs of one task only one may be here. */
    private final Map<UUID, Run> present = new HashMap<>();

    private final Set<Run> stuck = new HashSet<>();
    /** How many of each queue are ready or run. */
    private final Map<String, Integer> perQueue = new HashMap<>();
    /** Queues whose limits were reached, so that a scan may have passed over their tasks. */
    private final Set<String> full = new HashSet<>();

    private int ready;

    /** How much room the bell is for, with how many tasks ahead of their threads. */
    private int roomWanted = Integer.MAX_VALUE;

    private int aheadWanted;

    /** Makes it without runs; what waits for it waits on a condition of this making. */
    Runs(Settings.Limits limits, Bell bell, Function<ReentrantLock, Condition> conditions) {
        this.limits = limits;
        this.window = Math.max(WINDOW, limits.concurrency());
        this.bell = bell;
        this.changed = conditions.apply(lock);
    }

    /**
     * What may be claimed at a moment.
     *
     * @param slots how much
     * @param isEnough whether that is worth a claim; if not, the bell is rung once when it is
     */
    record Room(Slots slots, boolean isEnough) {}

    /**
     * {@return what may be claimed now}
     *
     * @param ahead how many tasks may be claimed beyond what there are threads for; then half of that is enough
     */
    Room room(int ahead) {
        lock.lock();
        try {
            int total = total(ahead);
            // runs that stay long may leave less of the window than that
            int enough = Math.max(1, Math.min(ahead, window - busy()) / 2);
            roomWanted = total < enough ? enough : Integer.MAX_VALUE;
            aheadWanted = ahead;
            return new Room(slots(total), total >= enough);
        } finally {
            lock.unlock();
        }
    }

    /** {@return what may be claimed now, beside so many tasks that are being handed over} */
    Slots slots(int ahead, int handedOver) {
        lock.lock();
        try {
            Slots all = slots(total(ahead));
            Map<String, Integer> less = new HashMap<>();
            all.perQueue().forEach((queue, free) -> less.put(queue, Math.max(0, free - handedOver)));
            return new Slots(Math.max(0, all.total() - handedOver), less, all.otherQueues());
        } finally {
            lock.unlock();
        }
    }

    private Slots slots(int total) {
        Map<String, Integer> free = new HashMap<>();
        limits.queues().forEach(queue -> free.put(queue, total));
        limits.perQueue().forEach((queue, limit) -> {
            if (limits.queues().isEmpty() || limits.queues().contains(queue)) {
                free.put(queue, Math.min(total, Math.max(0, limit - perQueue.getOrDefault(queue, 0))));
            }
        });
        return new Slots(total, free, limits.queues().isEmpty());
    }

    /** {@return what may be claimed in the places of runs that are over, so many of each queue; no limit gets more than it gave} */
    Slots placesOf(Map<String, Integer> over) {
        int total = over.values().stream().mapToInt(Integer::intValue).sum();
        Map<String, Integer> free = new HashMap<>();
        limits.queues().forEach(queue -> free.put(queue, total));
        limits.perQueue().keySet().stream()
                .filter(queue -> limits.queues().isEmpty() || limits.queues().contains(queue))
                .forEach(queue -> free.put(queue, over.getOrDefault(queue, 0)));
        return new Slots(total, free, limits.queues().isEmpty());
    }

    /** {@return whether the limit of the queue was reached, so that a scan may have passed over its tasks} */
    boolean isFull(String queue) {
        lock.lock();
        try {
            return full.contains(queue);
        } finally {
            lock.unlock();
        }
    }

    private int total(int ahead) {
        int threads = limits.concurrency() + ahead - present.size();
        return Math.max(0, Math.min(window - claimed.size(), threads));
    }

    private int busy() {
        return present.size() - ready;
    }

    /** Adds a run that is ready. {@return false if another run of its task has not let go of its thread} */
    boolean add(Run run) {
        lock.lock();
        try {
            Run other = present.get(run.task().id());
            if (other != null && !other.hasEnded()) {
                return false;
            }
            // one that has ended is about to leave, and takes nothing with it but itself
            present.put(run.task().id(), run);
            claimed.put(run.claim(), run);
            ready++;
            String queue = run.task().queue();
            int now = perQueue.merge(queue, 1, Integer::sum);
            Integer limit = limits.perQueue().get(queue);
            if (limit != null && now >= limit) {
                full.add(queue);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    void begin(Run run) {
        lock.lock();
        try {
            ready--;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out a run that did not begin and never will; its claim stays until it is settled. */
    void withdrawn(Run run) {
        leave(run, true);
    }

    /** The thread of the run is free. */
    void isOver(Run run) {
        leave(run, false);
    }

    private void leave(Run run, boolean wasReady) {
        boolean wasFull;
        lock.lock();
        try {
            if (wasReady) {
                ready--;
            }
            present.remove(run.task().id(), run);
            stuck.remove(run);
            String queue = run.task().queue();
            perQueue.computeIfPresent(queue, (same, count) -> count == 1 ? null : count - 1);
            wasFull = full.remove(queue);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (wasFull) {
            bell.roomInQueue();
        }
        ring();
    }

    /** Keeps a claim known that has no run and is being given back. */
    void leaving(Claim claim) {
        lock.lock();
        try {
            leaving.add(claim);
        } finally {
            lock.unlock();
        }
    }

    /** The ends of these are committed, or their claims are gone. */
    void settled(Iterable<Claim> claims) {
        lock.lock();
        try {
            claims.forEach(claim -> {
                claimed.remove(claim);
                leaving.remove(claim);
            });
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        ring();
    }

    private void ring() {
        lock.lock();
        try {
            if (total(aheadWanted) < roomWanted) {
                return;
            }
            roomWanted = Integer.MAX_VALUE;
        } finally {
            lock.unlock();
        }
        bell.room();
    }

    void isStuck(Run run) {
        lock.lock();
        try {
            if (run.equals(present.get(run.task().id()))) {
                stuck.add(run);
            }
        } finally {
            lock.unlock();
        }
    }

    Optional<Run> of(Claim claim) {
        lock.lock();
        try {
            return Optional.ofNullable(claimed.get(claim));
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether the claim is that of a run, or is being given back} */
    boolean isKnown(Claim claim) {
        lock.lock();
        try {
            return claimed.containsKey(claim) || leaving.contains(claim);
        } finally {
            lock.unlock();
        }
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return claimed.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    boolean isAnyOf(Set<UUID> tasks) {
        lock.lock();
        try {
            return claimed.keySet().stream().map(Claim::taskId).anyMatch(tasks::contains);
        } finally {
            lock.unlock();
        }
    }

    List<Run> all() {
        lock.lock();
        try {
            return List.copyOf(claimed.values());
        } finally {
            lock.unlock();
        }
    }

    /** {@return the runs that this worker claimed} */
    List<Run> of(WorkerId worker) {
        List<Run> runs = new ArrayList<>(all());
        runs.removeIf(run -> !run.claim().worker().equals(worker));
        return runs;
    }

    Count count() {
        lock.lock();
        try {
            return new Count(claimed.size(), ready, busy(), stuck.size());
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether no handler runs any more or is about to, within the time} */
    boolean awaitIdle(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (!present.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return present.isEmpty();
        } finally {
            lock.unlock();
        }
    }
}
