package io.taskstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MetadataTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " { } ",
                "{\"b\":1,\"a\":2}",
                "{ \"tenant\" : \"acme\",\n\t\"n\":1.500e+3 }",
                "{\"u\":\"\\u00e4ä\\/\",\"deep\":{\"x\":[1,{\"y\":null}]}}"
            })
    void theTextIsKeptExactly(String json) {
        assertThat(Metadata.parse(json).json()).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "1.0", "1e0", "1.000", "10e-1", "0.1E+1", "0.00000000000000000001e20"})
    void numbersThatAreEqualCompareAsEqual(String number) {
        assertThat(scalar(number)).isEqualTo(scalar("1"));
        assertThat(scalar("-" + number)).isEqualTo(scalar("-1")).isNotEqualTo(scalar("1"));
    }

    @Test
    void aWholeNumberComparesAsEqualHoweverItIsWritten() {
        assertThat(scalar("100")).isEqualTo(scalar("1e2")).isEqualTo(scalar("100.00"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "0.0", "-0.00", "0e10", "0e-10"})
    void everyZeroComparesAsEqual(String zero) {
        assertThat(scalar(zero)).isEqualTo(scalar("0"));
    }

    @Test
    void aStringDiffersFromTheNumberOrBooleanThatReadsTheSame() {
        assertThat(scalar("1")).isNotEqualTo(scalar("\"1\""));
        assertThat(scalar("true")).isNotEqualTo(scalar("\"true\""));
        assertThat(scalar("\"n:1\"")).isNotEqualTo(scalar("1"));
        assertThat(scalar("\"1\"")).isNotEqualTo(scalar("\"1.0\""));
    }

    @Test
    void whatAMemberSaysAndWhatAFilterAsksForCompareAsEqual() {
        Metadata metadata = Metadata.empty().with("s", "x").with("n", 1.50).with("b", true);

        assertThat(TaskFilter.all()
                        .metadata("s", "x")
                        .metadata("n", new BigDecimal("1.500"))
                        .metadata("b", true)
                        .metadata())
                .isEqualTo(metadata.scalars());
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, 9223372036854775808",
        "9007199254740992, 9007199254740993",
        "0.1, 0.10000000000000001",
        "1e308, 1.0000000000000000000001e308",
        "1e400, 1e401"
    })
    void bigNumbersAreNotRounded(String one, String other) {
        assertThat(scalar(one)).isNotEqualTo(scalar(other));
        assertThat(Metadata.parse("{\"k\":" + one + "}").get("k"))
                .hasValueSatisfying(text -> assertThat(new BigDecimal(text)).isEqualByComparingTo(one));
    }

    @Test
    void longTextsAndNumbersAreStoredButNotFindable() {
        String longest = "x".repeat(500);
        String digits = "1".repeat(499);

        assertThat(Metadata.empty().with("k", longest).scalars()).containsEntry("k", "s:" + longest);
        Metadata tooLong = Metadata.empty().with("k", longest + "x");
        assertThat(tooLong.scalars()).isEmpty();
        assertThat(tooLong.get("k")).contains(longest + "x");

        Metadata tooManyDigits = Metadata.empty().with("n", new BigInteger(digits));
        assertThat(tooManyDigits.scalars()).isEmpty();
        assertThat(tooManyDigits.get("n")).contains(digits);
        assertThat(Metadata.empty().with("n", new BigInteger("1".repeat(498))).scalars())
                .hasSize(1);
    }

    @Test
    void aNumberOfOverAThousandDigitsIsRefused() {
        assertThat(Metadata.parse("{\"n\":" + "1".repeat(1_000) + "}").isEmpty())
                .isFalse();
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Metadata.parse("{\"n\":" + "1".repeat(1_001) + "}"))
                .withMessage("metadata must be a JSON object with keys of at most 100 characters and numbers of at most"
                        + " 1,000 digits, but has others");
    }

    @Test
    void onlyTopLevelTextsNumbersAndBooleansAreFindable() {
        Metadata metadata = Metadata.parse(
                "{\"s\":\"x\",\"e\":\"\",\"n\":1,\"b\":false,\"o\":{\"in\":1},\"a\":[1],\"nothing\":null}");

        assertThat(metadata.scalars()).isEqualTo(Map.of("s", "s:x", "e", "s:", "n", "n:1", "b", "b:false"));
    }

    @Test
    void anEntryIsReadAsText() {
        Metadata metadata = Metadata.parse("{\"s\":\"a\\\"b\",\"n\":1,\"o\":{\"x\": [1]},\"nothing\":null}");

        assertThat(metadata.get("s")).contains("a\"b");
        assertThat(metadata.get("n")).contains("1");
        assertThat(metadata.get("o")).contains("{\"x\":[1]}");
        assertThat(metadata.get("nothing")).contains("null");
        assertThat(metadata.get("absent")).isEmpty();
    }

    @Test
    void anEntryIsAddedReplacedAndRemovedInACopy() {
        Metadata one = Metadata.empty().with("a", "x");
        Metadata two = one.with("b", 2).with("c", true);

        assertThat(Metadata.empty().json()).isEqualTo("{}");
        assertThat(one.json()).isEqualTo("{\"a\":\"x\"}");
        assertThat(two.json()).isEqualTo("{\"a\":\"x\",\"b\":2,\"c\":true}");
        assertThat(two.with("a", "y").json()).isEqualTo("{\"a\":\"y\",\"b\":2,\"c\":true}");
        assertThat(two.without("a").json()).isEqualTo("{\"b\":2,\"c\":true}");
        assertThat(two.without("absent")).isEqualTo(two);
        assertThat(one.without("a")).isEqualTo(Metadata.empty());
        assertThat(one.without("a").isEmpty()).isTrue();
    }

    @Test
    void valuesStayOutOfItsString() {
        assertThat(Metadata.empty().with("tenant", "s3cr3t").with("amount", 17))
                .hasToString("Metadata[amount, tenant]");
    }

    @Test
    void aRefusedValueIsNotQuoted() {
        for (String json : new String[] {
            "{\"k\":\"s3cr3t\\u0000\"}",
            "{\"k\":\"s3cr3t\\ud800\"}",
            "{\"k\":\"s3cr3t\u0000\"}",
            "{\"k\":s3cr3t}",
            "[\"s3cr3t\"]",
            "{\"k\":\"s3cr3t\",\"k\":1}"
        }) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> Metadata.parse(json))
                    .satisfies(
                            e -> assertThat(e).hasMessageNotContaining("s3cr3t").hasNoCause());
        }
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Metadata.empty().with("k", "s3cr3t\u0000"))
                .withMessage("metadata.k must be free of NUL and of lone surrogates, but has one of them");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Metadata.parse("{\"k\":10e2147483647}"))
                .satisfies(e -> assertThat(e).hasMessageNotContaining("2147483647"));
    }

    @Test
    void anExponentIsAtMostTenThousand() {
        assertThat(Metadata.parse("{\"k\":1e10000,\"l\":1e-10000}").scalars())
                .containsOnly(Map.entry("k", "n:1E+10000"), Map.entry("l", "n:1E-10000"));
        for (String number : new String[] {"1e10001", "1e-10001", "1e2147483647", "1e-2147483647"}) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> Metadata.parse("{\"k\":" + number + "}"))
                    .withMessage(
                            "metadata.k must be a number with an exponent of at most 10000, but has a greater one");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"k\":1,\"k\":1}", "{\"k\":1,\"\\u006b\":2}", "{\"o\":{\"k\":1,\"k\":2}}"})
    void aKeyThatComesTwiceIsRefused(String json) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Metadata.parse(json))
                .withMessageStartingWith("metadata must be a JSON object with each key once, but has one twice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "1", "\"x\"", "null", "true"})
    void whatIsNotAnObjectIsRefused(String json) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Metadata.parse(json))
                .withMessage("metadata must be a JSON object, but is another value");
    }

    @Test
    void aNumberThatIsNotFiniteIsRefused() {
        for (Number number : new Number[] {Double.NaN, Double.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> Metadata.empty().with("k", number))
                    .withMessage("metadata.k must be a finite number, but is not");
        }
    }

    @Test
    void sixtyFourKibibytesAreAcceptedAndNotOneByteMore() {
        String most = "{\"k\":\"" + "x".repeat((64 << 10) - 8) + "\"}";

        assertThat(Metadata.parse(most).json()).hasSize(64 << 10);
        assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> Metadata.parse(most + " "));
    }

    @Test
    void metadataIsEqualWhereItsTextIs() {
        assertThat(Metadata.parse("{\"a\":1}"))
                .isEqualTo(Metadata.empty().with("a", 1))
                .hasSameHashCodeAs(Metadata.empty().with("a", 1))
                .isNotEqualTo(Metadata.parse("{\"a\": 1}"))
                .isNotEqualTo(Metadata.parse("{\"a\":1.0}"));
    }

    private static String scalar(String value) {
        return Metadata.parse("{\"k\":" + value + "}").scalars().get("k");
    }
}
