package io.taskstore;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The door that every argument of a public factory or builder passes: each method accepts a value or refuses it with an
 * {@link InvalidInputException} that names the field. It is public for those who implement a port and have raw arguments to
 * check.
 */
public final class Check {

    static final int NAME = 100;
    static final int KEY = 500;
    static final int PERSON = 200;
    static final int TITLE = 500;
    static final int DESCRIPTION = 10_000;
    static final int NOTE = 2_000;
    static final int PRIORITY = 1_000;

    static final String STORABLE = "free of NUL and of lone surrogates";

    static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");
    static final Duration LONGEST = Duration.ofDays(3_660);

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int BUCKETS = 10_000;

    private static final Pattern NAME_PATTERN = Pattern.compile("[\\p{Alnum}._:/+@#-]+");

    private Check() {}

    /** Accepts whatever is not null. */
    public static <T> T given(String field, @Nullable T value) {
        if (value == null) {
            throw new InvalidInputException(field, "given", null);
        }
        return value;
    }

    /**
     * Accepts what meets the condition.
     *
     * @param expected what the value must be, as the end of a sentence that begins with "must be"
     * @param actual the value, for the message
     */
    public static void that(boolean condition, String field, String expected, @Nullable Object actual) {
        if (!condition) {
            throw new InvalidInputException(field, expected, actual);
        }
    }

    /** Accepts one JSON value of at most 1 MiB, nested at most 200 deep; the message of a refusal never quotes it. */
    public static String json(String field, @Nullable String value) {
        return Json.check(field, given(field, value), Json.LARGEST);
    }

    /** Accepts a note for the history, which may be empty: at most 2,000 characters that a database keeps as they are. */
    public static String note(String field, @Nullable String value) {
        return words(field, value, NOTE);
    }

    /** Accepts a text of 1 to so many characters that is not blank and that a database keeps as it is. */
    public static String text(String field, @Nullable String value, int limit) {
        String text = given(field, value);
        String expected = "a text of 1 to " + limit + " characters that is not blank";
        notLonger(field, expected, text, limit);
        if (text.isBlank()) {
            throw new InvalidInputException(field, expected, text);
        }
        return storable(field, text);
    }

    /** Accepts a text of 0 to so many characters that a database keeps as it is; the message of a refusal never quotes it. */
    public static String words(String field, @Nullable String value, int limit) {
        String text = given(field, value);
        notLonger(field, "a text of at most " + limit + " characters", text, limit);
        return storable(field, text);
    }

    private static String storable(String field, String text) {
        if (!Text.isStorable(text)) {
            throw InvalidInputException.unquoted(field, STORABLE, "but has one of them");
        }
        return text;
    }

    /** Accepts a name: what may stand in a log line, a metric or a routing key as it is. */
    public static String name(String field, @Nullable String value) {
        String name = given(field, value);
        if (name.length() > NAME || !NAME_PATTERN.matcher(name).matches()) {
            throw new InvalidInputException(
                    field, "a name of 1 to " + NAME + " ASCII letters, digits or . _ : / + @ # -", name);
        }
        return name;
    }

    /** Accepts a number in the range, both ends included. */
    public static int between(String field, int low, int high, int value) {
        if (value < low || value > high) {
            throw new InvalidInputException(field, range(low, high, Integer.MAX_VALUE), value);
        }
        return value;
    }

    /** Accepts a number in the range, both ends included. */
    public static long between(String field, long low, long high, long value) {
        if (value < low || value > high) {
            throw new InvalidInputException(field, range(low, high, Long.MAX_VALUE), value);
        }
        return value;
    }

    private static String range(long low, long high, long most) {
        return high == most ? "at least " + low : "between " + low + " and " + high;
    }

    /** Accepts an instant of the years 0001 to 9999 and cuts it to the microseconds that both databases keep. */
    public static Instant instant(String field, @Nullable Instant value) {
        Instant instant = given(field, value);
        if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST.plusNanos(999))) {
            throw new InvalidInputException(field, "an instant of the years 0001 to 9999", instant);
        }
        return instant.truncatedTo(ChronoUnit.MICROS);
    }

    /** Accepts a duration from zero to ten years and cuts it to microseconds. */
    public static Duration delay(String field, @Nullable Duration value) {
        return duration(field, Duration.ZERO, value);
    }

    /** Accepts a duration from a millisecond to ten years and cuts it to microseconds. */
    static Duration limit(String field, @Nullable Duration value) {
        return duration(field, Duration.ofMillis(1), value);
    }

    /**
     * Accepts whole seconds, at least one, that cut a range of time into at most 10,000 buckets, each of which begins at a whole
     * multiple of them since 1970.
     *
     * @param range from when to when, both given
     */
    public static Duration bucket(String field, TimeRange range, @Nullable Duration value) {
        Duration bucket = bucket(field, value);
        that(range.from().isPresent() && range.to().isPresent(), "range", "bounded on both sides", range);
        long seconds = bucket.toSeconds();
        Instant last = range.to().orElseThrow().minusNanos(1);
        long buckets = Math.floorDiv(last.getEpochSecond(), seconds)
                - Math.floorDiv(range.from().orElseThrow().getEpochSecond(), seconds)
                + 1;
        buckets(field, buckets, bucket);
        return bucket;
    }

    /** Accepts whole seconds, at least one. */
    public static Duration bucket(String field, @Nullable Duration value) {
        Duration bucket = given(field, value);
        that(
                bucket.compareTo(SECOND) >= 0
                        && bucket.compareTo(LONGEST) <= 0
                        && bucket.equals(bucket.truncatedTo(ChronoUnit.SECONDS)),
                field,
                "whole seconds, from one to " + LONGEST.toDays() + " days",
                bucket);
        return bucket;
    }

    /** Accepts a number of buckets, at most 10,000, into which so long a one cuts something. */
    public static void buckets(String field, long number, Duration bucket) {
        that(number <= BUCKETS, field, "so long that the range has at most " + BUCKETS + " buckets", bucket);
    }

    private static Duration duration(String field, Duration least, @Nullable Duration value) {
        Duration duration = given(field, value);
        if (duration.compareTo(least) < 0 || duration.compareTo(LONGEST) > 0) {
            throw new InvalidInputException(
                    field, "a duration from " + least + " to " + LONGEST.toDays() + " days", duration);
        }
        return duration.truncatedTo(ChronoUnit.MICROS);
    }

    static <T> List<T> list(String field, @Nullable Iterable<? extends @Nullable T> values, int limit) {
        var list = new ArrayList<T>();
        for (T value : given(field, values)) {
            list.add(given(field + "[" + list.size() + "]", value));
            if (list.size() > limit) {
                throw InvalidInputException.unquoted(field, "at most " + limit + " members", "but has more");
            }
        }
        return List.copyOf(list);
    }

    static <T> Set<T> set(String field, @Nullable Iterable<? extends @Nullable T> values) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(Check.<T>list(field, values, Integer.MAX_VALUE)));
    }

    static <K, V> Map<K, V> entries(String field, @Nullable Map<K, V> values) {
        Map<K, V> copy = new LinkedHashMap<>();
        given(field, values)
                .forEach((key, value) -> copy.put(given(field + " key", key), given(field + " value", value)));
        return Collections.unmodifiableMap(copy);
    }

    /** Accepts a set of names. */
    static Set<String> names(String field, @Nullable Iterable<String> values) {
        Set<String> names = set(field, values);
        names.forEach(name -> name(field, name));
        return names;
    }

    /** Accepts an array of names. */
    static Set<String> names(String field, @Nullable String... values) {
        return names(field, Arrays.asList(given(field, values)));
    }

    private static void notLonger(String field, String expected, String text, int limit) {
        if (text.length() > limit) {
            throw InvalidInputException.unquoted(field, expected, "but has " + text.length());
        }
    }
}
