package io.taskstore.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;

/** A clock that stands still until a test moves it. It is thread-safe. */
public final class ManualClock implements InstantSource {

    /** Guarded by this. */
    private Instant now;

    private ManualClock(Instant start) {
        this.now = Objects.requireNonNull(start, "start");
    }

    /** {@return a clock that shows nine o'clock on a winter morning, UTC, until it is moved} */
    public static ManualClock create() {
        return at(Instant.parse("2026-01-15T09:00:00Z"));
    }

    /** {@return a clock that shows this until it is moved} */
    public static ManualClock at(Instant start) {
        return new ManualClock(start);
    }

    /** Moves the clock on by the duration, or back if it is negative. */
    public synchronized void advance(Duration duration) {
        now = now.plus(duration);
    }

    /** Sets the clock. */
    public synchronized void set(Instant instant) {
        now = Objects.requireNonNull(instant, "instant");
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    @Override
    public String toString() {
        return "ManualClock[" + instant() + "]";
    }
}
