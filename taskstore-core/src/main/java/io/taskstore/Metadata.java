package io.taskstore;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the host wants to know about a task beside its payload: a JSON object of at most 64 KiB. Tasks can be found by its
 * top-level strings of at most 500 characters, numbers and booleans.
 *
 * <p>It is immutable and keeps the exact text it was made from. Its values stay out of {@link #toString()}.
 */
public final class Metadata {

    private static final int LARGEST = 64 << 10;
    private static final int MOST_KEYS = 200;
    private static final int GREATEST_EXPONENT = 10_000;
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();
    private static final Metadata EMPTY = new Metadata("{}");

    private final String json;
    /** Parsed when first asked for; a race parses twice and does no harm. */
    private volatile @Nullable ObjectNode parsed;

    private Metadata(String json) {
        this.json = json;
    }

    /** {@return metadata without any entry} */
    public static Metadata empty() {
        return EMPTY;
    }

    /** {@return the metadata that the text of a JSON object says, with its keys checked} */
    public static Metadata parse(String json) {
        Metadata metadata = new Metadata(Json.check("metadata", json, LARGEST));
        ObjectNode node = metadata.node();
        Check.between("metadata.size", 0, MOST_KEYS, node.size());
        node.fieldNames().forEachRemaining(key -> Check.text("metadata key", key, Check.NAME));
        metadata.scalars();
        return metadata;
    }

    /** {@return the metadata that a storage kept, which were checked when they came in; they are read when asked for} */
    public static Metadata stored(String json) {
        Check.given("metadata", json);
        return json.equals(EMPTY.json) ? EMPTY : new Metadata(json);
    }

    /** {@return this metadata with one more entry, or with another value for it} */
    public Metadata with(String key, String value) {
        Check.words("metadata." + Check.text("metadata key", key, Check.NAME), value, LARGEST);
        return with(node -> node.put(key, value));
    }

    /** {@return this metadata with one more entry, or with another value for it; the number is finite} */
    public Metadata with(String key, Number value) {
        Check.text("metadata key", key, Check.NAME);
        BigDecimal number = decimal("metadata." + key, value);
        return with(node -> node.put(key, number));
    }

    /** {@return this metadata with one more entry, or with another value for it} */
    public Metadata with(String key, boolean value) {
        Check.text("metadata key", key, Check.NAME);
        return with(node -> node.put(key, value));
    }

    /** {@return this metadata without the entry} */
    public Metadata without(String key) {
        Check.given("metadata key", key);
        return with(node -> node.remove(key));
    }

    /** {@return the entry as text: a string as it is, anything else as JSON; empty where there is none} */
    public Optional<String> get(String key) {
        Check.given("metadata key", key);
        return Optional.ofNullable(node().get(key))
                .map(value -> value.isTextual() ? value.textValue() : value.toString());
    }

    /** {@return the exact text of the JSON object} */
    public String json() {
        return json;
    }

    /** {@return whether there is no entry} */
    public boolean isEmpty() {
        return node().isEmpty();
    }

    /**
     * {@return the entries by which tasks can be found, in the form in which a storage compares them: equal values have
     * equal texts, and a string differs from the number that reads the same}
     */
    public SortedMap<String, String> scalars() {
        SortedMap<String, String> scalars = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : node().properties()) {
            comparable("metadata." + entry.getKey(), entry.getValue())
                    .ifPresent(text -> scalars.put(entry.getKey(), text));
        }
        return Collections.unmodifiableSortedMap(scalars);
    }

    static String comparable(String value) {
        return "s:" + value;
    }

    static String comparable(boolean value) {
        return "b:" + value;
    }

    static String comparable(BigDecimal value) {
        return "n:" + value.stripTrailingZeros();
    }

    /** A number of the host's own may say anything in its text, or fail at it; and JDKs differ in how great they let one be. */
    static BigDecimal decimal(String field, @Nullable Number value) {
        Number given = Check.given(field, value);
        BigDecimal number;
        try {
            number = new BigDecimal(given.toString());
        } catch (RuntimeException e) {
            throw InvalidInputException.unquoted(field, "a finite number", "but is not");
        }
        if (Math.abs((long) number.scale()) > GREATEST_EXPONENT) {
            throw InvalidInputException.unquoted(
                    field, "a number with an exponent of at most " + GREATEST_EXPONENT, "but has a greater one");
        }
        return number;
    }

    private static Optional<String> comparable(String field, JsonNode value) {
        if (value.isTextual()) {
            String text = Check.words(field, value.textValue(), LARGEST);
            return text.length() <= Check.KEY ? Optional.of(comparable(text)) : Optional.empty();
        } else if (value.isNumber()) {
            String number = comparable(decimal(field, value.decimalValue()));
            return number.length() <= Check.KEY ? Optional.of(number) : Optional.empty();
        }
        return value.isBoolean() ? Optional.of(comparable(value.booleanValue())) : Optional.empty();
    }

    private Metadata with(Consumer<ObjectNode> change) {
        ObjectNode copy = node().deepCopy();
        change.accept(copy);
        return copy.isEmpty() ? EMPTY : parse(copy.toString());
    }

    private ObjectNode node() {
        ObjectNode known = parsed;
        if (known == null) {
            known = read(json);
            parsed = known;
        }
        return known;
    }

    private static ObjectNode read(String json) {
        try {
            if (MAPPER.readTree(json) instanceof ObjectNode object) {
                return object;
            }
            throw InvalidInputException.unquoted("metadata", "a JSON object", "but is another value");
        } catch (MismatchedInputException e) {
            throw InvalidInputException.unquoted("metadata", "a JSON object with each key once", "but has one twice");
        } catch (JsonProcessingException | NumberFormatException e) {
            throw InvalidInputException.unquoted(
                    "metadata",
                    "a JSON object with keys of at most " + Check.NAME
                            + " characters and numbers of at most 1,000 digits",
                    "but has others");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Metadata that && json.equals(that.json);
    }

    @Override
    public int hashCode() {
        return json.hashCode();
    }

    /** {@return the keys, without the values} */
    @Override
    public String toString() {
        var keys = new TreeMap<String, JsonNode>();
        node().properties().forEach(entry -> keys.put(entry.getKey(), entry.getValue()));
        return "Metadata" + keys.keySet();
    }
}
