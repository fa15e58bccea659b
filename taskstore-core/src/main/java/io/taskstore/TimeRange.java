package io.taskstore;

import java.time.Instant;
import java.util.Optional;

/**
 * A span of time, its start within and its end without; either may be open.
 *
 * @param from the first instant within; empty for all time before
 * @param to the first instant after it; empty for all time to come
 */
public record TimeRange(Optional<Instant> from, Optional<Instant> to) {

    private static final TimeRange ALWAYS = new TimeRange(Optional.empty(), Optional.empty());

    /** Checks that the start is not after the end. */
    public TimeRange {
        from = Check.given("TimeRange.from", from).map(instant -> Check.instant("TimeRange.from", instant));
        to = Check.given("TimeRange.to", to).map(instant -> Check.instant("TimeRange.to", instant));
        if (from.isPresent() && to.isPresent() && from.get().isAfter(to.get())) {
            throw new InvalidInputException("TimeRange.from", "not after " + to.get(), from.get());
        }
    }

    /** {@return all time} */
    public static TimeRange always() {
        return ALWAYS;
    }

    /** {@return the time from the instant on} */
    public static TimeRange since(Instant from) {
        return new TimeRange(Optional.of(Check.given("TimeRange.from", from)), Optional.empty());
    }

    /** {@return the time before the instant} */
    public static TimeRange before(Instant to) {
        return new TimeRange(Optional.empty(), Optional.of(Check.given("TimeRange.to", to)));
    }

    /** {@return the time from the one instant on and before the other} */
    public static TimeRange between(Instant from, Instant to) {
        return new TimeRange(
                Optional.of(Check.given("TimeRange.from", from)), Optional.of(Check.given("TimeRange.to", to)));
    }

    /** {@return the range as in {@code [2026-03-02T09:00:00Z, …)}} */
    @Override
    public String toString() {
        return "[" + from.map(Instant::toString).orElse("…") + ", "
                + to.map(Instant::toString).orElse("…") + ")";
    }

    /** {@return whether the instant lies within} */
    public boolean contains(Instant instant) {
        Check.given("instant", instant);
        return from.map(start -> !instant.isBefore(start)).orElse(true)
                && to.map(instant::isBefore).orElse(true);
    }
}
