package io.taskstore;

import java.util.UUID;

/** No workflow has the id: it never existed, or it was deleted or purged. */
public final class WorkflowNotFoundException extends TaskStoreException {

    private final UUID id;

    /** Reports the id that no workflow has. */
    public WorkflowNotFoundException(UUID id) {
        super("no workflow has the id " + id, null);
        this.id = id;
    }

    /** {@return the id that no workflow has} */
    public UUID id() {
        return id;
    }
}
