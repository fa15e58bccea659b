package io.taskstore.inmemory;

import io.taskstore.Check;
import io.taskstore.Health;
import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Task;
import io.taskstore.TaskQueue;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A queue in the memory of this process, for the workers of this process. It forgets everything with the process, which costs
 * nothing but the time until the next scan. It is thread-safe: one lock guards all of it, and no other code is called under
 * that lock.
 */
public final class InMemoryTaskQueue implements TaskQueue {

    /** How many hints a queue holds unless it is told otherwise. */
    public static final int DEFAULT_CAPACITY = 10_000;

    private static final int MOST = 10_000_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Function<ReentrantLock, Condition> conditions;
    private final HintLanes hints;

    private final Map<WorkerId, Desk> desks = new LinkedHashMap<>();

    /** Whether a hint was refused that workers who never polled before should hear of. */
    private boolean missed;

    private boolean closed;

    /** Opens a queue for 10,000 hints. */
    public InMemoryTaskQueue() {
        this(DEFAULT_CAPACITY);
    }

    /**
     * Opens a queue.
     *
     * @param capacity how many hints it holds, 1 to 10,000,000; what goes beyond is refused, and found by a scan
     */
    public InMemoryTaskQueue(int capacity) {
        this(capacity, ReentrantLock::newCondition);
    }

    /** Opens a queue whose polls wait on conditions of this making. */
    InMemoryTaskQueue(int capacity, Function<ReentrantLock, Condition> conditions) {
        this.hints = new HintLanes(Check.between("capacity", 1, MOST, capacity));
        this.conditions = conditions;
    }

    @Override
    public Optional<Reservation> reserve(Hint hint) {
        Check.given("hint", hint);
        lock.lock();
        try {
            if (!closed) {
                for (Desk desk : desks.values()) {
                    if (desk.canReserve(hint)) {
                        desk.reserve(hint);
                        return Optional.of(new Slot(desk, hint));
                    }
                }
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** The slot of a worker that is kept free. */
    private final class Slot implements Reservation {

        private final Desk desk;
        private final Hint hint;

        /** Guarded by the lock. */
        private boolean ended;

        Slot(Desk desk, Hint hint) {
            this.desk = desk;
            this.hint = hint;
        }

        @Override
        public WorkerId worker() {
            return desk.worker();
        }

        @Override
        public boolean deliver(Task claimed) {
            Check.given("claimed", claimed);
            return end(claimed);
        }

        @Override
        public void release() {
            end(null);
        }

        /** Also a slot that only becomes free may be what a waiting poll needs for a hint. */
        private boolean end(@Nullable Task claimed) {
            lock.lock();
            try {
                boolean open = !ended;
                ended = true;
                if (open) {
                    desk.unreserve(hint);
                    if (claimed != null && isOpen(desk)) {
                        desk.deliver(claimed);
                    }
                    desk.signal();
                }
                return open && isOpen(desk);
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public Set<UUID> reserved(WorkerId worker) {
        lock.lock();
        try {
            Desk desk = desks.get(Check.given("worker", worker));
            return desk == null ? Set.of() : desk.reservedOrDelivered();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean offer(Hint hint) {
        Check.given("hint", hint);
        lock.lock();
        try {
            if (closed) {
                return false;
            } else if (hints.add(hint)) {
                desks.values().stream().filter(desk -> desk.waitsFor(hint)).forEach(Desk::signal);
                return true;
            }
            missed = true;
            desks.values().forEach(Desk::miss);
            return false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Polled poll(Wanted wanted, Duration timeout) throws InterruptedException {
        Check.given("wanted", wanted);
        Check.given("timeout", timeout);
        lock.lockInterruptibly();
        try {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Desk desk = desks.computeIfAbsent(wanted.worker(), this::newDesk);
            return poll(desk, wanted, nanos(timeout));
        } finally {
            lock.unlock();
        }
    }

    private Polled poll(Desk desk, Wanted wanted, long timeout) throws InterruptedException {
        desk.begin(wanted);
        try {
            long left = timeout;
            Polled polled = take(desk, wanted);
            while (polled.isNothing() && isOpen(desk) && !desk.isNudged() && left > 0) {
                left = desk.await(left);
                polled = take(desk, wanted);
            }
            return polled;
        } finally {
            desk.end();
        }
    }

    private Polled take(Desk desk, Wanted wanted) {
        return isOpen(desk) ? desk.take(wanted, hints) : Polled.nothing();
    }

    private boolean isOpen(Desk desk) {
        return !closed && !desk.hasLeft();
    }

    private Desk newDesk(WorkerId worker) {
        return new Desk(worker, conditions.apply(lock), missed);
    }

    private static long nanos(Duration timeout) {
        try {
            return timeout.toNanos();
        } catch (ArithmeticException e) {
            return timeout.isNegative() ? 0 : Long.MAX_VALUE;
        }
    }

    @Override
    public void nudge(WorkerId worker) {
        lock.lock();
        try {
            Desk desk = desks.get(Check.given("worker", worker));
            if (desk != null) {
                desk.nudge();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Task> leave(WorkerId worker) {
        lock.lock();
        try {
            Desk desk = desks.remove(Check.given("worker", worker));
            if (desk == null) {
                return List.of();
            }
            List<Hint> unhandled = desk.leave();
            if (!closed) {
                hints.giveBack(unhandled);
                desks.values().forEach(Desk::signal);
            }
            return desk.delivered();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void handled(Hint hint) {
        Check.given("hint", hint);
        lock.lock();
        try {
            desks.values().forEach(desk -> desk.handled(hint));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void cancelRequested(Set<UUID> ids) {
        Check.given("ids", ids);
        lock.lock();
        try {
            desks.values().forEach(desk -> desk.cancelRequested(ids));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void wake() {
        lock.lock();
        try {
            desks.values().forEach(Desk::wake);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long depth() {
        lock.lock();
        try {
            return hints.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Health health() {
        lock.lock();
        try {
            return closed
                    ? Health.of("queue", Health.Level.DOWN, "it is closed")
                    : Health.of("queue", Health.Level.UP, hints.size() + " hints of at most " + hints.capacity());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            hints.clear();
            desks.values().forEach(Desk::signal);
        } finally {
            lock.unlock();
        }
    }
}
