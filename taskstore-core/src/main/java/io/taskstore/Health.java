package io.taskstore;

import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How well a part of the library is. A host turns it into an HTTP answer or a metric.
 *
 * @param part what it is about: {@code storage}, {@code queue}, {@code worker}
 * @param level how well it is
 * @param detail one sentence for people; may be empty
 * @param latency how long it took to find that out, of a part that has to be asked
 * @param parts the health of what it is made of
 */
public record Health(String part, Level level, String detail, Optional<Duration> latency, List<Health> parts) {

    private static final int LONGEST_DETAIL = 1_000;

    /** How well a part is, the best first. */
    public enum Level {
        /** It does all it should. */
        UP,
        /** It works, and somebody should look at it. */
        DEGRADED,
        /** It does not work. */
        DOWN
    }

    /** Cleans and cuts the detail, which may come from a database's error. */
    public Health {
        Check.name("Health.part", part);
        Check.given("Health.level", level);
        detail = Text.clean(Check.given("Health.detail", detail), LONGEST_DETAIL);
        Check.given("Health.latency", latency);
        parts = Check.list("Health.parts", parts, Integer.MAX_VALUE);
    }

    /** {@return the health of a part that has no parts} */
    public static Health of(String part, Level level, String detail) {
        return new Health(part, level, detail, Optional.empty(), List.of());
    }

    /** {@return the health of what is made of these parts: as well as the worst of them} */
    public static Health of(String part, Health... parts) {
        List<Health> all = Check.list("parts", Arrays.asList(Check.given("parts", parts)), Integer.MAX_VALUE);
        Level worst =
                all.stream().map(Health::level).max(Comparator.naturalOrder()).orElse(Level.UP);
        return new Health(part, worst, "", Optional.empty(), all);
    }

    /** {@return the same, found out within so long} */
    public Health within(Duration latency) {
        return new Health(part, level, detail, Optional.of(Check.given("latency", latency)), parts);
    }

    /** {@return whether it works, even if somebody should look at it} */
    public boolean works() {
        return level != Level.DOWN;
    }
}
