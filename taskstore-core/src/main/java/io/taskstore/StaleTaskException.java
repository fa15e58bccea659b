package io.taskstore;

import java.util.UUID;

/**
 * A task was changed by somebody else since the caller read it, so that the caller's change was not made. Read it again
 * and decide anew.
 */
public final class StaleTaskException extends TaskStoreException {

    private final UUID id;
    private final long expectedVersion;
    private final long actualVersion;

    /** Reports the version the caller had seen and the one that is stored. */
    public StaleTaskException(UUID id, long expectedVersion, long actualVersion) {
        super("task " + id + " was expected at version " + expectedVersion + " but is at " + actualVersion, null);
        this.id = id;
        this.expectedVersion = expectedVersion;
        this.actualVersion = actualVersion;
    }

    /** {@return the id of the task} */
    public UUID id() {
        return id;
    }

    /** {@return the version the caller had seen} */
    public long expectedVersion() {
        return expectedVersion;
    }

    /** {@return the version that is stored} */
    public long actualVersion() {
        return actualVersion;
    }
}
