package io.taskstore.rabbitmq;

/**
 * What a queue has counted since it was opened.
 *
 * @param published hints that the broker has confirmed to have
 * @param refused hints that were refused, because too many waited here or at the broker, or because the broker was away and no
 *     worker in this process could start the task
 * @param lost hints that were taken and came to nothing, because the connection broke before they were confirmed or the broker
 *     had no queue for them
 * @param received messages that came from the broker
 * @param acknowledged messages that were acknowledged: the hint was handled, taken over or no hint
 * @param givenBack messages that were given back to the broker, because no worker in this process waited for them any more
 * @param malformed messages that were no hints: forged, oversized or of another version
 * @param repeated messages with a hint that waited here already
 */
public record RabbitTaskQueueStatistics(
        long published,
        long refused,
        long lost,
        long received,
        long acknowledged,
        long givenBack,
        long malformed,
        long repeated) {}
