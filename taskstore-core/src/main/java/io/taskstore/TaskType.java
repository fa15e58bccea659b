package io.taskstore;

/**
 * A kind of work: the name under which its tasks are stored and the Java type of their payloads. The name goes to the
 * database, the class never does.
 *
 * @param name 1 to 100 ASCII letters, digits or {@code . _ : / + @ # -}
 * @param payloadClass what payloads are decoded into; a record is the usual choice
 * @param <T> the type of the payloads
 */
public record TaskType<T>(String name, Class<T> payloadClass) {

    /** Checks the name, and that values of the class can exist. */
    public TaskType {
        Check.name("TaskType.name", name);
        Check.given("TaskType.payloadClass", payloadClass);
        if (payloadClass.isPrimitive() || payloadClass == Void.class) {
            throw new InvalidInputException("TaskType.payloadClass", "a class that has values", payloadClass.getName());
        }
    }

    /** {@return the kind of work with the name and the payload class} */
    public static <T> TaskType<T> of(String name, Class<T> payloadClass) {
        return new TaskType<>(name, payloadClass);
    }

    @Override
    public String toString() {
        return name;
    }
}
