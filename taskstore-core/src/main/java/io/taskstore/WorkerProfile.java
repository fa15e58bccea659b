package io.taskstore;

import java.util.Set;

/**
 * What a worker says of itself when it registers.
 *
 * @param name a name for people, 1 to 200 characters; several workers may have the same
 * @param types the names of the types it has handlers for
 * @param queues the queues it serves; empty for all
 */
public record WorkerProfile(String name, Set<String> types, Set<String> queues) {

    /** Checks the name and copies the sets. */
    public WorkerProfile {
        Check.text("WorkerProfile.name", name, Check.PERSON);
        types = Check.names("WorkerProfile.types", types);
        queues = Check.names("WorkerProfile.queues", queues);
    }

    /** {@return whether the worker serves the queue} */
    public boolean serves(String queue) {
        return queues.isEmpty() || queues.contains(Check.given("queue", queue));
    }
}
