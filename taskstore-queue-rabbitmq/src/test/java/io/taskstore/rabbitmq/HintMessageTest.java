package io.taskstore.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Hint;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HintMessageTest {

    private static final UUID ID = UUID.fromString("0190a1b2-c3d4-7e5f-8a6b-0123456789ab");
    private static final Hint HINT = new Hint(ID, "mail", "default", -7);

    @Test
    void aHintIsWrittenAsFiveLines() {
        assertThat(new String(HintMessage.encode(HINT), StandardCharsets.US_ASCII))
                .isEqualTo("taskstore-hint 1\n" + ID + "\nmail\ndefault\n-7\n");
    }

    @Test
    void theLongestHintComesBackAsItWas() {
        String name = "aZ9._:/+@#-" + "x".repeat(89);
        Hint hint = new Hint(ID, name, name, -1_000);

        assertThat(HintMessage.encode(hint).length).isLessThanOrEqualTo(HintMessage.LARGEST);
        assertThat(HintMessage.decode(HintMessage.encode(hint))).contains(hint);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "taskstore-hint 1\n",
                "taskstore-hint 2\n0190a1b2-c3d4-7e5f-8a6b-0123456789ab\nmail\ndefault\n0\n",
                "taskstore-hint 1\n0190a1b2-c3d4-7e5f-8a6b-0123456789ab\nmail\ndefault\n0",
                "taskstore-hint 1\n0190a1b2-c3d4-7e5f-8a6b-0123456789ab\nmail\ndefault\n0\n\n",
                "taskstore-hint 1\r\n0190a1b2-c3d4-7e5f-8a6b-0123456789ab\r\nmail\r\ndefault\r\n0\r\n",
                "taskstore-hint 1\n1-1-1-1-1\nmail\ndefault\n0\n",
                "taskstore-hint 1\n0190A1B2-C3D4-7E5F-8A6B-0123456789AB\nmail\ndefault\n0\n",
                "taskstore-hint 1\n0190a1b2-c3d4-7e5f-8a6b-0123456789ab\nma il\ndefault\n0\n",
                "taskstore-hint 1\n0190a1b2-c3d4-7e5f-8a6b-0123456789ab\nm\u00e4il\ndefault\n0\n",
                "taskstore-hint 1\n0190a1b2-c3d4-7e5f-8a6b-0123456789ab\n\ndefault\n0\n",
                "taskstore-hint 1\n0190a1b2-c3d4-7e5f-8a6b-0123456789ab\nmail\ndefault\n1001\n",
                "taskstore-hint 1\n0190a1b2-c3d4-7e5f-8a6b-0123456789ab\nmail\ndefault\n99999999999\n",
                "taskstore-hint 1\n0190a1b2-c3d4-7e5f-8a6b-0123456789ab\nmail\ndefault\n+1\n",
                "taskstore-hint 1\n0190a1b2-c3d4-7e5f-8a6b-0123456789ab\nmail%00\ndefault\n1\n",
                "taskstore-hint 1\n0190a1b2-c3d4-7e5f-8a6b-0123456789ab\nmail\u0000\ndefault\n1\n",
            })
    void whatIsNotExactlyAHintIsNone(String text) {
        assertThat(HintMessage.decode(text.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }

    @Test
    void whatIsTooLargeIsNoHint() {
        String name = "x".repeat(100);
        String text = "taskstore-hint 1\n" + ID + "\n" + name + "\n" + name + "\n" + "0".repeat(300) + "\n";

        assertThat(HintMessage.decode(text.getBytes(StandardCharsets.US_ASCII))).isEmpty();
        assertThat(HintMessage.decode(new byte[5_000_000])).isEmpty();
    }

    /** Whatever is read is a hint that would be written like this, and nothing else is thrown for the rest. */
    @Test
    void noBytesAreReadAsSomethingElse() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] body = HintMessage.encode(HINT);
            for (int change = random.nextInt(3); change >= 0; change--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            byte[] sent = body;
            HintMessage.decode(sent)
                    .ifPresent(hint -> assertThat(canonical(hint))
                            .as("seed %s", seed)
                            .isEqualTo(canonical(new String(sent, StandardCharsets.US_ASCII))));
        }
    }

    private static String canonical(Hint hint) {
        return canonical(new String(HintMessage.encode(hint), StandardCharsets.US_ASCII));
    }

    /** A number may be written with zeros before it. */
    private static String canonical(String text) {
        return text.replaceAll("\n-?0*(?=[0-9]+\n$)", "\n");
    }
}
