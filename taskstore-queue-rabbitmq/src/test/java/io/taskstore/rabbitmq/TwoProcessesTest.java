package io.taskstore.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.NewTask;
import io.taskstore.Task;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.jdbi.TaskDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One process submits and another works. It prints how long a task takes from the call of submit, its commit included, and from
 * the return of submit, to its start in the other process.
 */
@NeedsBroker
@Timeout(120)
final class TwoProcessesTest {

    private static final int TASKS = Integer.getInteger("taskstore.pickups", 100);

    /** Polling would take half a second, half of the time. */
    private static final long LIMIT_MICROS = Duration.ofMillis(250).toNanos() / 1_000;

    private static final long LOOK_NANOS = Duration.ofMillis(3).toNanos();

    @Test
    void aTaskIsPickedUpByAnotherProcessLongBeforeAPollWouldFindIt() throws Exception {
        String name = Stage.newName();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start()) {
            String url = postgres.getJdbcUrl("postgres", "postgres");
            try (TaskDatabase database =
                            TaskDatabase.builder(url).schema("pickup").open();
                    WorkerProcess working = WorkerProcess.start(url, "pickup", name);
                    RabbitTaskQueue queue = RabbitTaskQueue.builder(TestBroker.url(), new InMemoryTaskQueue())
                            .name(name)
                            .open()) {
                measure(new TaskService(database.tasks(), queue));
                assertThat(working.isAlive()).isTrue();
            }
        }
    }

    private static void measure(TaskService tasks) throws InterruptedException {
        List<Long> fromCall = new ArrayList<>();
        List<Long> fromReturn = new ArrayList<>();
        for (int i = 0; i < 2 * TASKS; i++) {
            long called = WorkerProcess.micros(Instant.now());
            Task task = tasks.submit(NewTask.of(WorkerProcess.WORK, "x"));
            long returned = WorkerProcess.micros(Instant.now());
            long started = Long.parseLong(completed(tasks, task).result().orElseThrow());
            // the first half is for the compilers
            if (i >= TASKS) {
                fromCall.add(started - called);
                fromReturn.add(started - returned);
            }
        }
        fromCall.sort(null);
        fromReturn.sort(null);
        System.out.printf(
                Locale.ROOT,
                "pick-up by another process over RabbitMQ, %d tasks, in ms: from the call of submit p50 %.2f p99 %.2f,"
                        + " from its return p50 %.2f p99 %.2f%n",
                TASKS,
                at(fromCall, 0.5),
                at(fromCall, 0.99),
                at(fromReturn, 0.5),
                at(fromReturn, 0.99));
        assertThat(fromCall.get(TASKS / 2)).isLessThan(LIMIT_MICROS);
    }

    /** Looks more often than those do who await a task of another process. */
    private static Task completed(TaskService tasks, Task task) {
        long end = System.nanoTime() + Await.LIMIT.toNanos();
        Task now = task;
        while (now.status() != TaskStatus.COMPLETED) {
            assertThat(System.nanoTime() - end).as("%s in time", now).isNegative();
            LockSupport.parkNanos(LOOK_NANOS);
            now = tasks.find(task.id()).orElseThrow();
        }
        return now;
    }

    private static double at(List<Long> sorted, double share) {
        return sorted.get((int) (share * (sorted.size() - 1))) / 1_000.0;
    }
}
