package io.taskstore;

import io.taskstore.TaskRepository.Subscription;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The callers that wait for tasks to end. The storage wakes them for what ends in this process. For what ends in others,
 * one of them at a time asks the storage on behalf of all, so that a hundred waiting callers cost one query.
 *
 * <p>It is thread-safe, and needs no thread of its own.
 */
final class Awaiting {

    private static final long POLL_NANOS = Duration.ofMillis(250).toNanos();

    private final TaskRepository repository;
    private final Map<Waiter, UUID> waiters = new ConcurrentHashMap<>();
    private final AtomicLong lastPoll = new AtomicLong(System.nanoTime());

    Awaiting(TaskRepository repository) {
        this.repository = repository;
    }

    /** One waiting caller; a permit says that its task may have ended. */
    private static final class Waiter extends Semaphore {
        Waiter() {
            super(0);
        }
    }

    Optional<Task> await(UUID id, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        Waiter waiter = new Waiter();
        Subscription subscription = repository.onEnded(ended -> wakeIf(ended.contains(id), waiter));
        waiters.put(waiter, id);
        try {
            while (true) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                Task task = repository.find(id).orElseThrow(() -> new TaskNotFoundException(id));
                if (task.status().isTerminal()) {
                    return Optional.of(task);
                } else if (!mayHaveEnded(waiter, deadline)) {
                    return Optional.empty();
                }
            }
        } finally {
            subscription.close();
            waiters.remove(waiter);
        }
    }

    /** {@return true once the waiter's task may have ended, false when the time is over} */
    private boolean mayHaveEnded(Waiter waiter, long deadline) throws InterruptedException {
        while (true) {
            long now = System.nanoTime();
            long last = lastPoll.get();
            long untilPoll = last + POLL_NANOS - now;
            if (deadline - now <= 0) {
                return false;
            } else if (waiter.tryAcquire(Math.min(untilPoll, deadline - now), TimeUnit.NANOSECONDS)) {
                waiter.drainPermits();
                return true;
            } else if (untilPoll <= 0 && lastPoll.compareAndSet(last, now)) {
                wakeEnded();
            }
        }
    }

    /** A task that is gone has ended too; its waiter finds out that it is gone. */
    private void wakeEnded() {
        Set<UUID> open = new HashSet<>();
        for (Task task : repository.find(new HashSet<>(waiters.values()))) {
            if (!task.status().isTerminal()) {
                open.add(task.id());
            }
        }
        waiters.forEach((waiter, id) -> wakeIf(!open.contains(id), waiter));
    }

    private static void wakeIf(boolean ended, Waiter waiter) {
        if (ended) {
            waiter.release();
        }
    }
}
