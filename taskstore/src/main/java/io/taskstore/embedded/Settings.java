package io.taskstore.embedded;

import io.taskstore.PayloadCodec;
import io.taskstore.TaskListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a store was told when it was opened, beside what its database was told.
 *
 * @param codec turns payloads and results into JSON and back
 * @param listeners who hears what happens to runs, of all workers
 * @param metrics at which interval metrics are recorded; not at all if empty
 * @param keepEnded how long tasks are kept that have ended; for ever if empty
 * @param keepMetrics how long metrics are kept; for ever if empty
 */
record Settings(
        PayloadCodec codec,
        List<TaskListener> listeners,
        Optional<Duration> metrics,
        Optional<Duration> keepEnded,
        Optional<Duration> keepMetrics) {}
