package io.taskstore;

import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What a queue has for a worker, all at once.
 *
 * @param handedOver tasks that were claimed for the worker when they were stored: they are RUNNING and its to start
 * @param hints tasks that may be claimable, of the types and queues it can start
 * @param cancelRequested tasks that somebody wants cancelled, whoever runs them; a hint too, which may be late: the
 *     storage says whether it is still so
 * @param missed whether hints were refused since this worker was told so last; a scan is due
 * @param woken whether somebody asked for a scan
 */
public record Polled(
        List<Task> handedOver, List<Hint> hints, Set<UUID> cancelRequested, boolean missed, boolean woken) {

    private static final Polled NOTHING = new Polled(List.of(), List.of(), Set.of(), false, false);

    /** Copies the collections. */
    public Polled {
        handedOver = Check.list("Polled.handedOver", handedOver, Integer.MAX_VALUE);
        hints = Check.list("Polled.hints", hints, Integer.MAX_VALUE);
        cancelRequested = Check.set("Polled.cancelRequested", cancelRequested);
    }

    /** {@return the answer to a poll that ran out of time} */
    public static Polled nothing() {
        return NOTHING;
    }

    /** {@return whether there is nothing in it} */
    public boolean isNothing() {
        return equals(NOTHING);
    }
}
