package io.taskstore;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A codec that leaves the work to Jackson. It is thread-safe as long as nobody reconfigures its mapper.
 *
 * <p>The standard one knows records, {@code java.time}, {@code Optional}, and sealed types that name their subtypes in an
 * annotation; it writes times as RFC 3339 text, tolerates properties it does not know, and never takes a class from the
 * JSON, not even where an annotation asks for it.
 */
public final class JacksonCodec implements PayloadCodec {

    private static final int LONGEST_PLACE = 200;
    private static final JacksonCodec STANDARD = new JacksonCodec(JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addModule(new Jdk8Module())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
            .polymorphicTypeValidator(BasicPolymorphicTypeValidator.builder().build())
            .build());

    private final ObjectMapper mapper;

    /** Uses the host's own mapper, which the host keeps from choosing classes by what the JSON says. */
    public JacksonCodec(ObjectMapper mapper) {
        this.mapper = Check.given("mapper", mapper);
    }

    /** {@return the codec used where the host brings none} */
    public static JacksonCodec standard() {
        return STANDARD;
    }

    @Override
    public String encode(Object value) {
        Check.given("value", value);
        try {
            return mapper.writeValueAsString(value);
        } catch (JacksonException | RuntimeException e) {
            throw failure("a " + value.getClass().getName() + " cannot be encoded", e);
        }
    }

    @Override
    public <T> T decode(String json, Class<T> type) {
        Check.given("json", json);
        Check.given("type", type);
        T value;
        try {
            value = mapper.readValue(json, type);
        } catch (JacksonException | RuntimeException e) {
            throw failure("the JSON cannot be decoded into a " + type.getName(), e);
        }
        if (value == null) {
            throw new PayloadException("the JSON is null and cannot be decoded into a " + type.getName(), null);
        }
        return value;
    }

    /**
     * Jackson's own messages quote the value, and a payload may not come into a log: the place in the value and the class
     * of the problem are told instead, and as cause only what the host's own code threw.
     */
    private static PayloadException failure(String what, Exception problem) {
        String place = problem instanceof JsonMappingException mapping ? place(mapping.getPath()) : "";
        String where = place.isEmpty() ? "" : " at " + place;
        return new PayloadException(what + where + ": " + problem.getClass().getSimpleName(), hostsOwn(problem));
    }

    /** {@return the way to the problem, as in {@code lines[2].price}; the keys of a map belong to the value} */
    private static String place(List<Reference> path) {
        var place = new StringBuilder();
        for (Reference step : path) {
            if (step.getFieldName() == null) {
                place.append('[').append(step.getIndex()).append(']');
            } else if (step.getFrom() instanceof Map) {
                place.append("[…]");
            } else {
                place.append(place.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return Text.clean(place.toString(), LONGEST_PLACE);
    }

    /** A mismatch and a text that cannot be read are Jackson's findings, and their causes quote the value. */
    private static @Nullable Throwable hostsOwn(Throwable problem) {
        Throwable cause = problem;
        while (cause instanceof JsonMappingException && !(cause instanceof MismatchedInputException)) {
            cause = cause.getCause();
        }
        return cause != null && isHostsOwn(cause) ? cause : null;
    }

    /** What Jackson has the JDK parse for it, a time or a number, fails with a message that quotes the value too. */
    private static boolean isHostsOwn(Throwable cause) {
        return Arrays.stream(cause.getStackTrace())
                .map(StackTraceElement::getClassName)
                .filter(caller -> !caller.startsWith("java.") && !caller.startsWith("jdk."))
                .findFirst()
                .filter(caller -> !caller.startsWith("com.fasterxml.jackson."))
                .isPresent();
    }
}
