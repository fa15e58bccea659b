package io.taskstore.rabbitmq;

import io.taskstore.Hint;
import io.taskstore.Slots;
import io.taskstore.Wanted;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of one worker of this process. Not thread-safe: the ledger guards it. */
final class Desk {

    private Set<String> types = Set.of();
    private Slots slots = Slots.of(0);
    /** What the worker's poll waits for, or waited for in vain; null if it got something to start. */
    private @Nullable Wanted wanted;

    private boolean waiting;
    private long restingUntil;
    private int given;
    private final Map<String, Integer> givenPerQueue = new HashMap<>();
    private boolean missed;

    Desk(boolean missed) {
        this.missed = missed;
    }

    void begin(Wanted wanted) {
        types = wanted.types();
        slots = wanted.slots();
        this.wanted = wanted;
        waiting = true;
        given = 0;
        givenPerQueue.clear();
    }

    /**
     * Ends a poll.
     *
     * @param inVain whether it got nothing to start, so that its slots are still free
     * @param until when they are not taken for free any more
     */
    void end(boolean inVain, long until) {
        waiting = false;
        restingUntil = until;
        if (!inVain) {
            wanted = null;
        }
    }

    Set<String> types() {
        return types;
    }

    /** {@return whether the worker starts such tasks at all} */
    boolean isFor(Hint hint) {
        return types.contains(hint.type())
                && (slots.otherQueues() || slots.perQueue().containsKey(hint.queue()));
    }

    /** {@return whether a poll waits that has a slot for anything} */
    boolean isInterested() {
        return waiting && wanted != null && wanted.slots().total() > 0;
    }

    /**
     * {@return whether the worker waits, or is between two polls, and can start the task beside what was given to it, which the
     * task then is}
     */
    boolean take(Hint hint, long now) {
        Wanted open = wanted;
        if (open == null || !(waiting || now - restingUntil < 0)) {
            return false;
        }
        int ofQueue = givenPerQueue.getOrDefault(hint.queue(), 0);
        if (given >= open.slots().total() || ofQueue >= open.slots().free(hint.queue()) || !open.canStart(hint)) {
            return false;
        }
        given++;
        givenPerQueue.put(hint.queue(), ofQueue + 1);
        return true;
    }

    void miss() {
        missed = true;
    }

    boolean isMissed() {
        return missed;
    }

    /** {@return whether hints were refused that the worker was not told of, which it now is} */
    boolean takeMissed() {
        boolean was = missed;
        missed = false;
        return was;
    }
}
