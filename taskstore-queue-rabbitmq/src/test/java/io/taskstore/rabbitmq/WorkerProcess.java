package io.taskstore.rabbitmq;

import io.taskstore.Outcome;
import io.taskstore.TaskType;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.inmemory.Worker;
import io.taskstore.jdbi.TaskDatabase;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another process, whose worker answers each task with the moment at which it was started, in microseconds. */
final class WorkerProcess implements AutoCloseable {

    static final TaskType<String> WORK = TaskType.of("work", String.class);

    private final Process process;

    private WorkerProcess(Process process) {
        this.process = process;
    }

    /** {@return a process with such a worker on a database and under a name at the broker, once it works} */
    static WorkerProcess start(String database, String schema, String name) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-cp"));
        command.add(System.getProperty("java.class.path").replace(";", File.pathSeparator));
        command.addAll(List.of(WorkerProcess.class.getName(), database, schema, TestBroker.url(), name));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader answers =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = answers.readLine(); !"works".equals(line); line = answers.readLine()) {
            if (line == null) {
                throw new AssertionError("the other process has ended");
            }
        }
        return new WorkerProcess(process);
    }

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw new AssertionError("the other process does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The other process, which ends with its input. */
    public static void main(String... arguments) throws IOException {
        try (TaskDatabase database =
                        TaskDatabase.builder(arguments[0]).schema(arguments[1]).open();
                RabbitTaskQueue queue = RabbitTaskQueue.builder(arguments[2], new InMemoryTaskQueue())
                        .name(arguments[3])
                        .open();
                Worker worker = Worker.builder(database, queue)
                        .decide(WORK, (payload, run) -> Outcome.completed(micros(Instant.now())))
                        .start()) {
            System.out.println(worker.health().works() ? "works" : "does not work");
            while (System.in.read() >= 0) {
                // only its end matters
            }
        }
    }
}
