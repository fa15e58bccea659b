package io.taskstore;

import java.util.Set;

/**
 * The tasks that a worker could start now, as it tells a queue that it polls.
 *
 * @param worker who asks
 * @param types the names of the types it has handlers for
 * @param slots how many tasks it can start now
 * @param caughtUp whether, by its last scan, nothing else is due; only then may a submit reserve one of its slots
 */
public record Wanted(WorkerId worker, Set<String> types, Slots slots, boolean caughtUp) {

    /** Copies the types. */
    public Wanted {
        Check.given("Wanted.worker", worker);
        types = Check.names("Wanted.types", types);
        Check.given("Wanted.slots", slots);
    }

    /** {@return whether the worker could start the task now} */
    public boolean canStart(Hint hint) {
        Check.given("hint", hint);
        return types.contains(hint.type()) && slots.free(hint.queue()) > 0;
    }
}
