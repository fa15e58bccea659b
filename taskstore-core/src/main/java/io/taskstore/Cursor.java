package io.taskstore;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.UUID;

/**
 * A place in a list of tasks or workflows: behind the one that was stored at this time with this id. It stays right while
 * others come and go, and that one too. Its text form is fit for a URL.
 *
 * @param createdAt when it was stored
 * @param id its id
 */
public record Cursor(Instant createdAt, UUID id) {

    /** Checks that both are given. */
    public Cursor {
        createdAt = Check.instant("Cursor.createdAt", createdAt);
        Check.given("Cursor.id", id);
    }

    /** {@return the place behind the task} */
    public static Cursor after(Task task) {
        Check.given("task", task);
        return new Cursor(task.createdAt(), task.id());
    }

    /** {@return the place behind the workflow} */
    public static Cursor after(Workflow workflow) {
        Check.given("workflow", workflow);
        return new Cursor(workflow.createdAt(), workflow.id());
    }

    /** {@return the place that {@link #toString()} wrote} */
    public static Cursor parse(String text) {
        String given = Check.given("Cursor", text);
        int separator = given.indexOf('_');
        try {
            Instant createdAt = Instant.parse(given.substring(0, Math.max(separator, 0)));
            return new Cursor(createdAt, UUID.fromString(given.substring(separator + 1)));
        } catch (DateTimeParseException | IllegalArgumentException e) {
            throw new InvalidInputException("Cursor", "a text that a page gave", text);
        }
    }

    @Override
    public String toString() {
        return createdAt + "_" + id;
    }
}
