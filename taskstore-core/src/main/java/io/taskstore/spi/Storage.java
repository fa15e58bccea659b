package io.taskstore.spi;

import io.taskstore.Health;
import io.taskstore.MetricRepository;
import io.taskstore.QueueRepository;
import io.taskstore.Reports;
import io.taskstore.TaskRepository;
import io.taskstore.WorkflowRepository;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;

/**
 * One database with all its ports. The ports see the same rows, may be asked for as often as one likes, and are as
 * thread-safe as the storage.
 */
public interface Storage extends AutoCloseable {

    /** {@return the tasks} */
    TaskRepository tasks();

    /** {@return the workflows} */
    WorkflowRepository workflows();

    /** {@return the queues as far as they are paused} */
    QueueRepository queues();

    /** {@return the claims of workers on tasks} */
    TaskClaims claims();

    /** {@return what handlers say about their runs} */
    RunLog runLog();

    /** {@return many tasks at a glance} */
    Reports reports();

    /** {@return the metrics that were kept} */
    MetricRepository metrics();

    /**
     * Takes a turn at what one process at a time should do, such as deleting what is old. At most one holder has the turn for a
     * duty. It ends by itself, by the storage's own clock, and its holder may take it again before, which makes it last anew.
     *
     * <p>It saves work, and is no lock: who stands still for longer than its turn goes on without it.
     *
     * @param duty what is to be done, a name
     * @param holder who wants to do it: an id that it has for itself
     * @param atMost how long the turn lasts from now on, up to ten years
     * @return whether the holder has the turn now
     */
    boolean takeTurn(String duty, UUID holder, Duration atMost);

    /** {@return the clock by which tasks are due and changes are dated; all processes of a database agree on it} */
    InstantSource clock();

    /** {@return how the storage is, found out by reading from it, and how long that took; it never throws} */
    Health health();

    /**
     * Lets calls under way end, and frees what the storage holds. Later calls throw
     * {@link io.taskstore.StorageUnavailableException}. Idempotent.
     */
    @Override
    void close();
}
