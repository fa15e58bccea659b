package io.taskstore.inmemory;

import io.taskstore.Page;
import io.taskstore.PageRequest;
import io.taskstore.TaskFilter;
import io.taskstore.TaskOrder;
import io.taskstore.TaskStatus;
import io.taskstore.spi.Storage;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** What waits in a storage, as far as it is known with little reading. */
final class Backlog {

    /** Payloads come with them. */
    private static final int LOOKED_AT = 20;

    /** How many pages of tasks that are not due, or in paused queues, are turned. */
    private static final int MOST_PAGES = 10;

    private static final TaskFilter PENDING = TaskFilter.all().status(TaskStatus.PENDING);

    private final Storage storage;

    Backlog(Storage storage) {
        this.storage = storage;
    }

    /** {@return how many tasks are PENDING, due or not, counted up to the cap} */
    long pending(long cap) {
        return storage.tasks().count(PENDING, cap).value();
    }

    /**
     * {@return how long a task is due: of the first twenty tasks with one that is, in the order of creation, the one due longest}
     * Where hundreds of scheduled tasks, or of tasks in paused queues, are older than those that are due, it does not get to these.
     *
     * @param types those that count; all, if none is given
     * @param queues those that count; all, if none is given
     */
    Duration age(Set<String> types, Set<String> queues) {
        Set<String> paused = storage.queues().paused();
        Set<String> open = new LinkedHashSet<>(queues);
        open.removeAll(paused);
        if (open.isEmpty() && !queues.isEmpty()) {
            return Duration.ZERO;
        }
        TaskFilter some = types.isEmpty() ? PENDING : PENDING.type(types.toArray(String[]::new));
        TaskFilter filter = open.isEmpty() ? some : some.queue(open.toArray(String[]::new));
        PageRequest request = PageRequest.first(LOOKED_AT).order(TaskOrder.OLDEST_FIRST);
        for (int i = 0; i < MOST_PAGES; i++) {
            Page page = storage.tasks().list(filter, request);
            Optional<Duration> age = age(page, paused);
            if (age.isPresent() || !page.hasMore()) {
                return age.orElse(Duration.ZERO);
            }
            request = request.after(page.next().orElseThrow());
        }
        return Duration.ZERO;
    }

    private Optional<Duration> age(Page page, Set<String> paused) {
        Instant now = storage.clock().instant();
        return page.tasks().stream()
                .filter(task -> !paused.contains(task.queue()))
                .map(task -> Duration.between(DueTime.latest(task), now))
                .filter(age -> !age.isNegative())
                .max(Comparator.naturalOrder());
    }
}
