package io.taskstore.examples;

import io.taskstore.NewTask;
import io.taskstore.Task;
import io.taskstore.TaskType;
import io.taskstore.embedded.TaskStore;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Cancels a task that waits and one that runs, and lets one run out of time.
 *
 * <pre>{@code
 * mvn -q -Dquick -pl examples -am compile exec:java -Dexec.mainClass=io.taskstore.examples.CancelAndTimeout
 * }</pre>
 */
public final class CancelAndTimeout {

    private static final TaskType<String> DOWNLOAD = TaskType.of("download", String.class);

    private CancelAndTimeout() {}

    /** Runs on the database with the URL that is given, or on a SQLite file in a temporary folder. */
    public static void main(String[] arguments) throws Exception {
        String url = arguments.length > 0
                ? arguments[0]
                : "jdbc:sqlite:" + Files.createTempDirectory("taskstore").resolve("tasks.db");
        CountDownLatch begun = new CountDownLatch(1);

        try (TaskStore store = TaskStore.open(url)) {
            store.worker()
                    .handle(DOWNLOAD, (address, run) -> {
                        begun.countDown();
                        // A cancel and a timeout interrupt the handler. One that never blocks asks run.shouldStop().
                        Thread.sleep(60_000);
                    })
                    .start();

            Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
            Task waiting = store.tasks()
                    .submit(NewTask.of(DOWNLOAD, "a").title("One that waits").runAt(tomorrow));
            Task running = store.tasks().submit(NewTask.of(DOWNLOAD, "b").title("One that runs"));
            begun.await();
            Task slow = store.tasks()
                    .submit(NewTask.of(DOWNLOAD, "c")
                            .title("One that is slow")
                            .timeout(Duration.ofMillis(200))
                            .maxFailures(1)); // no second try

            store.tasks().cancel(waiting.id(), "nobody wants it");
            store.tasks().cancel(running.id(), null);

            for (Task task : List.of(waiting, running, slow)) {
                Task done =
                        store.tasks().await(task.id(), Duration.ofMinutes(1)).orElseThrow();
                String why = done.error().map(error -> ": " + error.summary()).orElse("");
                System.out.println(done.title().orElse("") + " is " + done.status() + why);
                System.out.println(store.tasks().history(task.id()).orElseThrow());
            }
        }
    }
}
