package io.taskstore.jdbi;

import java.time.Duration;

/** Durations as the databases keep them: microseconds. */
final class Durations {

    private static final long MICROS_PER_SECOND = 1_000_000;

    private Durations() {}

    static long micros(Duration duration) {
        return duration.getSeconds() * MICROS_PER_SECOND + duration.getNano() / 1_000;
    }

    static Duration of(long micros) {
        return Duration.ofSeconds(
                Math.floorDiv(micros, MICROS_PER_SECOND), Math.floorMod(micros, MICROS_PER_SECOND) * 1_000);
    }
}
