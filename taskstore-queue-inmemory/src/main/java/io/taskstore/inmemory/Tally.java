package io.taskstore.inmemory;

import io.taskstore.TaskEvent;
import io.taskstore.inmemory.WorkerStatistics.Summary;
import io.taskstore.inmemory.WorkerStatistics.Totals;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** What a worker has done since it was started, counted as it happens. It is thread-safe, and has no lock. */
final class Tally {

    private static final double NANOS = 1e9;

    private final LongAdder claimed = new LongAdder();
    private final LongAdder recovered = new LongAdder();

    /** Has all kinds from the beginning, and is only read. */
    private final Map<TaskEvent.Kind, LongAdder> events = new EnumMap<>(TaskEvent.Kind.class);

    private final Measured waits = new Measured();
    private final Measured runs = new Measured();
    private final Measured commits = new Measured();

    Tally() {
        for (TaskEvent.Kind kind : TaskEvent.Kind.values()) {
            events.put(kind, new LongAdder());
        }
    }

    /** Many values of one kind. */
    private static final class Measured {

        private final LongAdder count = new LongAdder();
        private final LongAdder sum = new LongAdder();
        private final LongAccumulator greatest = new LongAccumulator(Math::max, 0);
        private final LongAccumulator peak = new LongAccumulator(Math::max, 0);

        void add(long value) {
            count.increment();
            sum.add(value);
            greatest.accumulate(value);
            peak.accumulate(value);
        }

        Summary in(double unit) {
            return new Summary(count.sum(), sum.sum() / unit, greatest.get() / unit);
        }
    }

    void claimed(int tasks) {
        claimed.add(tasks);
    }

    void recovered(int tasks) {
        recovered.add(tasks);
    }

    void happened(TaskEvent.Kind kind) {
        LongAdder times = events.get(kind);
        if (times != null) {
            times.increment();
        }
    }

    void waited(Duration due) {
        waits.add(due.toNanos());
    }

    void ran(Duration handler) {
        runs.add(handler.toNanos());
    }

    /** So many ends of runs were recorded together. */
    void committed(int ends) {
        commits.add(ends);
    }

    Totals totals() {
        Map<TaskEvent.Kind, Long> times = new EnumMap<>(TaskEvent.Kind.class);
        events.forEach((kind, count) -> times.put(kind, count.sum()));
        return new Totals(claimed.sum(), recovered.sum(), times, waits.in(NANOS), runs.in(NANOS), commits.in(1));
    }

    /**
     * The greatest values of a span of time, in seconds and in ends.
     *
     * @param waits how long a task had been due
     * @param runs how long a handler took
     * @param commits how many ends were recorded together
     */
    record Peaks(double waits, double runs, double commits) {

        static final Peaks NONE = new Peaks(0, 0, 0);

        Peaks and(Peaks other) {
            return new Peaks(
                    Math.max(waits, other.waits), Math.max(runs, other.runs), Math.max(commits, other.commits));
        }
    }

    /** {@return the greatest values since this was asked last} There is one who asks. */
    Peaks takePeaks() {
        return new Peaks(
                waits.peak.getThenReset() / NANOS, runs.peak.getThenReset() / NANOS, commits.peak.getThenReset());
    }
}
