package io.taskstore.rabbitmq;

import io.taskstore.Hint;

/**
 * A message with a hint that the broker counts as given to this process until it is acknowledged.
 *
 * @param tag what the broker calls it, in the session in which it came
 * @param hint what it tells
 * @param own its number if this process published it, or else zero
 * @param since when it came, in nanoseconds of the ledger's clock
 * @param refused whether the local queue had no room for it when it was first given to it
 */
record Delivery(long tag, Hint hint, long own, long since, boolean refused) {

    Delivery(long tag, Hint hint, long own, long since) {
        this(tag, hint, own, since, false);
    }

    Delivery whichWasRefused() {
        return new Delivery(tag, hint, own, since, true);
    }
}
