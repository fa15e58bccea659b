package io.taskstore.examples;

import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.NewTask;
import io.taskstore.Reports;
import io.taskstore.RetryPolicy;
import io.taskstore.Task;
import io.taskstore.TaskRun;
import io.taskstore.TaskType;
import io.taskstore.TimeRange;
import io.taskstore.embedded.TaskStore;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * Shows how far a task has come while it runs, and afterwards what it logged, how its runs went, and how all of them do.
 *
 * <pre>{@code
 * mvn -q -Dquick -pl examples -am compile exec:java -Dexec.mainClass=io.taskstore.examples.ProgressAndReports
 * }</pre>
 */
public final class ProgressAndReports {

    private static final TaskType<String> RENDER = TaskType.of("render", String.class);

    private ProgressAndReports() {}

    /** Runs on the database with the URL that is given, or on a SQLite file in a temporary folder. */
    public static void main(String[] arguments) throws Exception {
        String url = arguments.length > 0
                ? arguments[0]
                : "jdbc:sqlite:" + Files.createTempDirectory("taskstore").resolve("tasks.db");

        try (TaskStore store = TaskStore.open(url)) {
            store.worker()
                    .handle(RENDER, ProgressAndReports::render, RetryPolicy.fixed(Duration.ofMillis(100)))
                    .start();
            UUID id = store.tasks().submit(NewTask.of(RENDER, "a film")).id();

            Optional<Task> done = Optional.empty();
            while (done.isEmpty()) {
                done = store.tasks().await(id, Duration.ofMillis(250));
                store.tasks().find(id).flatMap(Task::progress).ifPresent(System.out::println);
            }

            Reports reports = store.reports();
            System.out.println("\nIts log:");
            for (LogEntry line : reports.logs(id, 0, LogLevel.INFO, null, 100)) {
                System.out.println("  run " + line.attempt() + ", " + line.level() + ": " + line.message());
            }
            System.out.println("\nIts history: " + store.tasks().history(id).orElseThrow());

            System.out.println(
                    "All tasks: " + reports.statistics(TimeRange.always()).byStatus());
            reports.durations(TimeRange.always())
                    .forEach((type, took) -> System.out.println("Runs of " + type + ": " + took));
            reports.failing(TimeRange.always(), 10).forEach(type -> System.out.println("Failing: " + type));
        }
    }

    private static void render(String film, TaskRun run) throws Exception {
        for (int scene = 1; scene <= 4; scene++) {
            run.progress(scene * 25, "scene " + scene);
            run.log(LogLevel.INFO, "rendering scene " + scene + " of " + film);
            Thread.sleep(300);
            if (scene == 1 && run.task().failures() == 0) {
                run.log(LogLevel.WARN, "no light in scene 1");
                throw new IOException("the lamp is broken");
            }
        }
    }
}
