package io.taskstore;

import java.util.Set;
import java.util.UUID;

/**
 * What a change to all tasks that pass a filter did.
 *
 * @param count how many tasks were changed; a RUNNING task that is to be cancelled counts, also if that was so before
 * @param cancelRequested the RUNNING tasks whose workers have to be told to stop
 * @param refused the tasks that the method says it refuses, such as a RUNNING one that was to be deleted; at most 1,000 are
 *     named
 */
public record Changed(long count, Set<UUID> cancelRequested, Set<UUID> refused) {

    /** Copies the sets. */
    public Changed {
        Check.between("Changed.count", 0, Long.MAX_VALUE, count);
        cancelRequested = Check.set("Changed.cancelRequested", cancelRequested);
        refused = Check.set("Changed.refused", refused);
    }
}
