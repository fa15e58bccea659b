package io.taskstore.crash;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What the {@link Checker} found.
 *
 * @param attempted the tasks whose submit was called
 * @param acknowledged those whose submit returned
 * @param lost those that were acknowledged and have not come to an end
 * @param unexpected those that are there or were run, and that nobody submitted
 * @param duplicated those whose work was done more than once, which is no violation
 * @param recovered those that were not acknowledged and are there all the same, which is none either
 * @param kills how often a process was killed
 * @param hits how often that left a run open
 * @param taken how long it took, for each run that a kill left open, from the kill to the change that took it from the dead
 * @param resumed how long it took from the kill to its next start or its end
 * @param violations what should never happen, in words
 */
record Verdict(
        Set<UUID> attempted,
        Set<UUID> acknowledged,
        Set<UUID> lost,
        Set<UUID> unexpected,
        Set<UUID> duplicated,
        Set<UUID> recovered,
        int kills,
        int hits,
        List<Duration> taken,
        List<Duration> resumed,
        List<String> violations) {

    /** {@return the middle of the times, in milliseconds; 0 where there are none} */
    static long p50(List<Duration> times) {
        return times.isEmpty()
                ? 0
                : times.stream().sorted().toList().get(times.size() / 2).toMillis();
    }

    /** {@return the longest of the times, in milliseconds} */
    static long max(List<Duration> times) {
        return times.stream().mapToLong(Duration::toMillis).max().orElse(0);
    }
}
