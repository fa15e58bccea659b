package io.taskstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TextTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "\u007f", "\u0080", "\u07ff", "\u0800", "\uffff", "\ud83d\ude00", "aä€😀"})
    void theLengthIsThatOfUtf8(String text) {
        assertThat(Text.utf8Length(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0000",
                "a\u0000b",
                "\ud800",
                "x\ud800",
                "\ud800x",
                "\udc00",
                "\udc00\ud800",
                "\ud83d\ude00\ude00"
            })
    void whatNoDatabaseKeepsIsNotStorableAndIsReplaced(String text) {
        assertThat(Text.isStorable(text)).isFalse();
        assertThat(Text.clean(text, 100)).hasSameSizeAs(text).contains("\ufffd").matches(Text::isStorable, "storable");
    }

    @Test
    void whatIsStorableStaysAsItIs() {
        assertThat(Text.clean("a\tb\nä€😀", 100)).isEqualTo("a\tb\nä€😀");
        assertThat(Text.clean("\ufffd", 100)).isEqualTo("\ufffd");
    }

    @Test
    void nothingBecomesTheEmptyText() {
        assertThat(Text.clean(null, 10)).isEmpty();
        assertThat(Text.clean("", 10)).isEmpty();
    }

    @Test
    void aTextIsCutToTheLimitAndEndsInAnEllipsis() {
        assertThat(Text.clean("12345", 5)).isEqualTo("12345");
        assertThat(Text.clean("123456", 5)).isEqualTo("1234…");
    }

    @Test
    void aCutThroughAPairLeavesNoHalf() {
        assertThat(Text.clean("ab😀😀", 4)).isEqualTo("ab\ufffd…");
        assertThat(Text.clean("ab😀cd", 5)).isEqualTo("ab😀…");
    }

    @Test
    void whateverComesOutIsStorableAndWithinTheLimit() {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(30); i > 0; i--) {
                text.append((char) (random.nextBoolean() ? 0xD800 + random.nextInt(0x800) : random.nextInt(0x100)));
            }
            int limit = 1 + random.nextInt(30);
            String clean = Text.clean(text.toString(), limit);

            assertThat(clean.length()).as("seed %d", seed).isEqualTo(Math.min(limit, text.length()));
            assertThat(Text.isStorable(clean)).as("seed %d", seed).isTrue();
        }
    }
}
