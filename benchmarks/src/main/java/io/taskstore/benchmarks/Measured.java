package io.taskstore.benchmarks;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/**
 * Something that is measured.
 *
 * @param name what it is
 * @param kind how many tasks have the values it asks for
 * @param limit what 95 of 100 must stay under, in milliseconds
 * @param run does it
 */
record Measured(String name, String kind, double limit, Run run) {

    private static final long MOST = Duration.ofSeconds(10).toNanos();
    private static final int FEWEST = 10;
    private static final double MILLI = 1e6;

    /** Does it once. */
    interface Run {

        /**
         * Does it.
         *
         * @param number of this run, for values that vary
         */
        void run(int number);
    }

    /** The times, of which a share is not exceeded. */
    record Times(double p50, double p95, double p99) {}

    /** {@return how long it took, without the first runs} It ends early if it is very slow. */
    Times measure(int runs) {
        long warming = System.nanoTime();
        for (int i = 0; i < runs / 10 && System.nanoTime() - warming < MOST; i++) {
            run.run(runs + i);
        }
        long[] nanos = new long[runs];
        long begin = System.nanoTime();
        int done = 0;
        while (done < runs && (done < FEWEST || System.nanoTime() - begin < MOST)) {
            long start = System.nanoTime();
            run.run(done);
            nanos[done++] = System.nanoTime() - start;
        }
        long[] sorted = Arrays.copyOf(nanos, done);
        Arrays.sort(sorted);
        return new Times(share(sorted, 0.50), share(sorted, 0.95), share(sorted, 0.99));
    }

    private static double share(long[] sorted, double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1] / MILLI;
    }

    boolean isMet(Times times) {
        return times.p95() < limit;
    }

    String row(Times times) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %.2f | %.2f | %.2f | %s |",
                name,
                kind,
                times.p50(),
                times.p95(),
                times.p99(),
                isMet(times) ? "" : "over " + limit);
    }
}
