package io.taskstore;

import io.taskstore.TaskRepository.News;
import io.taskstore.TaskRepository.Subscription;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The callers that wait for tasks to end. The storage wakes them for what ends in this process. For what ends in others, one
 * of them at a time asks the storage on behalf of all, so that a hundred waiting callers cost one query.
 *
 * <p>It is thread-safe, and needs no thread of its own. It listens to the storage only while somebody waits.
 */
final class Awaiting {

    private static final Logger LOG = LoggerFactory.getLogger(Awaiting.class);
    private static final long POLL_NANOS = Duration.ofMillis(250).toNanos();
    private static final int MOST_IN_A_POLL = 1_000;
    private static final TaskFilter ENDED =
            TaskFilter.all().status(TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED);

    private final TaskRepository repository;
    private final Map<Waiter, UUID> waiters = new ConcurrentHashMap<>();
    /** Held by the one that asks on behalf of all. */
    private final Semaphore poll = new Semaphore(1);
    /** When the last answer came; guarded by {@link #poll}, and read without it. */
    private volatile long lastPoll = System.nanoTime();

    /** How many wait; guarded by this. */
    private int waiting;

    /** Open while somebody waits; guarded by this. */
    private @Nullable Subscription subscription;

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
        waiters.put(waiter, id);
        listen();
        try {
            boolean inTime = true;
            while (true) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                Task task = repository.find(id).orElseThrow(() -> new TaskNotFoundException(id));
                if (task.status().isTerminal()) {
                    return Optional.of(task);
                } else if (!inTime) {
                    return Optional.empty();
                }
                inTime = mayHaveEnded(waiter, deadline);
            }
        } finally {
            waiters.remove(waiter);
            stopListening();
        }
    }

    /** {@return true once the waiter's task may have ended, false when the time is over} */
    private boolean mayHaveEnded(Waiter waiter, long deadline) throws InterruptedException {
        while (true) {
            long now = System.nanoTime();
            long untilPoll = Math.max(0, lastPoll + POLL_NANOS - now);
            if (deadline - now <= 0) {
                return false;
            } else if (untilPoll == 0 && poll.tryAcquire()) {
                pollOnBehalfOfAll();
            } else if (waiter.tryAcquire(Math.min(nextLook(untilPoll), deadline - now), TimeUnit.NANOSECONDS)) {
                waiter.drainPermits();
                return true;
            }
        }
    }

    /** While another asks, there is nothing to look at for a while: it wakes whom its answer is about. */
    private static long nextLook(long untilPoll) {
        return untilPoll == 0 ? POLL_NANOS : untilPoll;
    }

    /** A storage that fails is no news about any task; each waiter's own time decides how long it puts up with that. */
    private void pollOnBehalfOfAll() {
        try {
            List<UUID> ids = List.copyOf(new HashSet<>(waiters.values()));
            for (int from = 0; from < ids.size(); from += MOST_IN_A_POLL) {
                List<UUID> slice = ids.subList(from, Math.min(from + MOST_IN_A_POLL, ids.size()));
                Page ended = repository.list(ENDED.ids(slice), PageRequest.first(MOST_IN_A_POLL));
                wake(ended.tasks().stream().map(Task::id).collect(Collectors.toSet()));
            }
        } catch (TaskStoreException e) {
            LOG.debug("Could not ask which of the awaited tasks have ended; asking again soon", e);
        } finally {
            lastPoll = System.nanoTime();
            poll.release();
        }
    }

    /** Nothing at all says that the storage was closed, which those that wait find out when they look. */
    private void hear(News news) {
        if (news.ended().isEmpty() && news.claimable().isEmpty()) {
            waiters.keySet().forEach(Semaphore::release);
        } else {
            wake(news.ended());
        }
    }

    private void wake(Set<UUID> ended) {
        waiters.forEach((waiter, id) -> {
            if (ended.contains(id)) {
                waiter.release();
            }
        });
    }

    private synchronized void listen() {
        waiting++;
        if (subscription == null) {
            subscription = repository.onNews(this::hear);
        }
    }

    private synchronized void stopListening() {
        waiting--;
        if (waiting == 0 && subscription != null) {
            subscription.close();
            subscription = null;
        }
    }
}
