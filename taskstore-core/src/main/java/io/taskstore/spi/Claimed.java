package io.taskstore.spi;

import io.taskstore.Check;
import io.taskstore.Task;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The tasks that one claim took, and what the worker should know for its next.
 *
 * @param tasks the tasks that are RUNNING by the worker now, in the order in which they should start
 * @param more whether more may be due: as many were taken as there were slots in all, or others were faster with what was found;
 *     never where ids were named
 * @param dueIn how long until the next task becomes due, of the types and queues asked for that have slots and are not paused;
 *     empty where none is known, more may be due now, or ids were named
 */
public record Claimed(List<Task> tasks, boolean more, Optional<Duration> dueIn) {

    /** Copies the list. */
    public Claimed {
        Check.given("Claimed.tasks", tasks);
        tasks.forEach(task -> Check.given("Claimed.tasks member", task));
        tasks = List.copyOf(tasks);
        Check.given("Claimed.dueIn", dueIn);
    }
}
