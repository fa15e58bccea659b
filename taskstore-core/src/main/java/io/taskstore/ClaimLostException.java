package io.taskstore;

import java.util.UUID;

/**
 * A run no longer holds its task: the claim was given back, recovered or taken over meanwhile, and nothing that this run
 * does changes the task any more.
 */
public final class ClaimLostException extends TaskStoreException {

    private final UUID id;
    private final WorkerId worker;
    private final int attempt;

    /** Reports the claim that is gone. */
    public ClaimLostException(UUID id, WorkerId worker, int attempt) {
        super("worker " + worker + " no longer holds attempt " + attempt + " of task " + id, null);
        this.id = id;
        this.worker = worker;
        this.attempt = attempt;
    }

    /** {@return the id of the task} */
    public UUID id() {
        return id;
    }

    /** {@return the worker that held the claim} */
    public WorkerId worker() {
        return worker;
    }

    /** {@return the attempt that the claim opened} */
    public int attempt() {
        return attempt;
    }
}
