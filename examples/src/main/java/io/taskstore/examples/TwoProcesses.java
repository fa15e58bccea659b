package io.taskstore.examples;

import io.taskstore.Execution;
import io.taskstore.NewTask;
import io.taskstore.Task;
import io.taskstore.TaskType;
import io.taskstore.WorkerId;
import io.taskstore.embedded.TaskStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Shares the tasks of one PostgreSQL between two processes. Run the first line in two terminals, the second in a third:
 *
 * <pre>{@code
 * mvn -q -Dquick -pl examples -am compile exec:java -Dexec.mainClass=io.taskstore.examples.TwoProcesses '-Dexec.args=URL work'
 * mvn -q -Dquick -pl examples -am compile exec:java -Dexec.mainClass=io.taskstore.examples.TwoProcesses '-Dexec.args=URL'
 * }</pre>
 *
 * with a URL as in {@code jdbc:postgresql://localhost/app?user=ada}.
 */
public final class TwoProcesses {

    private static final TaskType<String> RESIZE = TaskType.of("resize", String.class);

    private TwoProcesses() {}

    /** Runs on the database with the URL that is given, as a worker if a second argument says so. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 0) {
            System.out.println("Which database? Tell its URL, as in jdbc:postgresql://localhost/app?user=ada");
            return;
        }
        try (TaskStore store = TaskStore.open(arguments[0])) {
            if (arguments.length > 1) {
                work(store);
            } else {
                submit(store);
            }
        }
    }

    private static void work(TaskStore store) throws IOException {
        String name = "worker-" + ProcessHandle.current().pid();
        store.worker()
                .name(name)
                .concurrency(1)
                .handle(RESIZE, (picture, run) -> {
                    System.out.println(name + " resizes " + picture);
                    Thread.sleep(250);
                })
                .start();
        System.out.println(name + " is ready; press Enter to end it");
        int unused = System.in.read();
    }

    private static void submit(TaskStore store) throws InterruptedException {
        List<NewTask> pictures = IntStream.rangeClosed(1, 16)
                .mapToObj(number -> NewTask.of(RESIZE, "picture " + number))
                .toList();
        Map<String, Integer> resized = new TreeMap<>();
        for (Task task : store.tasks().submitAll(pictures)) {
            Task done = store.tasks().await(task.id(), Duration.ofMinutes(5)).orElseThrow();
            List<Execution> runs =
                    store.tasks().history(done.id()).orElseThrow().executions();
            WorkerId worker = runs.get(runs.size() - 1).worker().orElseThrow();
            resized.merge(worker.shortForm(), 1, Integer::sum);
        }
        resized.forEach((worker, count) -> System.out.println("worker " + worker + " resized " + count + " pictures"));
    }
}
