package io.taskstore;

import java.util.UUID;

/**
 * The name of a task that may be claimable now, with what decides who could run it. It may be late, repeated, forged or lost: the claim decides, and a scan finds
 * what no hint told.
 *
 * @param id the task
 * @param type the name of its type
 * @param queue the queue it waits in
 * @param priority how urgent it is
 */
public record Hint(UUID id, String type, String queue, int priority) {

    /** Checks the names. */
    public Hint {
        Check.given("Hint.id", id);
        Check.name("Hint.type", type);
        Check.name("Hint.queue", queue);
        Check.between("Hint.priority", -Check.PRIORITY, Check.PRIORITY, priority);
    }

    /** {@return the hint at the task} */
    public static Hint of(Task task) {
        Check.given("task", task);
        return new Hint(task.id(), task.type(), task.queue(), task.priority());
    }
}
