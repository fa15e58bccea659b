package io.taskstore.examples;

import io.taskstore.NewTask;
import io.taskstore.Task;
import io.taskstore.TaskType;
import io.taskstore.embedded.TaskStore;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Runs the urgent task before the usual ones, one task a second later, and one of tomorrow today after all.
 *
 * <pre>{@code
 * mvn -q -Dquick -pl examples -am compile exec:java -Dexec.mainClass=io.taskstore.examples.ScheduledAndPrioritised
 * }</pre>
 */
public final class ScheduledAndPrioritised {

    private static final TaskType<String> JOB = TaskType.of("job", String.class);

    private ScheduledAndPrioritised() {}

    /** Runs on the database with the URL that is given, or on a SQLite file in a temporary folder. */
    public static void main(String[] arguments) throws Exception {
        String url = arguments.length > 0
                ? arguments[0]
                : "jdbc:sqlite:" + Files.createTempDirectory("taskstore").resolve("tasks.db");

        try (TaskStore store = TaskStore.open(url)) {
            Instant now = Instant.now();
            Task soon = store.tasks().submit(NewTask.of(JOB, "soon").runAt(now.plusSeconds(1)));
            Task tomorrow = store.tasks().submit(NewTask.of(JOB, "tomorrow").runAt(now.plus(Duration.ofDays(1))));
            Task idle = store.tasks().submit(NewTask.of(JOB, "idle").priority(-5));
            Task usual = store.tasks().submit(NewTask.of(JOB, "usual"));
            Task urgent = store.tasks().submit(NewTask.of(JOB, "urgent").priority(5));
            System.out.println(
                    "Why does the one of tomorrow wait? " + store.tasks().explain(tomorrow.id()));

            store.worker()
                    .concurrency(1) // one after the other, so that the order can be seen
                    .handle(JOB, (name, run) -> System.out.println("running: " + name))
                    .start();
            for (Task task : List.of(urgent, usual, idle)) {
                Task done =
                        store.tasks().await(task.id(), Duration.ofMinutes(1)).orElseThrow();
                System.out.println(done.payload() + " is " + done.status());
            }

            // until it runs, everything about a task may be changed
            store.tasks().update(tomorrow, change -> change.runAt(Instant.now()));
            Task early =
                    store.tasks().await(tomorrow.id(), Duration.ofMinutes(1)).orElseThrow();
            System.out.println(early.payload() + " is " + early.status());

            Task punctual =
                    store.tasks().await(soon.id(), Duration.ofMinutes(1)).orElseThrow();
            System.out.println(
                    punctual.payload() + " was due at " + punctual.runAt().orElseThrow() + " and ran at "
                            + punctual.startedAt().orElseThrow());
        }
    }
}
