package io.taskstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {

    private static final int MEBIBYTE = 1_048_576;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "1",
                "-1.5e+300",
                "\"\"",
                "[]",
                "{}",
                " {\"a\":[1,null,\"\\u0000\"]} ",
                "{\"a\":1,\"a\":2}"
            })
    void anyOneValueIsAccepted(String json) {
        assertThat(Json.check("payload", json, Json.LARGEST)).isSameAs(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "}",
                "[1,]",
                "{a:1}",
                "'x'",
                "01",
                "NaN",
                "Infinity",
                "nul",
                "\"\n\"",
                "\"\\x\"",
                "/**/1",
                "[1}",
                "1 x"
            })
    void whatIsNotJsonIsRefused(String json) {
        refused(json, "payload must be well-formed JSON, but is not");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n"})
    void nothingIsRefused(String json) {
        refused(json, "payload must be one JSON value, but is empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 2", "{}{}", "[] null", "{} ]"})
    void moreThanOneValueIsRefused(String json) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Json.check("payload", json, Json.LARGEST))
                .withMessageStartingWith("payload must be ");
    }

    @ParameterizedTest
    @CsvSource({"[,]", "'{\"a\":',}"})
    void twoHundredLevelsAreAcceptedAndNotOneMore(String open, String close) {
        Json.check("payload", nested(open, close, 200), Json.LARGEST);

        refused(nested(open, close, 201), "payload must be nested at most 200 deep, but goes deeper");
        refused(open.repeat(100_000), "payload must be nested at most 200 deep, but goes deeper");
    }

    @Test
    void exactlyOneMebibyteIsAcceptedAndNotOneByteMore() {
        String most = '"' + "x".repeat(MEBIBYTE - 2) + '"';

        Json.check("payload", most, Json.LARGEST);

        refused(most + " ", "payload must be at most 1048576 bytes of JSON, but has at least 1048577");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ä", "€", "😀"})
    void bytesAreCountedAndNotCharacters(String character) {
        int bytes = character.getBytes(StandardCharsets.UTF_8).length;
        int times = (MEBIBYTE - 2) / bytes;
        String most = '"' + character.repeat(times) + '"' + " ".repeat((MEBIBYTE - 2) % bytes);

        assertThat(most.getBytes(StandardCharsets.UTF_8)).hasSize(MEBIBYTE);
        Json.check("payload", most, Json.LARGEST);
        refused(most + " ", "payload must be at most 1048576 bytes of JSON, but has at least 1048577");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\u0000\"", "\"\ud800\"", "\"\udc00x\"", "\"\udc00\ud800\""})
    void whatNoDatabaseKeepsIsRefused(String json) {
        refused(json, "payload must be free of NUL and of lone surrogates, but has one of them");
    }

    @Test
    void aNumberOrANameMayBeAsLongAsTheWhole() {
        Json.check("payload", "1".repeat(MEBIBYTE), Json.LARGEST);
        Json.check("payload", "{\"" + "k".repeat(MEBIBYTE - 6) + "\":1}", Json.LARGEST);
    }

    @Test
    void aRefusalQuotesNothing() {
        for (String json : new String[] {"s3cr3t", "{\"s3cr3t\"}", "\"s3cr3t\u0000\"", "\"s3cr3t\" 1"}) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> Json.check("payload", json, Json.LARGEST))
                    .satisfies(
                            e -> assertThat(e).hasMessageNotContaining("s3cr3t").hasNoCause());
        }
    }

    private static String nested(String open, String close, int depth) {
        return open.repeat(depth) + (close.equals("}") ? "1" : "") + close.repeat(depth);
    }

    private static void refused(String json, String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Json.check("payload", json, Json.LARGEST))
                .withMessage(message);
    }
}
