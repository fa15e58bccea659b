package io.taskstore.crash;

import io.taskstore.Health;
import io.taskstore.MetricRepository;
import io.taskstore.QueueRepository;
import io.taskstore.Reports;
import io.taskstore.TaskRepository;
import io.taskstore.WorkflowRepository;
import io.taskstore.spi.RunLog;
import io.taskstore.spi.Storage;
import io.taskstore.spi.TaskClaims;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;

/** A storage whose claims are {@linkplain ObservedClaims observed}. */
record ObservedStorage(Storage storage, TaskClaims claims) implements Storage {

    @Override
    public TaskRepository tasks() {
        return storage.tasks();
    }

    @Override
    public WorkflowRepository workflows() {
        return storage.workflows();
    }

    @Override
    public QueueRepository queues() {
        return storage.queues();
    }

    @Override
    public RunLog runLog() {
        return storage.runLog();
    }

    @Override
    public Reports reports() {
        return storage.reports();
    }

    @Override
    public MetricRepository metrics() {
        return storage.metrics();
    }

    @Override
    public boolean takeTurn(String duty, UUID holder, Duration atMost) {
        return storage.takeTurn(duty, holder, atMost);
    }

    @Override
    public InstantSource clock() {
        return storage.clock();
    }

    @Override
    public Health health() {
        return storage.health();
    }

    @Override
    public void close() {
        storage.close();
    }
}
