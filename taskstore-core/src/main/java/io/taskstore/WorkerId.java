package io.taskstore;

import java.util.UUID;

/**
 * One incarnation of a worker. It is new for every registration and never used again, so that a process that comes back
 * under an old name or number is never taken for the one that died.
 *
 * @param value the id
 */
public record WorkerId(UUID value) {

    /** Checks that the id is given. */
    public WorkerId {
        Check.given("WorkerId.value", value);
    }

    /** {@return the worker with the id in the form that {@link #toString()} gives} */
    public static WorkerId parse(String text) {
        try {
            return new WorkerId(UUID.fromString(Check.given("WorkerId", text)));
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("WorkerId", "a UUID", text);
        }
    }

    /** {@return the last eight digits, enough to tell the workers of one timeline apart} */
    public String shortForm() {
        return value.toString().substring(28);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
