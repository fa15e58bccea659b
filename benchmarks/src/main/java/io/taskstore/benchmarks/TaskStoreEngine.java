package io.taskstore.benchmarks;

import io.taskstore.NewTask;
import io.taskstore.TaskFilter;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.inmemory.Worker;
import io.taskstore.inmemory.WorkerStatistics.Gear;
import io.taskstore.jdbi.TaskDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** This library, as it is without settings. */
final class TaskStoreEngine implements Engine {

    private static final TaskType<Long> NUMBER = TaskType.of("number", Long.class);
    private static final TaskFilter OPEN =
            TaskFilter.all().status(TaskStatus.WAITING, TaskStatus.PENDING, TaskStatus.RUNNING);
    private static final int MOST = 10_000_000;

    private final TaskDatabase database;
    private final InMemoryTaskQueue queue = new InMemoryTaskQueue();
    private final TaskService tasks;
    private @Nullable Worker worker;

    TaskStoreEngine(Scratch scratch) {
        database = scratch.migrated();
        tasks = new TaskService(database.tasks(), queue);
    }

    @Override
    public String settings() {
        return "defaults";
    }

    @Override
    public void submit(long number) {
        tasks.submit(NewTask.of(NUMBER, number));
    }

    @Override
    public void submitAll(List<Long> numbers) {
        tasks.submitAll(
                numbers.stream().map(number -> NewTask.of(NUMBER, number)).toList());
    }

    @Override
    public void start(int threads, LongConsumer handler) {
        Worker started = Worker.builder(database, queue)
                .concurrency(threads)
                .handle(NUMBER, (number, run) -> handler.accept(number))
                .start();
        worker = started;
        while (left() == 0 && started.statistics().gear() != Gear.IDLE) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }

    @Override
    public long left() {
        return tasks.count(OPEN, MOST).value();
    }

    @Override
    public void stop() {
        if (worker != null) {
            worker.close();
        }
        queue.close();
        database.close();
    }
}
