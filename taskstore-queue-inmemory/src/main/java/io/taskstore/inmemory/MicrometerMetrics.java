package io.taskstore.inmemory;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.taskstore.Check;
import io.taskstore.TaskService;
import io.taskstore.inmemory.WorkerStatistics.Summary;
import io.taskstore.inmemory.WorkerStatistics.Totals;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The metrics of a process for a registry of Micrometer: all that is counted and measured in memory, so that nobody who reads them
 * waits for the storage. docs/operations.md lists their names.
 *
 * <p>It is the only class of this module that needs Micrometer, which the host brings. It is thread-safe.
 */
public final class MicrometerMetrics implements MeterBinder {

    private static final String PREFIX = "taskstore.";
    private static final double NANOS = 1e9;

    private final TaskService tasks;
    private final Workforce workforce;

    /**
     * Tells of the tasks and workers of a process.
     *
     * @param tasks the service whose submits are counted
     * @param workers tells the workers, each time anew
     */
    public MicrometerMetrics(TaskService tasks, Supplier<? extends Collection<Worker>> workers) {
        this.tasks = Check.given("tasks", tasks);
        this.workforce = new Workforce(Check.given("workers", workers));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder(PREFIX + "tasks.submitted", tasks, TaskService::submitted)
                .register(registry);
        for (Counted counted : Counted.ALL) {
            FunctionCounter.builder(PREFIX + counted.metric(), tasks, any -> counted.in(workforce.totals()))
                    .register(registry);
        }
        time(registry, "wait.time", Totals::waits);
        time(registry, "run.time", Totals::runs);
        FunctionCounter.builder(
                        PREFIX + "commits",
                        tasks,
                        any -> workforce.totals().commits().count())
                .register(registry);
        FunctionCounter.builder(
                        PREFIX + "commits.ends",
                        tasks,
                        any -> workforce.totals().commits().sum())
                .register(registry);
        Gauge.builder(PREFIX + "handlers.busy", tasks, any -> workforce.busy()).register(registry);
        Gauge.builder(PREFIX + "queue.hints", tasks, any -> workforce.hints()).register(registry);
        Gauge.builder(
                        PREFIX + "backlog.age",
                        tasks,
                        any -> workforce.backlogAge().toNanos() / NANOS)
                .baseUnit("seconds")
                .register(registry);
    }

    private void time(MeterRegistry registry, String name, Function<Totals, Summary> of) {
        FunctionTimer.builder(
                        PREFIX + name,
                        tasks,
                        any -> of.apply(workforce.totals()).count(),
                        any -> of.apply(workforce.totals()).sum(),
                        TimeUnit.SECONDS)
                .register(registry);
    }
}
