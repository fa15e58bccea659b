package io.taskstore;

import org.jspecify.annotations.Nullable;

/**
 * An argument was refused at the door, before anything was stored. The message names the field, what was expected and,
 * unless it is a payload, a result or metadata, what was given.
 */
public final class InvalidInputException extends TaskStoreException {

    private static final int LONGEST_QUOTE = 60;

    private final String field;
    private final String expected;
    private final String problem;

    /**
     * Reports a refused argument whose value is told by the message.
     *
     * @param field the argument, in the words of the API: {@code title}, {@code PageRequest.limit}
     * @param expected what it must be, as the end of a sentence that begins with "must be"
     * @param actual what was given, quoted and cut for the message
     */
    public InvalidInputException(String field, String expected, @Nullable Object actual) {
        this(field, expected, "but was " + quoted(actual), null);
    }

    private InvalidInputException(String field, String expected, String problem, @Nullable Throwable cause) {
        super(field + " must be " + expected + ", " + problem, cause);
        this.field = field;
        this.expected = expected;
        this.problem = problem;
    }

    /**
     * Reports a refused argument whose value may be private.
     *
     * @param problem what is wrong with the value, in words that do not quote it
     */
    static InvalidInputException unquoted(String field, String expected, String problem) {
        return new InvalidInputException(field, expected, problem, null);
    }

    /** {@return the same refusal of an argument that the caller knows by another name} */
    public InvalidInputException about(String field) {
        return new InvalidInputException(field, expected, problem, this);
    }

    /** {@return the refused argument, in the words of the API} */
    public String field() {
        return field;
    }

    /** {@return what the argument must be, as the end of a sentence that begins with "must be"} */
    public String expected() {
        return expected;
    }

    private static String quoted(@Nullable Object actual) {
        if (actual == null) {
            return "null";
        }
        if (!(actual instanceof CharSequence)) {
            return Text.clean(actual.toString(), LONGEST_QUOTE);
        }
        return '"' + Text.clean(actual.toString(), LONGEST_QUOTE) + '"';
    }
}
