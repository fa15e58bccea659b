package io.taskstore.jdbi;

import io.taskstore.Hint;
import io.taskstore.Slots;
import io.taskstore.Wanted;
import java.util.HashMap;
import java.util.Map;

/** What one worker could start, beside what it was told of since it said so. Not thread-safe: its crowd guards it. */
final class Room {

    private final Wanted wanted;
    private final Map<String, Integer> given = new HashMap<>();
    private int all;

    Room(Wanted wanted) {
        this.wanted = wanted;
    }

    Wanted wanted() {
        return wanted;
    }

    /** {@return whether the worker starts such tasks at all} */
    boolean isFor(Hint hint) {
        Slots slots = wanted.slots();
        return wanted.types().contains(hint.type())
                && (slots.otherQueues() || slots.perQueue().containsKey(hint.queue()));
    }

    /** {@return whether a hint is of use to it: a worker that is behind finds its tasks by itself} */
    boolean isCaughtUp() {
        return wanted.caughtUp();
    }

    /** {@return whether the worker could start something now} */
    boolean isFree() {
        return wanted.caughtUp() && wanted.slots().total() > 0;
    }

    /** {@return whether the worker could start the task now} */
    boolean isLeftFor(Hint hint) {
        return wanted.caughtUp()
                && isFor(hint)
                && all < wanted.slots().total()
                && given.getOrDefault(hint.queue(), 0) < wanted.slots().free(hint.queue());
    }

    void give(Hint hint) {
        all++;
        given.merge(hint.queue(), 1, Integer::sum);
    }
}
