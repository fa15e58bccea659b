package io.taskstore.rabbitmq;

import io.taskstore.Hint;

/**
 * A message with a hint that the broker counts as given to this process until it is acknowledged.
 *
 * @param tag what the broker calls it, in the session in which it came
 * @param hint what it tells
 * @param own its number if this process published it, or else zero
 * @param since when it came, in nanoseconds of the ledger's clock
 */
record Delivery(long tag, Hint hint, long own, long since) {}
