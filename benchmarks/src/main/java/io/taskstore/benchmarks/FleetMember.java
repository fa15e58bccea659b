package io.taskstore.benchmarks;

import io.taskstore.TaskQueue;
import io.taskstore.TaskType;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.inmemory.Worker;
import io.taskstore.jdbi.TaskDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** One of the worker processes of a {@link Fleet}: it says how many tasks it has done when it is asked, and at its end. */
public final class FleetMember implements AutoCloseable {

    static final TaskType<Integer> TYPE = TaskType.of("fleet", Integer.class);
    static final int MILLIS = 5;

    private static final int PATIENCE_SECONDS = 30;

    private final Process process;
    private final BufferedReader answers;
    private long done;
    private long statements;

    private FleetMember(Process process) {
        this.process = process;
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static FleetMember start(String url, String schema, int concurrency, boolean counting) throws IOException {
        return new FleetMember(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FleetMember.class.getName(),
                        url,
                        schema,
                        String.valueOf(concurrency),
                        String.valueOf(counting))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    void awaitReady() throws IOException {
        answer();
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("a worker process has ended");
        }
        return line;
    }

    /** {@return how many tasks it has done by now} */
    long ask() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        return Long.parseLong(answer());
    }

    void end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        String[] last = answer().split(" ", -1);
        done = Long.parseLong(last[0]);
        statements = Long.parseLong(last[1]);
        process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** {@return how many tasks it had done at its end} */
    long done() {
        return done;
    }

    /** {@return how many statements it had sent at its end, if they were counted} */
    long statements() {
        return statements;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The process. */
    public static void main(String[] args) throws IOException {
        boolean counting = Boolean.parseBoolean(args[3]);
        if (counting) {
            Statements.log();
        }
        LongAdder done = new LongAdder();
        try (TaskDatabase database =
                        TaskDatabase.builder(args[0]).schema(args[1]).open();
                TaskQueue queue = database.shared(new InMemoryTaskQueue());
                Worker worker = Worker.builder(database, queue)
                        .concurrency(Integer.parseInt(args[2]))
                        .handle(TYPE, (number, run) -> {
                            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(MILLIS));
                            done.increment();
                        })
                        .start()) {
            System.out.println("ready " + worker.isClosed());
            while (System.in.read() >= 0) {
                System.out.println(done.sum());
            }
        }
        System.out.println(done.sum() + " " + (counting ? Statements.logged().count() : 0));
    }
}
