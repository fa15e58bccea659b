package io.taskstore.rabbitmq;

import io.taskstore.Hint;
import io.taskstore.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A hint as the body of a message: five lines of ASCII, the first of which names the format and its version. Anybody may have
 * written what arrives, so that whatever is not exactly this is no hint.
 */
final class HintMessage {

    /** What the message's own type says, for people who look at the broker. */
    static final String TYPE = "taskstore-hint";

    /** The longest names and numbers take less. */
    static final int LARGEST = 512;

    private static final String FIRST_LINE = TYPE + " 1";
    private static final Pattern FORMAT = Pattern.compile(FIRST_LINE
            + "\n(?<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
            + "\n(?<type>[!-~]{1,100})"
            + "\n(?<queue>[!-~]{1,100})"
            + "\n(?<priority>-?[0-9]{1,4})\n");

    private HintMessage() {}

    static byte[] encode(Hint hint) {
        return String.join("\n", FIRST_LINE, hint.id().toString(), hint.type(), hint.queue(), hint.priority() + "\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** {@return the hint, or empty if this is none} */
    static Optional<Hint> decode(byte[] body) {
        if (body.length > LARGEST) {
            return Optional.empty();
        }
        // a byte that is no ASCII becomes a character that the format does not have
        Matcher lines = FORMAT.matcher(new String(body, StandardCharsets.US_ASCII));
        if (!lines.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Hint(
                    UUID.fromString(lines.group("id")),
                    lines.group("type"),
                    lines.group("queue"),
                    Integer.parseInt(lines.group("priority"))));
        } catch (InvalidInputException e) {
            return Optional.empty();
        }
    }
}
