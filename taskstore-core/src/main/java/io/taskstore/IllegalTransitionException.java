package io.taskstore;

import java.util.UUID;

/**
 * A task could not be changed as asked because of the status it is in: the move is not in {@link TaskStatus}, or it is
 * not the caller's to make.
 */
public final class IllegalTransitionException extends TaskStoreException {

    private final UUID id;
    private final TaskStatus status;

    /**
     * Reports what was refused and why.
     *
     * @param status the status the task is in
     * @param refused what was asked for, as the end of a sentence that begins with "cannot"
     * @param reason why not, as the end of a sentence that begins with "because"
     */
    public IllegalTransitionException(UUID id, TaskStatus status, String refused, String reason) {
        super("task " + id + " is " + status + " and cannot " + refused + ", because " + reason, null);
        this.id = id;
        this.status = status;
    }

    /** {@return the id of the task} */
    public UUID id() {
        return id;
    }

    /** {@return the status the task is in} */
    public TaskStatus status() {
        return status;
    }
}
