package io.taskstore;

import java.util.Map;

/**
 * How many tasks a worker can take now, in all and of each queue.
 *
 * @param total how many in all, at least 0
 * @param perQueue how many of each queue that has a limit of its own
 * @param otherQueues whether tasks of the queues not named here are taken too
 */
public record Slots(int total, Map<String, Integer> perQueue, boolean otherQueues) {

    /** Checks the numbers and copies the map. */
    public Slots {
        Check.between("Slots.total", 0, Integer.MAX_VALUE, total);
        perQueue = Check.entries("Slots.perQueue", perQueue);
        perQueue.forEach((queue, free) -> {
            Check.name("Slots.perQueue", queue);
            Check.between("Slots.perQueue." + queue, 0, Integer.MAX_VALUE, free);
        });
    }

    /** {@return so many tasks of any queue} */
    public static Slots of(int total) {
        return new Slots(total, Map.of(), true);
    }

    /** {@return how many tasks of the queue can be taken now} */
    public int free(String queue) {
        Check.given("queue", queue);
        return Math.min(total, perQueue.getOrDefault(queue, otherQueues ? total : 0));
    }
}
