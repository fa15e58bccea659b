package io.taskstore.benchmarks;

import io.taskstore.LogLevel;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.TaskFilter;
import io.taskstore.TaskHandler;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.WorkflowService;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.inmemory.MetricSampler;
import io.taskstore.inmemory.Worker;
import io.taskstore.inmemory.WorkerStatistics.Gear;
import io.taskstore.jdbi.TaskDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** This library, as it is without settings. */
final class TaskStoreEngine implements Engine {

    private static final TaskType<Long> NUMBER = TaskType.of("number", Long.class);
    private static final TaskFilter OPEN =
            TaskFilter.all().status(TaskStatus.WAITING, TaskStatus.PENDING, TaskStatus.RUNNING);
    private static final int MOST = 10_000_000;
    private static final int LINES = 10;
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final TaskDatabase database;
    private final InMemoryTaskQueue queue = new InMemoryTaskQueue();
    private final TaskService tasks;
    private final WorkflowService workflows;
    private volatile @Nullable Worker worker;
    private @Nullable MetricSampler sampler;

    TaskStoreEngine(Scratch scratch) {
        database = scratch.migrated();
        tasks = new TaskService(database.tasks(), queue);
        workflows = new WorkflowService(database.workflows(), tasks);
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
    public void submitFanOut(List<Long> numbers) {
        NewWorkflow workflow = NewWorkflow.of("fan-out");
        int last = numbers.size() - 1;
        for (int i = 0; i < last; i++) {
            workflow = workflow.task(step(i), NewTask.of(NUMBER, numbers.get(i)));
        }
        String[] parts =
                IntStream.range(0, last).mapToObj(TaskStoreEngine::step).toArray(String[]::new);
        workflows.submit(
                workflow.task(step(last), NewTask.of(NUMBER, numbers.get(last))).after(parts));
    }

    @Override
    public void submitChain(List<Long> numbers) {
        NewWorkflow workflow = NewWorkflow.of("chain");
        for (int i = 0; i < numbers.size(); i++) {
            workflow = workflow.task(step(i), NewTask.of(NUMBER, numbers.get(i)));
            if (i > 0) {
                workflow = workflow.after(step(i - 1));
            }
        }
        workflows.submit(workflow);
    }

    private static String step(int number) {
        return "step-" + number;
    }

    @Override
    public void start(int threads, LongConsumer handler) {
        start(threads, (number, run) -> handler.accept(number));
    }

    @Override
    public void startTalking(int threads, LongConsumer handler) {
        start(threads, (number, run) -> {
            for (int i = 0; i < LINES; i++) {
                run.log(LogLevel.INFO, "part " + i + " of task " + number + " is done, and the next is begun");
            }
            run.progress(100, "done");
            handler.accept(number);
        });
        sampler = MetricSampler.start(database, tasks, this::workers, SECOND);
    }

    private List<Worker> workers() {
        Worker started = worker;
        return started == null ? List.of() : List.of(started);
    }

    private void start(int threads, TaskHandler<Long> handler) {
        Worker started = Worker.builder(database, queue)
                .concurrency(threads)
                .handle(NUMBER, handler)
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
        workers().forEach(Worker::close);
        if (sampler != null) {
            sampler.close();
        }
        queue.close();
        database.close();
    }
}
