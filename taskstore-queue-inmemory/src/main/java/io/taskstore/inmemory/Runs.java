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

/**
 * The runs of one worker: those whose claims it holds, until their ends are committed, and those that keep a thread, which may
 * be the same or not. One lock guards all of it; the bell is rung without it.
 */
final class Runs {

    /** How many tasks are claimed at most, running or not yet settled, unless more run at once. */
    private static final int WINDOW = 512;

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
    private final Condition changed = lock.newCondition();

    private final Map<Claim, Run> claimed = new LinkedHashMap<>();
    /** Those whose handlers run, by task; of two runs of one task only one may be here. */
    private final Map<UUID, Run> working = new HashMap<>();

    private final Set<Run> stuck = new HashSet<>();
    /** How many of each queue are ready or run. */
    private final Map<String, Integer> perQueue = new HashMap<>();
    /** Queues whose limits were reached when the slots were asked for last. */
    private final Set<String> full = new HashSet<>();

    private int ready;

    /** How much room the bell is for, with how many tasks ahead of their threads. */
    private int roomWanted = Integer.MAX_VALUE;

    private int aheadWanted;

    Runs(Settings.Limits limits, Bell bell) {
        this.limits = limits;
        this.window = Math.max(WINDOW, limits.concurrency());
        this.bell = bell;
    }

    /**
     * {@return what may be claimed now}
     *
     * @param ahead how many tasks may be claimed beyond what there are threads for
     * @param enough for how much room the bell is to be rung, once, if there is less now
     */
    Slots slots(int ahead, int enough) {
        lock.lock();
        try {
            int total = room(ahead);
            roomWanted = total < enough ? enough : Integer.MAX_VALUE;
            aheadWanted = ahead;
            full.clear();
            Map<String, Integer> free = new HashMap<>();
            limits.queues().forEach(queue -> free.put(queue, total));
            limits.perQueue().forEach((queue, limit) -> {
                if (limits.queues().isEmpty() || limits.queues().contains(queue)) {
                    int left = Math.max(0, limit - perQueue.getOrDefault(queue, 0));
                    free.put(queue, Math.min(left, total));
                    if (left == 0) {
                        full.add(queue);
                    }
                }
            });
            return new Slots(total, free, limits.queues().isEmpty());
        } finally {
            lock.unlock();
        }
    }

    private int room(int ahead) {
        int threads = limits.concurrency() + ahead - working.size() - ready;
        return Math.max(0, Math.min(window - claimed.size(), threads));
    }

    /** Adds a run that is ready. {@return false if another run of its task has not let go of its thread} */
    boolean add(Run run) {
        lock.lock();
        try {
            if (working.containsKey(run.task().id())) {
                return false;
            }
            claimed.put(run.claim(), run);
            ready++;
            perQueue.merge(run.task().queue(), 1, Integer::sum);
            return true;
        } finally {
            lock.unlock();
        }
    }

    void begin(Run run) {
        lock.lock();
        try {
            ready--;
            working.put(run.task().id(), run);
        } finally {
            lock.unlock();
        }
    }

    /** Takes out a run that did not begin and never will; its claim stays until it is settled. */
    void withdrawn(Run run) {
        free(run, () -> ready--);
    }

    /** The thread of the run is free. */
    void isOver(Run run) {
        free(run, () -> {
            working.remove(run.task().id(), run);
            stuck.remove(run);
        });
    }

    private void free(Run run, Runnable takeOut) {
        boolean wasFull;
        lock.lock();
        try {
            takeOut.run();
            wasFull = leaveQueue(run);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (wasFull) {
            bell.roomInQueue();
        }
        ring();
    }

    private boolean leaveQueue(Run run) {
        String queue = run.task().queue();
        perQueue.computeIfPresent(queue, (same, count) -> count == 1 ? null : count - 1);
        return full.remove(queue);
    }

    /** The ends of these are committed, or their claims are gone. */
    void settled(Iterable<Claim> claims) {
        lock.lock();
        try {
            claims.forEach(claimed::remove);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        ring();
    }

    private void ring() {
        lock.lock();
        try {
            if (room(aheadWanted) < roomWanted) {
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
            if (working.containsValue(run)) {
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
            return new Count(claimed.size(), ready, working.size(), stuck.size());
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether no handler runs any more, nor is about to, within the time} */
    boolean awaitIdle(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (!isIdle() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return isIdle();
        } finally {
            lock.unlock();
        }
    }

    /** A run that has begun is ready until it has said so here. */
    private boolean isIdle() {
        return working.isEmpty() && ready == 0;
    }
}
