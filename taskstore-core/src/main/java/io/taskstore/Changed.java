package io.taskstore;

import java.util.Set;
import java.util.UUID;

/**
 * What a change to all tasks that pass a filter did.
 *
 * @param count how many tasks were changed; a RUNNING task that is to be cancelled counts
 * @param cancelRequested the RUNNING tasks whose workers have to be told to stop
 * @param refused the tasks that passed the filter and could be changed by their status, but not for another reason: a
 *     newer holder of their unique key, or a workflow they belong to; at most 1,000 are named
 */
public record Changed(long count, Set<UUID> cancelRequested, Set<UUID> refused) {

    /** Copies the sets. */
    public Changed {
        Check.between("Changed.count", 0, Long.MAX_VALUE, count);
        cancelRequested = Check.set("Changed.cancelRequested", cancelRequested);
        refused = Check.set("Changed.refused", refused);
    }
}
