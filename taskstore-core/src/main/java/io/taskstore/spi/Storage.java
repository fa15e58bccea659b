package io.taskstore.spi;

import io.taskstore.Health;
import io.taskstore.MetricRepository;
import io.taskstore.QueueRepository;
import io.taskstore.Reports;
import io.taskstore.TaskRepository;
import io.taskstore.WorkflowRepository;
import java.time.InstantSource;

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

    /** {@return the clock by which tasks are due and changes are dated; all processes of a database agree on it} */
    InstantSource clock();

    /** {@return how the storage is, found out by using it; it never throws} */
    Health health();

    /**
     * Lets calls under way end, and frees what the storage holds. Later calls throw
     * {@link io.taskstore.StorageUnavailableException}. Idempotent.
     */
    @Override
    void close();
}
