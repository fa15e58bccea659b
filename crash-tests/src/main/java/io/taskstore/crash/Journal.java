package io.taskstore.crash;

import io.taskstore.crash.Event.Kind;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/**
 * What happens in one process, line by line in a file. Each line is one write to a file opened for append, so that what was
 * written is there when the process is killed the moment after. It is thread-safe.
 *
 * <p>Times are those of {@link System#nanoTime}, which on Linux and macOS is one clock for all processes of the machine.
 */
final class Journal implements AutoCloseable {

    private final FileOutputStream out;
    private final String process;

    private Journal(FileOutputStream out, String process) {
        this.out = out;
        this.process = process;
    }

    static Journal open(Path file, String process) {
        try {
            return new Journal(new FileOutputStream(file.toFile(), true), process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void add(Kind kind, String note) {
        add(kind, Event.NOBODY, 0, note);
    }

    void add(Kind kind, UUID task, int attempt, String note) {
        add(kind, task, attempt, process, note);
    }

    /** Writes down what happened to another process, of which it will not say anything any more. */
    void add(Kind kind, UUID task, int attempt, String which, String note) {
        Event event = new Event(kind, task, attempt, which, System.nanoTime(), note);
        try {
            out.write(event.line().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return what was written, in its order} The last line may be torn, and is left out then. */
    static List<Event> read(Path file) {
        return new Reader(file).read();
    }

    /** Reads what others write, and goes on where it was the last time. Not thread-safe. */
    static final class Reader {

        private final Path file;
        private final List<Event> events = new ArrayList<>();
        private long position;

        Reader(Path file) {
            this.file = file;
        }

        /** {@return all that was written so far, as {@link Journal#read} does} */
        List<Event> read() {
            byte[] more = more();
            int start = 0;
            for (int end = 0; end < more.length; end++) {
                if (more[end] == '\n') {
                    String line = new String(more, start, end - start, StandardCharsets.UTF_8);
                    events.add(Event.of(line)
                            .orElseThrow(
                                    () -> new IllegalStateException("a line of " + file + " is damaged: " + line)));
                    start = end + 1;
                }
            }
            position += start;
            return Collections.unmodifiableList(events);
        }

        private byte[] more() {
            if (!Files.exists(file)) {
                return new byte[0];
            }
            try (InputStream in = Files.newInputStream(file)) {
                in.skipNBytes(position);
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
