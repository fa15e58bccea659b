package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.testkit.Fixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Looks at the system calls of a process that creates tasks: with {@link Durability#FULL} the log is synced between what is
 * written to it and the return of the call. Needs strace, and is not part of the build: {@code -Dtest=SyncCheck}.
 */
final class SyncCheck {

    private static final int TASKS = Integer.getInteger("taskstore.sync.tasks", 100);
    private static final Pattern CALL = Pattern.compile(
            "^(\\d+) +(?:(\\w+)\\(\\d+<([^>]*)>.*?|<\\.\\.\\. (\\w+) resumed>.*?)(<unfinished \\.\\.\\.>| = (-?\\d+).*)$");

    @TempDir
    Path folder;

    @Test
    void fullSyncsTheLogBeforeEachAcknowledgement() throws Exception {
        Seen seen = run(Durability.FULL);
        assertThat(seen.acknowledged()).isEqualTo(TASKS);
        assertThat(seen.unsynced())
                .as("tasks acknowledged before the log was synced")
                .isZero();
        System.out.printf("FULL: %d acknowledged, %d syncs, none was missing%n", seen.acknowledged(), seen.syncs());
    }

    /** Or else the check above could not fail. */
    @Test
    void normalDoesNot() throws Exception {
        Seen seen = run(Durability.NORMAL);
        assertThat(seen.acknowledged()).isEqualTo(TASKS);
        assertThat(seen.unsynced()).isGreaterThan(TASKS / 2);
        System.out.printf("NORMAL: %d acknowledged, %d of them not synced%n", seen.acknowledged(), seen.unsynced());
    }

    /** What the system calls of a process show. */
    private record Seen(int acknowledged, int unsynced, int syncs) {}

    private Seen run(Durability durability) throws Exception {
        Path calls = folder.resolve(durability + ".calls");
        List<String> command = new ArrayList<>(List.of(
                "strace", "-f", "-y", "-qq", "-e", "trace=fsync,fdatasync,write,pwrite64", "-o", calls.toString()));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(
                SyncCheck.class.getName(), folder.resolve(durability + ".db").toString(), durability.name()));
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
        return seen(Files.readAllLines(calls));
    }

    private static Seen seen(List<String> lines) {
        int acknowledged = 0;
        int unsynced = 0;
        int syncs = 0;
        boolean dirty = false;
        Map<String, String> begun = new HashMap<>();
        for (String line : lines) {
            Matcher call = CALL.matcher(line);
            if (!call.matches()) {
                continue;
            }
            String thread = call.group(1);
            boolean resumed = call.group(4) != null;
            String what = resumed ? begun.getOrDefault(thread, "") : call.group(2) + " " + call.group(3);
            boolean begins = !resumed;
            boolean ends = call.group(6) != null;
            begun.put(thread, what);
            // a write counts from its beginning, a sync from its end
            if (begins && what.startsWith("pwrite64") && what.endsWith(".db-wal")) {
                dirty = true;
            } else if (ends && what.matches("f(data)?sync .*\\.db-wal")) {
                dirty = false;
                syncs++;
            } else if (begins && what.startsWith("write") && what.endsWith(".acknowledged")) {
                acknowledged++;
                unsynced += dirty ? 1 : 0;
            }
        }
        return new Seen(acknowledged, unsynced, syncs);
    }

    /** The process: creates tasks, and writes a line for each that was acknowledged. */
    public static void main(String... arguments) {
        Path file = Path.of(arguments[0]);
        try (TaskDatabase database = TaskDatabase.builder("jdbc:sqlite:" + file)
                        .durability(Durability.valueOf(arguments[1]))
                        .open();
                FileChannel lines = FileChannel.open(
                        Path.of(file + ".acknowledged"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (int i = 0; i < TASKS; i++) {
                String id = database.tasks()
                        .create(Fixtures.draft(), null)
                        .task()
                        .id()
                        .toString();
                lines.write(ByteBuffer.wrap((id + "\n").getBytes(StandardCharsets.UTF_8)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
