package io.taskstore.examples;

import io.taskstore.NewTask;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskRun;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.embedded.TaskStore;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Ends as a service should: on Ctrl-C or SIGTERM it begins nothing new, lets short runs end, and gives the long one back
 * without counting a failure. Run it again, and it goes on with what is left.
 *
 * <pre>{@code
 * mvn -q -Dquick -pl examples -am compile exec:java -Dexec.mainClass=io.taskstore.examples.GracefulShutdown
 * }</pre>
 */
public final class GracefulShutdown {

    private static final TaskType<Integer> WORK = TaskType.of("work", Integer.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private GracefulShutdown() {}

    /** Runs on the database with the URL that is given, or on a SQLite file in the working folder. */
    public static void main(String[] arguments) {
        TaskStore store = TaskStore.open(arguments.length > 0 ? arguments[0] : "jdbc:sqlite:shutdown.db");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            System.out.println("Closing: what runs has " + PATIENCE.toSeconds() + " seconds to end.");
            store.close(PATIENCE);
            System.out.println("Closed.");
        }));

        List<Task> left = store.tasks()
                .list(TaskFilter.all().type(WORK).status(TaskStatus.PENDING), PageRequest.first(100))
                .tasks();
        if (left.isEmpty()) {
            store.tasks().submit(NewTask.of(WORK, 60).title("long"));
            store.tasks()
                    .submitAll(IntStream.rangeClosed(1, 30)
                            .mapToObj(number -> NewTask.of(WORK, 1).title("short " + number))
                            .toList());
        }
        long failures = left.stream().mapToLong(Task::failures).sum();
        System.out.println(left.size() + " tasks are left of an earlier start, with " + failures + " failures.");

        // a worker that was started keeps the process alive
        store.worker().concurrency(2).handle(WORK, GracefulShutdown::work).start();
        System.out.println("Working; press Ctrl-C to end.");
    }

    private static void work(Integer seconds, TaskRun run) throws InterruptedException {
        String title = run.task().title().orElse("");
        System.out.println(title + " begins");
        Thread.sleep(seconds * 1_000L);
        System.out.println(title + " is done");
    }
}
