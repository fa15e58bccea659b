package io.taskstore;

/**
 * What became of a task that was to be stored.
 *
 * @param task the task that is stored now
 * @param how how it came to be
 */
public record Created(Task task, How how) {

    /** How a stored task came to be. */
    public enum How {
        /** It is new. */
        NEW,
        /** It is new, and claimed already by the worker it was created for. */
        CLAIMED,
        /** It was there before: with the same id and content, or as the holder of the same unique key. */
        EXISTING
    }

    /** Checks that both are given. */
    public Created {
        Check.given("Created.task", task);
        Check.given("Created.how", how);
    }
}
