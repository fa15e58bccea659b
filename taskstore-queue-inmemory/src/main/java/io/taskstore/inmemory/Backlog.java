package io.taskstore.inmemory;

import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.spi.Storage;
import java.time.Duration;
import java.util.Set;

/** What waits in a storage, as far as it is known with little reading. */
final class Backlog {

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
     * {@return how long the task is due that is due longest, as far as {@link io.taskstore.spi.TaskClaims#dueSince} knows}
     *
     * @param types those that count; all, if none is given
     * @param queues those that count; all, if none is given
     */
    Duration age(Set<String> types, Set<String> queues) {
        return storage.claims()
                .dueSince(types, queues)
                .map(since -> Duration.between(since, storage.clock().instant()))
                .filter(age -> !age.isNegative())
                .orElse(Duration.ZERO);
    }
}
