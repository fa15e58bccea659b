package io.taskstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JacksonCodecTest {

    private static final String SECRET = "s3cr3t";

    private final JacksonCodec codec = JacksonCodec.standard();

    record Address(String street, int number) {}

    record Order(UUID id, String customer, Address address, List<Address> stops, Map<String, Integer> amounts) {}

    record Times(Instant at, OffsetDateTime local, LocalDate day, Duration took) {}

    record Perhaps(Optional<String> name, Optional<Integer> number) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Circle.class, name = "circle"),
        @JsonSubTypes.Type(value = Square.class, name = "square")
    })
    sealed interface Shape permits Circle, Square {}

    record Circle(double radius) implements Shape {}

    record Square(double side) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS, property = "@class")
    interface NamedByClass {}

    record Gadget(String name) implements NamedByClass {
        private static final AtomicBoolean MADE = new AtomicBoolean();

        Gadget {
            MADE.set(true);
        }
    }

    record Anything(Object value) {}

    static final class Empty {}

    record Picky(String code) {
        Picky {
            if (!"ours".equals(code)) {
                throw new IllegalArgumentException("not one of ours");
            }
        }
    }

    record Pickies(List<Picky> codes) {}

    record Readings(
            Instant at,
            Duration took,
            LocalDate day,
            UUID id,
            URI link,
            int number,
            double ratio,
            Shape shape,
            Thread.State state,
            boolean on,
            Map<String, Integer> amounts,
            Map<UUID, String> names,
            List<Integer> list) {}

    static final class Failing {
        public Object getName() {
            return List.of().iterator().next();
        }
    }

    static final class Loop {
        public Loop getNext() {
            return this;
        }
    }

    @Test
    void recordsComeBackAsTheyWere() {
        Order order = new Order(
                UUID.randomUUID(),
                "Ada",
                new Address("Main Street", 12),
                List.of(new Address("Side Street", 1)),
                Map.of("nails", 100));

        assertThat(codec.decode(codec.encode(order), Order.class)).isEqualTo(order);
        assertThat(codec.encode(new Address("Main Street", 12)))
                .isEqualTo("{\"street\":\"Main Street\",\"number\":12}");
    }

    @Test
    void aPayloadThatSaysNothingIsAnEmptyObject() {
        assertThat(codec.encode(new Empty())).isEqualTo("{}");
        assertThat(codec.decode("{}", Empty.class)).isNotNull();
    }

    @Test
    void timesAreWrittenAsRfc3339Text() {
        Times times = new Times(
                Instant.parse("2026-03-02T09:00:00.123456Z"),
                OffsetDateTime.parse("2026-03-02T10:00:00+05:30"),
                LocalDate.parse("2026-03-02"),
                Duration.ofMillis(1_500));

        String json = codec.encode(times);

        assertThat(json)
                .isEqualTo("{\"at\":\"2026-03-02T09:00:00.123456Z\",\"local\":\"2026-03-02T10:00:00+05:30\","
                        + "\"day\":\"2026-03-02\",\"took\":\"PT1.5S\"}");
        assertThat(codec.decode(json, Times.class)).as("offsets included").isEqualTo(times);
    }

    @Test
    void anOptionalIsItsValueOrNothing() {
        Perhaps perhaps = new Perhaps(Optional.of("Ada"), Optional.empty());

        assertThat(codec.encode(perhaps)).isEqualTo("{\"name\":\"Ada\",\"number\":null}");
        assertThat(codec.decode("{\"name\":\"Ada\",\"number\":null}", Perhaps.class))
                .isEqualTo(perhaps);
        assertThat(codec.decode("{\"name\":\"Ada\"}", Perhaps.class)).isEqualTo(perhaps);
    }

    @Test
    void aSealedTypeThatNamesItsSubtypesComesBackAsTheOneItWas() {
        Shape square = codec.decode("{\"kind\":\"square\",\"side\":2.0}", Shape.class);

        assertThat(square).isEqualTo(new Square(2));
        assertThat(codec.decode(codec.encode(new Circle(1)), Shape.class)).isEqualTo(new Circle(1));
    }

    @Test
    void propertiesThatAreUnknownAreTolerated() {
        assertThat(codec.decode("{\"street\":\"x\",\"number\":1,\"since\":{\"v\":[2]}}", Address.class))
                .isEqualTo(new Address("x", 1));
    }

    @Test
    void aClassThatTheJsonNamesIsDataLikeAnyOther() {
        String gadget = "\"@class\":\"" + Gadget.class.getName() + "\",\"name\":\"x\"";

        Anything object = codec.decode("{\"value\":{" + gadget + "}}", Anything.class);
        Anything array = codec.decode("{\"value\":[\"" + Gadget.class.getName() + "\",{}]}", Anything.class);
        Address address = codec.decode("{" + gadget + ",\"number\":3}", Address.class);

        assertThat(object.value()).isEqualTo(Map.of("@class", Gadget.class.getName(), "name", "x"));
        assertThat(array.value()).isEqualTo(List.of(Gadget.class.getName(), Map.of()));
        assertThat(address.number()).isEqualTo(3);
        assertThat(Gadget.MADE).isFalse();
    }

    @Test
    void aClassThatTheJsonNamesIsRefusedWhereAnAnnotationAsksForIt() {
        String json = "{\"@class\":\"" + Gadget.class.getName() + "\",\"name\":\"x\"}";

        PayloadException refused = refused(json, NamedByClass.class);

        assertThat(refused).hasMessageStartingWith("the JSON cannot be decoded into a " + NamedByClass.class.getName());
        assertThat(Gadget.MADE).isFalse();
    }

    @Test
    void aRefusalNamesTheClassThePlaceAndTheProblem() {
        PayloadException refused = refused("{\"stops\":[{\"number\":1},{\"number\":\"" + SECRET + "\"}]}", Order.class);

        assertThat(refused)
                .hasMessage("the JSON cannot be decoded into a " + Order.class.getName()
                        + " at stops[1].number: InvalidFormatException")
                .hasNoCause();
    }

    @Test
    void jsonThatIsBrokenIsRefused() {
        assertThat(refused("{\"street\":" + SECRET, Address.class))
                .hasMessage("the JSON cannot be decoded into a " + Address.class.getName() + ": JsonParseException")
                .hasNoCause()
                .satisfies(refused -> assertThat(printed(refused)).doesNotContain(SECRET));
        assertThat(refused("", Address.class)).hasMessageEndingWith(": MismatchedInputException");
    }

    @Test
    void jsonThatIsNullIsRefused() {
        assertThat(refused("null", Address.class))
                .hasMessage("the JSON is null and cannot be decoded into a " + Address.class.getName());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "at      | \"s3cr3t\"",
                "took    | \"s3cr3t\"",
                "day     | \"s3cr3t\"",
                "id      | \"s3cr3t\"",
                "link    | \"s3cr3t:// %%\"",
                "number  | \"s3cr3t\"",
                "number  | [\"s3cr3t\"]",
                "number  | {\"s3cr3t\":1}",
                "ratio   | \"s3cr3t\"",
                "shape   | {\"kind\":\"s3cr3t\"}",
                "shape   | {\"kind\":\"circle\",\"radius\":\"s3cr3t\"}",
                "shape   | \"s3cr3t\"",
                "state   | \"s3cr3t\"",
                "on      | \"s3cr3t\"",
                "amounts | {\"s3cr3t\":\"x\"}",
                "amounts | {\"x\":\"s3cr3t\"}",
                "names   | {\"s3cr3t\":\"x\"}",
                "list    | [1,\"s3cr3t\"]",
                "list    | \"s3cr3t\"",
                "list    | [s3cr3t]",
            })
    void aRefusalNeverQuotesTheValueNorDoItsCauses(String field, String value) {
        PayloadException refused = refused("{\"" + field + "\":" + value + "}", Readings.class);

        assertThat(refused).hasMessageContaining(" at " + field);
        assertThat(printed(refused)).doesNotContain(SECRET);
    }

    @Test
    void aRefusalToEncodeNeverQuotesTheValueEither() {
        PayloadException refused = refusedToEncode(Map.of(SECRET, new Failing()));

        assertThat(printed(refused)).doesNotContain(SECRET);
        assertThat(refused).hasMessageContaining(" at […].name: ");
    }

    @Test
    void whatTheHostsOwnConstructorThrewIsTheCause() {
        IllegalArgumentException thrown = new IllegalArgumentException("not one of ours");

        PayloadException alone = refused("{\"code\":\"" + SECRET + "\"}", Picky.class);
        PayloadException inAList = refused("{\"codes\":[{\"code\":\"ours\"},{\"code\":\"x\"}]}", Pickies.class);

        assertThat(alone).hasCause(thrown);
        assertThat(inAList).hasMessageContaining(" at codes[1]: ").hasCause(thrown);
    }

    @Test
    void whatTheHostsOwnGetterThrewIsTheCause() {
        assertThat(refusedToEncode(new Failing()))
                .hasMessage("a " + Failing.class.getName() + " cannot be encoded at name: JsonMappingException")
                .hasCauseInstanceOf(NoSuchElementException.class);
    }

    @Test
    void aValueThatHoldsItselfIsRefusedWithAShortMessage() {
        List<Object> list = new ArrayList<>();
        Map<String, Object> map = new HashMap<>();
        list.add(map);
        map.put(SECRET, list);

        for (Object endless : List.of(new Loop(), list)) {
            PayloadException refused = refusedToEncode(endless);
            assertThat(refused.getMessage()).hasSizeLessThan(400);
            assertThat(printed(refused)).doesNotContain(SECRET);
        }
    }

    @Test
    void theHostMayBringItsOwnMapper() {
        JacksonCodec strict = new JacksonCodec(JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(JsonParser.Feature.ALLOW_COMMENTS)
                .build());

        assertThat(strict.decode("{\"street\":\"x\" /* here */}", Address.class))
                .isEqualTo(new Address("x", 0));
        assertThat(catchThrowableOfType(
                        PayloadException.class, () -> strict.decode("{\"since\":\"" + SECRET + "\"}", Address.class)))
                .hasMessageEndingWith(" at since: UnrecognizedPropertyException")
                .satisfies(refused -> assertThat(printed(refused)).doesNotContain(SECRET));
    }

    private PayloadException refused(String json, Class<?> type) {
        return catchThrowableOfType(PayloadException.class, () -> codec.decode(json, type));
    }

    private PayloadException refusedToEncode(Object value) {
        return catchThrowableOfType(PayloadException.class, () -> codec.encode(value));
    }

    /** {@return all that a log shows of it} */
    private static String printed(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
