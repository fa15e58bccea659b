package io.taskstore.jdbi;

import io.taskstore.Progress;
import io.taskstore.Task;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settlement;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Another process that has the same database open, and does what it is told line by line: {@code work} registers a worker and
 * claims a new task, {@code beat}, {@code settle} and {@code progress} answer whether the claim is
 * still its own, {@code recover} how many tasks it took from others, and {@code turns} which turns it got.
 */
final class Child implements AutoCloseable {

    private final Process process;
    private final BufferedReader answers;
    private final PrintStream commands;

    private Child(Process process) {
        this.process = process;
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    static Child open(String url, String schema, Duration lease) throws IOException {
        Child child = start(url, schema, lease);
        child.awaitOpen();
        return child;
    }

    /** {@return a process that is about to open the database} */
    static Child start(String url, String schema, Duration lease) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m", "-cp"));
        command.add(System.getProperty("java.class.path").replace(";", File.pathSeparator));
        command.addAll(List.of(Child.class.getName(), url, schema, String.valueOf(lease.toMillis())));
        return new Child(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    void awaitOpen() {
        String answer = answer();
        if (!answer.equals("open")) {
            throw new AssertionError("the other process could not open the database: " + answer);
        }
    }

    String tell(String command) {
        commands.println(command);
        return answer();
    }

    private String answer() {
        try {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.startsWith("> ")) {
                    return line.substring(2);
                }
            }
            return "the process has ended";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the id of a task that a worker of the other process holds now} */
    UUID work() {
        return UUID.fromString(tell("work"));
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            throw new AssertionError("the other process cannot be killed");
        }
    }

    void signal(String name) throws Exception {
        int code = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .start()
                .waitFor();
        if (code != 0) {
            throw new AssertionError("kill -" + name + " answered " + code);
        }
    }

    @Override
    public void close() {
        try {
            kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The other process. */
    public static void main(String... arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (TaskDatabase database = TaskDatabase.builder(arguments[0])
                .schema(arguments[1])
                .lease(Duration.ofMillis(Long.parseLong(arguments[2])))
                .durability(Durability.NORMAL)
                .open()) {
            out.println("> open");
            Task task = null;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals("work")) {
                    task = Operation.running(database);
                    out.println("> " + task.id());
                } else if (line.equals("recover")) {
                    out.println("> " + database.claims().recover().size());
                } else if (line.startsWith("turns")) {
                    out.println("> " + turns(database, Integer.parseInt(line.substring("turns ".length()))));
                } else if (task != null) {
                    out.println("> " + answer(database, line, task));
                }
            }
        } catch (RuntimeException e) {
            out.println("> " + e);
        }
    }

    /** {@return a 1 for each of so many duties that a new holder got, and a 0 for each that it did not} */
    static String turns(TaskDatabase database, int duties) {
        UUID holder = UUID.randomUUID();
        StringBuilder got = new StringBuilder();
        for (int i = 0; i < duties; i++) {
            got.append(database.takeTurn("duty-" + i, holder, Duration.ofHours(1)) ? '1' : '0');
        }
        return got.toString();
    }

    private static boolean answer(TaskDatabase database, String line, Task task) {
        Claim claim = Claim.of(task);
        WorkerId worker = claim.worker();
        return switch (line) {
            case "beat" -> database.claims().heartbeat(worker).alive();
            case "settle" ->
                !database.claims()
                        .settle(List.of(new Settlement.Completed(claim, Optional.empty(), Optional.empty())))
                        .get(0)
                        .isLost();
            case "progress" ->
                database.runLog().progress(Map.of(claim, new Progress(50, ""))).isEmpty();
            default -> throw new IllegalArgumentException(line);
        };
    }
}
