package io.taskstore.spi;

import io.taskstore.InvalidInputException;
import io.taskstore.Task;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a worker got.
 *
 * @param tasks the tasks that are RUNNING by the worker now, in the order in which they should start
 * @param more whether the slots were the limit, so that more may be due
 * @param nextDue when the next task of the types and queues asked for becomes due, where that is known and nothing more is
 *     due now
 */
public record Claimed(List<Task> tasks, boolean more, Optional<Instant> nextDue) {

    /** Copies the list. */
    public Claimed {
        InvalidInputException.notNull("Claimed.tasks", tasks);
        tasks.forEach(task -> InvalidInputException.notNull("Claimed.tasks member", task));
        tasks = List.copyOf(tasks);
        InvalidInputException.notNull("Claimed.nextDue", nextDue);
    }
}
