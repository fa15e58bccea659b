package io.taskstore;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import org.jspecify.annotations.Nullable;

/**
 * A codec that leaves the work to Jackson. It is thread-safe as long as nobody reconfigures its mapper.
 *
 * <p>The standard one knows records, {@code java.time}, {@code Optional}, and sealed types that name their subtypes in an
 * annotation; it writes times as RFC 3339 text, tolerates properties it does not know, and never takes a class from the
 * JSON.
 */
public final class JacksonCodec implements PayloadCodec {

    private static final JacksonCodec STANDARD = new JacksonCodec(JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addModule(new Jdk8Module())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
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
        } catch (JacksonException e) {
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
        } catch (JacksonException e) {
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
    private static PayloadException failure(String what, JacksonException problem) {
        String path = problem instanceof JsonMappingException mapping ? mapping.getPathReference() : "";
        String where = path.isEmpty() ? "" : " at " + path;
        return new PayloadException(what + where + ": " + problem.getClass().getSimpleName(), hostsOwn(problem));
    }

    private static @Nullable Throwable hostsOwn(Throwable problem) {
        Throwable cause = problem;
        while (cause instanceof JacksonException) {
            cause = cause.getCause();
        }
        return cause;
    }
}
