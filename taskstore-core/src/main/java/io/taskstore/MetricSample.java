package io.taskstore;

import java.time.Instant;

/**
 * One measured value of the engine.
 *
 * @param name what was measured: 1 to 100 ASCII letters, digits or {@code . _ : / + @ # -}
 * @param kind how values of it add up
 * @param at when it was measured
 * @param value the value; finite
 */
public record MetricSample(String name, Kind kind, Instant at, double value) {

    /** How the values of a metric add up. */
    public enum Kind {
        /** How often something happened since the sample before. */
        COUNTER,
        /** How much of something there is now. */
        GAUGE,
        /** How long something took, in seconds. */
        TIMING
    }

    /** Checks the name and the value. */
    public MetricSample {
        Check.name("MetricSample.name", name);
        Check.given("MetricSample.kind", kind);
        at = Check.instant("MetricSample.at", at);
        Check.that(Double.isFinite(value), "MetricSample.value", "finite", value);
    }
}
