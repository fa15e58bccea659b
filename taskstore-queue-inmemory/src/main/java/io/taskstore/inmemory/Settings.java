package io.taskstore.inmemory;

import io.taskstore.PayloadCodec;
import io.taskstore.TaskListener;
import io.taskstore.WorkerProfile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What a worker was told when it was built.
 *
 * @param name for people
 * @param registrations the handlers by the names of their types
 * @param limits how much of it may run at once
 * @param bounds how far it goes
 * @param listeners who hears what happens to runs
 * @param host what it uses of its surroundings
 */
record Settings(
        String name,
        Map<String, Registration<?>> registrations,
        Limits limits,
        Bounds bounds,
        List<TaskListener> listeners,
        Host host) {

    /**
     * How much may run at once.
     *
     * @param concurrency how many tasks
     * @param perQueue how many of a queue
     * @param queues the queues that are served; empty for all
     */
    record Limits(int concurrency, Map<String, Integer> perQueue, Set<String> queues) {}

    /**
     * How far a worker goes.
     *
     * @param poll how long without a scan
     * @param logLines how many lines the log of a run has
     * @param backlog how long tasks may be due before somebody should look; empty for any time
     */
    record Bounds(Duration poll, int logLines, Optional<Duration> backlog) {}

    /**
     * What a worker uses of its surroundings.
     *
     * @param threads makes the threads that run handlers
     * @param codec decodes payloads and encodes results
     * @param random where the random share of delays comes from
     * @param nanos a clock that never goes back
     * @param platform the process, which gives the engine its own threads
     */
    record Host(
            ThreadFactory threads, PayloadCodec codec, RandomGenerator random, LongSupplier nanos, Platform platform) {}

    Duration poll() {
        return bounds.poll();
    }

    Set<String> types() {
        return registrations.keySet();
    }

    WorkerProfile profile() {
        return new WorkerProfile(name, types(), limits.queues());
    }
}
