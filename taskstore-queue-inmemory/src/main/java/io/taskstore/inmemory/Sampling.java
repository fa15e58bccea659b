package io.taskstore.inmemory;

import io.taskstore.MetricSample;
import io.taskstore.MetricSample.Kind;
import io.taskstore.OutcomeUnknownException;
import io.taskstore.TaskService;
import io.taskstore.inmemory.WorkerStatistics.Summary;
import io.taskstore.inmemory.WorkerStatistics.Totals;
import io.taskstore.spi.Storage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Takes the samples of a process, one set after the other. One thread samples. */
final class Sampling {

    /** How far pending tasks are counted. */
    static final long MOST_PENDING = 10_000;

    private static final double NANOS = 1e9;

    private final Storage storage;
    private final TaskService tasks;
    private final Workforce workforce;
    private final Backlog backlog;
    private State last;

    /** The greatest values since the last sample that was stored. */
    private Tally.Peaks peaks = Tally.Peaks.NONE;

    /** What has been counted until a sample. */
    private record State(long submitted, Totals totals) {}

    Sampling(Storage storage, TaskService tasks, Workforce workforce) {
        this.storage = storage;
        this.tasks = tasks;
        this.workforce = workforce;
        this.backlog = new Backlog(storage);
        this.last = state();
    }

    private State state() {
        return new State(tasks.submitted(), workforce.totals());
    }

    /** Stores the samples of now. Where it throws, what was counted goes into the next ones, unless it may be stored already. */
    void sample() {
        peaks = peaks.and(workforce.takePeaks());
        State now = state();
        Instant at = storage.clock().instant();
        try {
            storage.metrics().record(new Samples(at).all(now));
        } catch (OutcomeUnknownException e) {
            stored(now);
            throw e;
        }
        stored(now);
    }

    private void stored(State now) {
        last = now;
        peaks = Tally.Peaks.NONE;
    }

    /** The samples of one moment. Not thread-safe. */
    private final class Samples {

        private final Instant at;
        private final List<MetricSample> samples = new ArrayList<>();

        Samples(Instant at) {
            this.at = at;
        }

        List<MetricSample> all(State now) {
            Totals since = now.totals();
            Totals until = last.totals();
            count("tasks.submitted", now.submitted() - last.submitted());
            for (Counted counted : Counted.ALL) {
                count(counted.metric(), counted.in(since) - counted.in(until));
            }
            mean("wait.time", Kind.TIMING, since.waits(), until.waits(), peaks.waits());
            mean("run.time", Kind.TIMING, since.runs(), until.runs(), peaks.runs());
            mean("commit.batch", Kind.GAUGE, since.commits(), until.commits(), peaks.commits());
            add("handlers.busy", Kind.GAUGE, (double) workforce.busy());
            add("queue.hints", Kind.GAUGE, (double) workforce.hints());
            add("queue.depth", Kind.GAUGE, (double) backlog.pending(MOST_PENDING));
            Duration claimed = workforce.backlogAge();
            Duration stored = backlog.age(Set.of(), Set.of());
            Duration age = claimed.compareTo(stored) > 0 ? claimed : stored;
            add("backlog.age", Kind.GAUGE, age.toNanos() / NANOS);
            return Collections.unmodifiableList(samples);
        }

        private void add(String name, Kind kind, double value) {
            samples.add(new MetricSample(name, kind, at, value));
        }

        private void count(String name, long times) {
            if (times != 0) {
                add(name, Kind.COUNTER, (double) times);
            }
        }

        private void mean(String name, Kind kind, Summary since, Summary until, double greatest) {
            long count = since.count() - until.count();
            if (count > 0) {
                add(name, kind, (since.sum() - until.sum()) / count);
                add(name + ".max", Kind.GAUGE, greatest);
            }
        }
    }
}
