package io.taskstore.testkit;

import io.taskstore.Health;
import io.taskstore.MetricRepository;
import io.taskstore.QueueRepository;
import io.taskstore.Reports;
import io.taskstore.TaskRepository;
import io.taskstore.WorkerId;
import io.taskstore.WorkflowRepository;
import io.taskstore.spi.RunLog;
import io.taskstore.spi.Storage;
import io.taskstore.spi.TaskClaims;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;

/** The reference, but for one deviation. */
final class DeviatingStorage implements Storage {

    private final InstantSource clock;
    private ReferenceStorage right;
    private final Deviation deviation;

    DeviatingStorage(InstantSource clock, Deviation deviation) {
        this.clock = clock;
        this.right = new ReferenceStorage(clock);
        this.deviation = deviation;
    }

    void empty() {
        right = new ReferenceStorage(clock);
    }

    void kill(WorkerId worker) {
        right.kill(worker);
    }

    @Override
    public TaskRepository tasks() {
        return deviation.tasks(right);
    }

    @Override
    public WorkflowRepository workflows() {
        return right.workflows();
    }

    @Override
    public QueueRepository queues() {
        return right.queues();
    }

    @Override
    public TaskClaims claims() {
        return deviation.claims(right);
    }

    @Override
    public RunLog runLog() {
        return right.runLog();
    }

    @Override
    public Reports reports() {
        return right.reports();
    }

    @Override
    public MetricRepository metrics() {
        return right.metrics();
    }

    @Override
    public boolean takeTurn(String duty, UUID holder, Duration atMost) {
        return right.takeTurn(duty, holder, atMost);
    }

    @Override
    public InstantSource clock() {
        return right.clock();
    }

    @Override
    public Health health() {
        return right.health();
    }

    @Override
    public void close() {
        right.close();
    }
}
