package io.taskstore;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything around a task that decides what happens to it next, read in one moment.
 *
 * @param task the task
 * @param last the last change of its status
 * @param now the time by the storage's clock
 * @param queuePaused whether the queue it waits in is paused
 * @param liveWorkers the workers that are alive, whatever they handle
 * @param blockedBy the tasks of its workflow that have to end first, or to end otherwise than they did, where the
 *     task is WAITING; at most ten of them
 */
public record Situation(
        Task task,
        Optional<StatusChange> last,
        Instant now,
        boolean queuePaused,
        Map<WorkerId, WorkerProfile> liveWorkers,
        List<Task> blockedBy) {

    /** Copies the collections. */
    public Situation {
        Check.given("Situation.task", task);
        Check.given("Situation.last", last);
        Check.given("Situation.now", now);
        liveWorkers = Check.entries("Situation.liveWorkers", liveWorkers);
        blockedBy = Check.list("Situation.blockedBy", blockedBy, Integer.MAX_VALUE);
    }
}
