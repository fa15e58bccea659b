package io.taskstore.inmemory;

import io.taskstore.Check;
import io.taskstore.TaskService;
import io.taskstore.spi.Storage;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Supplier;

/**
 * Keeps the metrics of a process in its storage: at an interval it records what was counted since the last sample, and how things
 * are. They are read back with {@link io.taskstore.MetricRepository#series}; docs/operations.md lists their names.
 *
 * <p>It has a thread of its own, which keeps no process alive. While the storage cannot be used there are no samples; what was
 * counted meanwhile goes into the next. There should be one for a worker, for what two have counted is counted twice.
 *
 * <p>It is thread-safe.
 */
public final class MetricSampler implements AutoCloseable {

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofMillis(1);

    /** How long the closing waits for the last sample. */
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final Sampling sampling;
    private final Duration interval;
    private final Complaints complaints = new Complaints(System::nanoTime);
    private final EngineThread thread = new EngineThread("taskstore-metrics", this::step, complaints, JvmPlatform.THIS);

    private volatile boolean closing;

    private MetricSampler(Sampling sampling, Duration interval) {
        this.sampling = sampling;
        this.interval = interval;
    }

    /**
     * Starts to record samples, which {@link Retention#ofMetrics} may delete again.
     *
     * @param storage where they are kept
     * @param tasks the service whose submits are counted
     * @param workers tells the workers of this process, each time anew
     * @param interval a second to an hour
     */
    public static MetricSampler start(
            Storage storage, TaskService tasks, Supplier<? extends Collection<Worker>> workers, Duration interval) {
        Check.given("storage", storage);
        Check.given("tasks", tasks);
        Workforce workforce = new Workforce(Check.given("workers", workers));
        Check.given("interval", interval);
        boolean fits = interval.compareTo(SHORTEST) >= 0 && interval.compareTo(LONGEST) <= 0;
        Check.that(fits, "interval", "a duration from a second to an hour", interval);
        MetricSampler sampler = new MetricSampler(new Sampling(storage, tasks, workforce), interval);
        sampler.thread.start();
        return sampler;
    }

    /** A step of the sampling thread. The first comes at the start, and tells how things are. */
    private Duration step() {
        long began = System.nanoTime();
        boolean last = closing;
        try {
            sampling.sample();
        } catch (RuntimeException e) {
            complaints.about("recording metrics", e);
        }
        if (last) {
            thread.end();
        }
        Duration left = interval.minusNanos(System.nanoTime() - began);
        return left.compareTo(SOON) < 0 ? SOON : left;
    }

    /**
     * Records a last sample, and no more. It returns within a second, also where the storage hangs. To be closed after the workers
     * and before the storage. Idempotent.
     */
    @Override
    public void close() {
        closing = true;
        thread.call();
        boolean interrupted = false;
        try {
            boolean unused = thread.join(CLOSE);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        thread.end();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
