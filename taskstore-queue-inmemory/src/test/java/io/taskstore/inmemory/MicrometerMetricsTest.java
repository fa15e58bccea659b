package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskstore.NewTask;
import io.taskstore.TaskService;
import io.taskstore.TaskType;
import io.taskstore.testkit.ManualClock;
import io.taskstore.testkit.ReferenceStorage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a registry of Micrometer is told. */
final class MicrometerMetricsTest {

    private static final TaskType<String> WORK = TaskType.of("work", String.class);

    private final ManualClock clock = ManualClock.create();
    private final ReferenceStorage storage = new ReferenceStorage(clock);
    private final InMemoryTaskQueue queue = new InMemoryTaskQueue();
    private final TaskService tasks = new TaskService(storage.tasks(), queue);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Worker worker =
            Worker.builder(storage, queue).handle(WORK, (payload, run) -> {}).build();

    @AfterEach
    void close() {
        worker.close();
        queue.close();
        storage.close();
        registry.close();
    }

    private double counter(String name) {
        return registry.get("taskstore." + name).functionCounter().count();
    }

    private double gauge(String name) {
        return registry.get("taskstore." + name).gauge().value();
    }

    @Test
    void aRegistryIsToldWhatIsCounted() {
        new MicrometerMetrics(tasks, () -> List.of(worker)).bindTo(registry);
        tasks.submit(NewTask.of(WORK, "a"));
        tasks.submit(NewTask.of(WORK, "b"));
        clock.advance(Duration.ofSeconds(3));
        assertThat(gauge("queue.hints")).isEqualTo(2);
        worker.runDue();
        assertThat(counter("tasks.submitted")).isEqualTo(2);
        assertThat(counter("tasks.claimed")).isEqualTo(2);
        assertThat(counter("tasks.completed")).isEqualTo(2);
        assertThat(counter("tasks.failed")).isZero();
        assertThat(counter("commits")).isEqualTo(1);
        assertThat(counter("commits.ends")).isEqualTo(2);
        assertThat(gauge("handlers.busy")).isZero();
        assertThat(gauge("backlog.age")).isZero();
        FunctionTimer waits = registry.get("taskstore.wait.time").functionTimer();
        assertThat(waits.count()).isEqualTo(2);
        assertThat(waits.totalTime(TimeUnit.SECONDS)).isBetween(6.0, 8.0);
        assertThat(registry.get("taskstore.run.time").functionTimer().count()).isEqualTo(2);
    }

    @Test
    void whatAWorkerDidCountsAfterItIsClosed() {
        Worker closed = worker;
        List<Worker> workers = new java.util.ArrayList<>(List.of(closed));
        new MicrometerMetrics(tasks, () -> workers).bindTo(registry);
        tasks.submit(NewTask.of(WORK, "a"));
        closed.runDue();
        assertThat(counter("tasks.completed")).isEqualTo(1);
        closed.close();
        workers.clear();
        assertThat(counter("tasks.completed")).isEqualTo(1);
        assertThat(counter("tasks.completed")).isEqualTo(1);
    }
}
