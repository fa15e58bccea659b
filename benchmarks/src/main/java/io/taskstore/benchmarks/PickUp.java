package io.taskstore.benchmarks;

import io.taskstore.Health;
import io.taskstore.NewTask;
import io.taskstore.Task;
import io.taskstore.TaskQueue;
import io.taskstore.TaskService;
import io.taskstore.TaskType;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.inmemory.Worker;
import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.jdbi.TaskDatabaseBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * How soon a task begins in another process than the one that submits it, on PostgreSQL: {@code --tasks 500 --polls 50
 * --processes 1}. Prints a table of the times from the return of the submit until the handler begins, with hints and with polling
 * only; other processes are idle. Both read the same clock, as processes of one machine do on Linux.
 */
public final class PickUp {

    private static final TaskType<Integer> TYPE = TaskType.of("pick-up", Integer.class);
    /** So many are run first, one after the other, until what is measured is compiled in both processes. */
    private static final int WARMING = 2_000;

    private static final int WARMING_BY_POLLING = 5;
    private static final long SHORTEST_GAP = 20_000_000;
    private static final long LONGEST_GAP = 60_000_000;
    private static final double MILLI = 1e6;

    private final String url;
    private final String schema;
    private final boolean hints;

    private PickUp(String url, String schema, boolean hints) {
        this.url = url;
        this.schema = schema;
        this.hints = hints;
    }

    /** Runs the program; with {@code worker} it is one of the others. */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length > 0 && args[0].equals("worker")) {
            new PickUp(args[1], args[2], Boolean.parseBoolean(args[3])).work();
            return;
        }
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < args.length; i += 2) {
            options.put(args[i], args[i + 1]);
        }
        int processes = Integer.parseInt(options.getOrDefault("--processes", "1"));
        try (Server server = Server.start()) {
            System.out.println("| other processes | told by | tasks | p50 ms | p99 ms | longest ms |");
            System.out.println("|---:|---|---:|---:|---:|---:|");
            for (boolean hints : List.of(true, false)) {
                int tasks = Integer.parseInt(options.getOrDefault(hints ? "--tasks" : "--polls", hints ? "500" : "50"));
                PickUp pickUp = new PickUp(server.url(), "pick_up_" + hints, hints);
                long[] nanos = pickUp.measure(processes, tasks);
                Arrays.sort(nanos);
                System.out.printf(
                        Locale.ROOT,
                        "| %d | %s | %d | %.2f | %.2f | %.2f |%n",
                        processes,
                        hints ? "hints" : "polling",
                        tasks,
                        nanos[tasks / 2] / MILLI,
                        nanos[tasks * 99 / 100] / MILLI,
                        nanos[tasks - 1] / MILLI);
            }
        }
    }

    private TaskDatabase open() {
        TaskDatabaseBuilder builder = TaskDatabase.builder(url).schema(schema);
        return (hints ? builder : builder.pollingOnly()).open();
    }

    /** Says when each task began, until its input ends. */
    private void work() throws IOException {
        try (TaskDatabase database = open();
                TaskQueue queue = database.shared(new InMemoryTaskQueue());
                Worker worker = Worker.builder(database, queue)
                        .handle(TYPE, (number, run) -> {
                            long now = System.nanoTime();
                            System.out.println(number + " " + now);
                        })
                        .start()) {
            System.out.println("ready " + worker.isClosed());
            while (System.in.read() >= 0) {
                // it ends with whoever started it
            }
        }
    }

    private long[] measure(int processes, int tasks) throws IOException, InterruptedException {
        try (TaskDatabase database = open();
                TaskQueue queue = database.shared(new InMemoryTaskQueue())) {
            Others others = new Others(processes);
            try {
                others.awaitReady();
                awaitKnown(queue, processes);
                TaskService service = new TaskService(database.tasks(), queue);
                Random random = new Random(7);
                long[] waited = new long[tasks];
                for (int i = -(hints ? WARMING : WARMING_BY_POLLING); i < tasks; i++) {
                    if (i >= 0) {
                        LockSupport.parkNanos(random.nextLong(SHORTEST_GAP, LONGEST_GAP));
                    }
                    Task task = service.submit(NewTask.of(TYPE, i));
                    long returned = System.nanoTime();
                    long began = others.began(i);
                    if (i >= 0) {
                        waited[i] = Math.max(0, began - returned);
                    }
                    if (task.attempt() > 0) {
                        throw new IllegalStateException("it began here");
                    }
                }
                return waited;
            } finally {
                others.end();
            }
        }
    }

    private void awaitKnown(TaskQueue queue, int processes) {
        while (hints) {
            List<Health> parts = queue.health().parts();
            if (parts.get(parts.size() - 1).detail().startsWith(processes + " ")) {
                return;
            }
            LockSupport.parkNanos(SHORTEST_GAP);
        }
    }

    /** The other processes, and what they say. */
    private final class Others {

        private final Process[] processes;
        private final Map<String, Long> said = new HashMap<>();

        Others(int number) throws IOException {
            processes = new Process[number];
            for (int i = 0; i < number; i++) {
                processes[i] = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                PickUp.class.getName(),
                                "worker",
                                url,
                                schema,
                                String.valueOf(hints))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                listen(processes[i]);
            }
        }

        private void listen(Process process) {
            Thread thread = new Thread(() -> {
                try (BufferedReader lines =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        say(line.split(" ", 2));
                    }
                } catch (IOException e) {
                    System.err.println(e);
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        private synchronized void say(String[] line) {
            said.merge(line[0], line[0].equals("ready") ? 1 : Long.parseLong(line[1]), (one, other) -> one + 1);
            notifyAll();
        }

        synchronized void awaitReady() throws InterruptedException {
            while (said.getOrDefault("ready", 0L) < processes.length) {
                wait();
            }
        }

        synchronized long began(int number) throws InterruptedException {
            String name = String.valueOf(number);
            while (!said.containsKey(name)) {
                wait();
            }
            return said.get(name);
        }

        void end() throws InterruptedException {
            for (Process process : processes) {
                process.destroy();
                process.waitFor();
            }
        }
    }
}
