package io.taskstore;

import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The smallest parts of which {@link HostileValues} is made: texts, numbers, times, classes and the like. */
public final class HostileAtoms {

    /** Stands in payloads, results and values of metadata, and may never be read anywhere else. */
    public static final String SECRET = "S3CR3T-4711";

    /** Each is a name, a text and, in part, what some {@code parse} takes. */
    private static final List<String> GOOD_TEXTS = List.of(
            "a",
            "mail",
            "charge",
            "order-17",
            "x.y:z/1",
            "0190d1f0-7a2b-7c3d-8e4f-0123456789ab",
            "2026-02-03T04:05:06.000007Z_0190d1f0-7a2b-7c3d-8e4f-0123456789ab");

    private static final List<String> HOSTILE_TEXTS = List.of(
            "",
            " ",
            "\t\r\n\u2003\u00a0",
            "\0",
            "a\0b",
            "\ud800",
            "\udc00\ud800",
            "a\udfff",
            "\u202Eevil\u2066 \u200F",
            "\u001b[2J\u001b[1mroot",
            "line\nforged: line\r",
            "line\u2028forged\u2029line\u0085",
            "\uFEFF\uFFFE\uFFFF",
            "'; DROP TABLE task; --",
            "%s %n {} ${jndi:ldap://x} #{1+1}",
            "a→b ünï 漢字 😀 \udbff\udfff",
            "e" + "\u0301".repeat(50),
            "_",
            "2026-02-03T04:05:06Z_",
            "-999999999-01-01T00:00:00Z_0190d1f0-7a2b-7c3d-8e4f-0123456789ab",
            "2026-13-41T99:99:99Z_1-1-1-1-1",
            "x".repeat(101),
            "x".repeat(201),
            "x".repeat(501),
            "y".repeat(2_001),
            "z".repeat(10_001),
            "w".repeat(100_000));

    private static final List<String> GOOD_JSON = List.of(
            "{\"k\":\"" + SECRET + "\"}",
            "{\"k\":\"" + SECRET + "\",\"n\":1.50,\"b\":true,\"z\":null,\"deep\":{\"l\":[\"" + SECRET + "\"]}}",
            "{}",
            "\"" + SECRET + "\"");

    public static final List<String> JSON = List.of(
            "",
            "  ",
            "null",
            "\"" + SECRET,
            SECRET,
            "{\"k\":\"" + SECRET + "\"",
            "{\"k\":\"" + SECRET + "\"} {\"l\":2}",
            "{\"k\":\"" + SECRET + "\",\"k\":\"" + SECRET + "\"}",
            "{\"k\":" + SECRET + "}",
            "{\"k\":\"" + SECRET + "\0\"}",
            "{\"k\":\"" + SECRET + "\\u0000\"}",
            "{\"k\":\"" + SECRET + "\\ud800\"}",
            "{\"k\":\"" + SECRET + "\ud800\"}",
            "{\"\":\"" + SECRET + "\"}",
            "{\"\\u0000\":\"" + SECRET + "\"}",
            "{\"" + "k".repeat(101) + "\":\"" + SECRET + "\"}",
            "{\"" + "k".repeat(60_000) + "\":\"" + SECRET + "\"}",
            "{\"k\":\"" + SECRET + "x".repeat(65_536) + "\"}",
            "{\"n\":1e999999999,\"k\":\"" + SECRET + "\"}",
            "{\"n\":1e99999999999,\"k\":\"" + SECRET + "\"}",
            "{\"n\":-0.0e-2147483648,\"k\":\"" + SECRET + "\"}",
            "{\"n\":10e2147483647,\"k\":\"" + SECRET + "\"}",
            "{\"n\":NaN,\"k\":\"" + SECRET + "\"}",
            "{\"n\":" + "9".repeat(600) + ",\"k\":\"" + SECRET + "\"}",
            "{\"n\":" + "9".repeat(2_000) + ",\"k\":\"" + SECRET + "\"}",
            "[\"" + SECRET + "\"]",
            "9223372036854775808",
            "1e400",
            "1000000000000000000",
            "-1e999999999",
            "[".repeat(200) + "]".repeat(200),
            "[".repeat(201) + "\"" + SECRET + "\"" + "]".repeat(201),
            "[".repeat(100_000),
            "{\"a\":".repeat(201) + "\"" + SECRET + "\"" + "}".repeat(201),
            manyKeys(201),
            "\"" + SECRET + "é".repeat(5_000) + "\"");

    /** Long enough to be costly, and rare therefore. */
    private static final List<String> HUGE = List.of(
            "\"" + "x".repeat(1 << 20) + "\"",
            "\"" + "漢".repeat(1 << 19) + "\"",
            "[" + "1,".repeat(400_000) + "1]",
            "[".repeat(1 << 20));

    /** None of {@link java.util.regex.Pattern}: Java takes minutes to make one of a long text, which is for the caller to know. */
    static final List<Class<?>> CLASSES = List.of(
            int.class,
            void.class,
            Void.class,
            int[].class,
            String[][].class,
            Object.class,
            Override.class,
            Runnable.class,
            Thread.State.class,
            Optional.class,
            Map.class,
            UUID.class,
            Instant.class,
            Duration.class,
            BigInteger.class,
            BigDecimal.class,
            OffsetDateTime.class,
            LocalDate.class,
            URI.class,
            byte[].class,
            Thread.class,
            Throwable.class,
            Class.class,
            Integer.class);

    private static final List<Number> HOSTILE_NUMBERS = List.of(
            0,
            -0.0,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Double.MIN_VALUE,
            Double.MAX_VALUE,
            Long.MIN_VALUE,
            new BigDecimal("1e999999999"),
            new BigDecimal("-1e-999999999"),
            new BigDecimal(BigInteger.TEN, Integer.MIN_VALUE),
            new BigDecimal(BigInteger.TEN, Integer.MAX_VALUE),
            new BigDecimal("1." + "0".repeat(1_000)),
            BigInteger.ONE.shiftLeft(1_000),
            BigInteger.ONE.shiftLeft(10_000),
            new AtomicInteger(7),
            new Nonsense(SECRET),
            new Nonsense(""),
            new Nonsense("0x1p3"),
            new Nonsense(null),
            new Nonsense("throw"));

    private static final List<Object> HOSTILE_OBJECTS = List.of(
            new Object(),
            new Thread(() -> {}),
            List.of(SECRET, 1, List.of()),
            Map.of(SECRET, SECRET),
            Map.of(SECRET, new Unreadable()),
            List.of(new Unreadable()),
            new Unreadable(),
            Optional.of(SECRET),
            nested(2_000),
            Instant.MAX,
            Duration.ofSeconds(Long.MIN_VALUE),
            Double.NaN,
            new byte[1_000],
            SECRET + "\ud800\0",
            Thread.State.NEW);

    private static final List<Throwable> HOSTILE_THROWABLES = List.of(
            new Hostile(null), new Hostile("\0\ud800"), new Hostile("throw"), circle(), new StackOverflowError());

    private final Random random;

    HostileAtoms(Random random) {
        this.random = random;
    }

    static boolean knows(Class<?> type) {
        boolean ofTheLanguage = type.isPrimitive() || type.getName().startsWith("java.lang.");
        return (ofTheLanguage && type != Runnable.class) || WITH_OTHERS.contains(type);
    }

    private static final List<Class<?>> WITH_OTHERS = List.of(UUID.class, Instant.class, Duration.class);

    Object good(Class<?> type, boolean secret) {
        if (type == String.class) {
            return secret ? pick(GOOD_JSON) : pick(GOOD_TEXTS);
        } else if (type == int.class || type == Integer.class) {
            return 1 + random.nextInt(20);
        } else if (type == long.class || type == Long.class) {
            return 1L + random.nextInt(20);
        } else if (type == double.class) {
            return 1.0;
        } else if (type == boolean.class) {
            return random.nextBoolean();
        } else if (type == UUID.class) {
            return new UUID(random.nextLong(), random.nextLong());
        } else if (type == Instant.class) {
            return instant();
        } else if (type == Duration.class) {
            return Duration.ofMillis(1 + random.nextInt(100_000_000));
        } else if (type == Number.class) {
            return random.nextBoolean() ? (Number) random.nextInt() : (Number) random.nextDouble();
        } else if (type == Throwable.class) {
            return new IllegalStateException("no", new IllegalArgumentException("nothing"));
        }
        return pick(GOOD_JSON);
    }

    @Nullable
    Object hostile(Class<?> type, boolean secret) {
        if (type == String.class) {
            return hostileText(secret);
        } else if (type == int.class || type == Integer.class) {
            return pick(List.of(Integer.MIN_VALUE, -1_001, -1, 0, 1, 2, 100, 101, 1_000, 1_001, Integer.MAX_VALUE));
        } else if (type == long.class || type == Long.class) {
            return pick(List.of(Long.MIN_VALUE, -1L, 0L, 1L, 1_001L, 1L << 32, Long.MAX_VALUE));
        } else if (type == double.class) {
            return pick(
                    List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, -1.0, 0.5, 1e300));
        } else if (type == boolean.class) {
            return random.nextBoolean();
        } else if (type == UUID.class) {
            return pick(Arrays.asList(null, new UUID(0, 0), new UUID(-1, -1)));
        } else if (type == Instant.class) {
            return pick(List.of(
                    Instant.MIN,
                    Instant.MAX,
                    Instant.EPOCH,
                    Instant.parse("0000-12-31T23:59:59.999999999Z"),
                    Instant.parse("0001-01-01T00:00:00Z"),
                    Instant.parse("9999-12-31T23:59:59.999999999Z"),
                    Instant.parse("+10000-01-01T00:00:00Z")));
        } else if (type == Duration.class) {
            return pick(List.of(
                    Duration.ZERO,
                    Duration.ofNanos(-1),
                    Duration.ofNanos(1),
                    Duration.ofNanos(999_999),
                    Duration.ofSeconds(Long.MIN_VALUE),
                    Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
                    Duration.ofDays(3_660),
                    Duration.ofDays(3_660).plusNanos(1)));
        } else if (type == Number.class) {
            return pick(HOSTILE_NUMBERS);
        } else if (type == Throwable.class) {
            return pick(HOSTILE_THROWABLES);
        } else if (type == Class.class) {
            return pick(CLASSES);
        }
        return random.nextBoolean() ? pick(HOSTILE_OBJECTS) : pick(HOSTILE_NUMBERS);
    }

    private String hostileText(boolean secret) {
        if (random.nextInt(100) == 0) {
            return pick(HUGE);
        } else if (random.nextInt(3) == 0) {
            String text = random.ints(1 + random.nextInt(120), 0, Character.MAX_CODE_POINT + 1)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            return secret ? SECRET + text : text;
        }
        return secret && random.nextInt(3) != 0 ? pick(JSON) : pick(HOSTILE_TEXTS);
    }

    /** {@return a class that values of the type can have} */
    Class<?> goodClass(Type type) {
        boolean ofThrowables = type instanceof WildcardType wildcard && wildcard.getUpperBounds()[0] == Throwable.class;
        return ofThrowables ? pick(List.of(IllegalStateException.class, Error.class)) : String.class;
    }

    Instant instant() {
        return Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
    }

    String json() {
        return pick(GOOD_JSON);
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static String manyKeys(int number) {
        return Stream.iterate(0, i -> i + 1)
                .limit(number)
                .map(i -> "\"k" + i + "\":\"" + SECRET + "\"")
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static List<?> nested(int depth) {
        List<?> list = List.of();
        for (int i = 0; i < depth; i++) {
            list = List.of(list);
        }
        return list;
    }

    private static Throwable circle() {
        Exception first = new Exception("first");
        first.initCause(new Exception("second", first));
        return first;
    }

    /** A number of the host's own whose text says anything but a number. */
    private static final class Nonsense extends Number {
        private final @Nullable String text;

        Nonsense(@Nullable String text) {
            this.text = text;
        }

        @Override
        public int intValue() {
            return 0;
        }

        @Override
        public long longValue() {
            return 0;
        }

        @Override
        public float floatValue() {
            return 0;
        }

        @Override
        public double doubleValue() {
            return 0;
        }

        @Override
        public @Nullable String toString() {
            if ("throw".equals(text)) {
                throw new DateTimeException(SECRET);
            }
            return text;
        }
    }

    /** A throwable of the host's own that cannot be asked. */
    private static final class Hostile extends RuntimeException {
        private final @Nullable String text;

        Hostile(@Nullable String text) {
            this.text = text;
        }

        @Override
        public @Nullable String getMessage() {
            if ("throw".equals(text)) {
                throw new IllegalStateException("message");
            }
            return text;
        }

        @Override
        public synchronized @Nullable Throwable getCause() {
            if ("throw".equals(text)) {
                throw new IllegalStateException("cause");
            }
            return this;
        }
    }

    /** A payload that fails when it is read. */
    @SuppressWarnings({"unused", "DoNotCallSuggester"})
    static final class Unreadable {
        public String getBroken() {
            throw new IllegalStateException(SECRET);
        }
    }
}
