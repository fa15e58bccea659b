package io.taskstore;

import java.util.UUID;

/** No task has the id: it never existed, or it was deleted or purged. */
public final class TaskNotFoundException extends TaskStoreException {

    private final UUID id;

    /** Reports the id that no task has. */
    public TaskNotFoundException(UUID id) {
        super("no task has the id " + id, null);
        this.id = id;
    }

    /** {@return the id that no task has} */
    public UUID id() {
        return id;
    }
}
