package io.taskstore;

import org.jspecify.annotations.Nullable;

/**
 * Why a run ended badly.
 *
 * @param kind what sort of failure it was: the class name of what the handler threw, the word the handler gave, or one of
 *     the constants here; 1 to 200 characters
 * @param message what went wrong, at most 16,384 characters
 */
public record TaskError(String kind, String message) {

    /** The handler did not end within the task's timeout. */
    public static final String TIMEOUT = "TIMEOUT";
    /** The process of the run died, or the worker was not heard of for so long that it counts as dead. */
    public static final String CRASH = "CRASH";

    /** The task took its process down as often as is tolerated. */
    public static final String POISON = "POISON";
    /** The payload could not be decoded into the type the handler takes. */
    public static final String PAYLOAD = "PAYLOAD";
    /** The host set the status itself. */
    public static final String HOST = "HOST";

    private static final int LONGEST_KIND = 200;
    private static final int LONGEST_MESSAGE = 16_384;
    private static final int DEEPEST_CAUSE = 10;

    /**
     * Cleans and cuts both texts: a text that no database keeps must not make a failure impossible to record.
     */
    public TaskError {
        kind = Text.clean(Check.given("TaskError.kind", kind), LONGEST_KIND);
        message = Text.clean(Check.given("TaskError.message", message), LONGEST_MESSAGE);
        if (kind.isBlank()) {
            throw new InvalidInputException("TaskError.kind", "a text that is not blank", kind);
        }
    }

    /** {@return the error that tells of the throwable and of its causes; the stack is for the log} */
    public static TaskError of(Throwable thrown) {
        Check.given("thrown", thrown);
        var message = new StringBuilder(messageOf(thrown));
        Throwable cause = causeOf(thrown);
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
            String why = messageOf(cause);
            message.append("\ncaused by ").append(cause.getClass().getName());
            message.append(why.isEmpty() ? "" : ": " + why);
            cause = causeOf(cause);
        }
        return new TaskError(thrown.getClass().getName(), message.toString());
    }

    /** {@return the first line, as one reads it in a list} */
    public String summary() {
        String firstLine = message.lines().findFirst().orElse("");
        return firstLine.isEmpty() ? kind : kind + ": " + firstLine;
    }

    private static @Nullable Throwable causeOf(Throwable thrown) {
        try {
            return thrown.getCause();
        } catch (RuntimeException unreadable) {
            return null;
        }
    }

    /** A throwable of the host may fail at this too. */
    private static String messageOf(Throwable thrown) {
        try {
            String message = thrown.getMessage();
            return message == null ? "" : message;
        } catch (RuntimeException e) {
            return "(its message could not be read: " + e.getClass().getName() + ")";
        }
    }
}
