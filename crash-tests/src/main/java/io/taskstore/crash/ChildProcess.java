package io.taskstore.crash;

import io.taskstore.crash.Event.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A {@link Victim} that was started, as its parent sees it. What is done to it goes into the journal of the parent. */
final class ChildProcess implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;
    private static final long AHEAD = Duration.ofMillis(30).toNanos();

    private final Process process;
    private final Orders orders;
    private final Journal observer;
    private final Journal.Reader journal;

    ChildProcess(Process process, Orders orders, Journal observer) {
        this.process = process;
        this.orders = orders;
        this.observer = observer;
        this.journal = new Journal.Reader(orders.journal());
    }

    String name() {
        return orders.name();
    }

    List<Event> events() {
        return journal.read();
    }

    boolean has(Kind kind) {
        return events().stream().anyMatch(event -> event.kind() == kind);
    }

    /** {@return how many tasks it has completed, by what it says} */
    long done() {
        return events().stream().filter(event -> event.kind() == Kind.DONE_ACK).count();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** {@return whether it has a run open that will not have ended by the time that it is killed, by what it says} */
    boolean hasOpenRun() {
        Set<String> open = new HashSet<>();
        for (Event event : events()) {
            String run = event.task() + "/" + event.attempt();
            if (event.kind() == Kind.START) {
                long end = event.nanos()
                        + Duration.ofMillis(Long.parseLong(event.note())).toNanos();
                if (end - System.nanoTime() > AHEAD) {
                    open.add(run);
                }
            } else if (event.kind() == Kind.END) {
                open.remove(run);
            }
        }
        return !open.isEmpty();
    }

    /** What cannot be told to a process that is dead is of no use to it. */
    void tell(String order) {
        try {
            process.getOutputStream().write((order + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            if (process.isAlive()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    void kill() throws InterruptedException {
        note(Kind.KILLED);
        process.destroyForcibly();
        exitCode();
    }

    void stop() throws IOException, InterruptedException {
        note(Kind.STOPPED);
        signal("STOP");
    }

    void goOn() throws IOException, InterruptedException {
        note(Kind.CONTINUED);
        signal("CONT");
    }

    private void note(Kind kind) {
        observer.add(kind, Event.NOBODY, 0, name(), "");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                .start()
                .waitFor();
        if (code != 0) {
            throw new IllegalStateException("kill -" + signal + " answered " + code);
        }
    }

    /** {@return what it has printed} */
    String printed() {
        try {
            return Files.readString(orders.output());
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** {@return what it answered when it ended by itself} */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(name() + " goes on: " + printed());
        }
        return process.exitValue();
    }

    /** It is not to outlive its test, whatever becomes of that. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
