package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.TaskFilter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a power failure leaves of the write-ahead log: all of it up to some byte, or a bit that is not what it was. All commits
 * before that are there when the file is opened again, none after it, and none in part. More images with
 * {@code -Dtaskstore.torn.images=20000}, others with {@code -Dtaskstore.torn.seed=1}.
 */
final class TornWalTest {

    private static final int IMAGES = Integer.getInteger("taskstore.torn.images", 50);
    private static final long SEED = Long.getLong("taskstore.torn.seed", System.nanoTime());
    private static final int OPERATIONS = 25;

    /** What others leave behind would be in their way. */
    private static final List<Operation> WORK = Operation.WRITING.stream()
            .filter(operation -> !Set.of("pause", "requeue").contains(operation.name()))
            .toList();

    private static final int HEADER = 32;
    private static final int FRAME_HEADER = 24;
    private static final int PAGE_SIZE_AT = 8;
    private static final int SIZE_AFTER_COMMIT_AT = 4;

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);
    private byte[] database = {};
    private byte[] log = {};

    /** What was in the database when the log was that long, for each call that returned. */
    private final TreeMap<Integer, String> acknowledged = new TreeMap<>();

    /** What is in the database when the log ends with that commit. */
    private final Map<Integer, String> committed = new HashMap<>();

    @Test
    void whatWasCommittedBeforeTheDamageIsThereAndNothingElse() throws Exception {
        work();
        List<Integer> commits = commits();
        assertThat(commits).hasSizeGreaterThan(OPERATIONS);
        for (int length : acknowledged.keySet()) {
            assertThat(commits).as("the ends of commits").contains(length);
            assertThat(contents(length)).as("contents when a call returned").isEqualTo(acknowledged.get(length));
        }
        for (int i = 0; i < IMAGES; i++) {
            damage(i, commits);
        }
        System.out.printf("torn log: %d images of %d commits, seed %d%n", IMAGES, commits.size(), SEED);
    }

    private void work() throws SQLException, IOException {
        Path file = folder.resolve("tasks.db");
        String url = "jdbc:sqlite:" + file;
        TaskDatabase.open(url).close();
        Path wal = folder.resolve("tasks.db-wal");
        try (TaskDatabase open = open(url);
                Connection beside = DriverManager.getConnection(url)) {
            database = Files.readAllBytes(file);
            Path before = Files.write(folder.resolve("before.db"), database);
            for (int i = 0; i < OPERATIONS; i++) {
                WORK.get(random.nextInt(WORK.size())).stage().apply(open).run();
                acknowledged.put((int) Files.size(wal), Dump.of(beside));
                open.tasks().cancel(TaskFilter.all(), "out of the way");
                acknowledged.put((int) Files.size(wal), Dump.of(beside));
            }
            log = Files.readAllBytes(wal);
            assertThat(Files.mismatch(file, before))
                    .as("nothing was moved out of the log")
                    .isNegative();
        }
    }

    private static TaskDatabase open(String url) {
        return TaskDatabase.builder(url).migration(Migration.SKIP).open();
    }

    /** {@return where commits end in the log; the last frame of each tells how large the database is then} */
    private List<Integer> commits() {
        List<Integer> ends = new ArrayList<>(List.of(0));
        int frame = FRAME_HEADER + ByteBuffer.wrap(log).getInt(PAGE_SIZE_AT);
        for (int at = HEADER; at + frame <= log.length; at += frame) {
            if (ByteBuffer.wrap(log).getInt(at + SIZE_AFTER_COMMIT_AT) != 0) {
                ends.add(at + frame);
            }
        }
        return ends;
    }

    private void damage(int number, List<Integer> commits) throws Exception {
        int place = random.nextInt(log.length);
        boolean cut = random.nextBoolean();
        byte[] torn;
        if (cut) {
            torn = Arrays.copyOf(log, place);
        } else {
            torn = log.clone();
            torn[place] ^= (byte) (1 << random.nextInt(8));
        }
        int last = commits.stream().filter(end -> end <= place).reduce(0, Math::max);
        String what = "image " + number + ", " + (cut ? "cut at " : "a bit flipped at ") + place + ", seed " + SEED;
        assertThat(opened(torn, true)).as(what).isEqualTo(contents(last));
    }

    private String contents(int end) throws Exception {
        String known = committed.get(end);
        if (known == null) {
            known = opened(Arrays.copyOf(log, end), false);
            committed.put(end, known);
        }
        return known;
    }

    /** {@return what is found in the database with this log} */
    private String opened(byte[] wal, boolean used) throws Exception {
        Path image = Files.createTempDirectory(folder, "image");
        Path file = image.resolve("tasks.db");
        Files.write(file, database);
        Files.write(image.resolve("tasks.db-wal"), wal);
        String url = "jdbc:sqlite:" + file;
        try (TaskDatabase open = open(url);
                Connection beside = DriverManager.getConnection(url)) {
            String dump = Dump.of(beside);
            assertThat(SqliteConnections.ask(beside, "PRAGMA integrity_check")).isEqualTo("ok");
            assertThat(SqliteConnections.ask(beside, "PRAGMA foreign_key_check"))
                    .isEmpty();
            assertThat(Dump.brokenHistories(beside)).isZero();
            if (used) {
                assertThat(open.tasks().find(Operation.create(open).id())).isPresent();
            }
            return dump;
        } finally {
            try (Stream<Path> files = Files.list(image)) {
                for (Path one : files.toList()) {
                    Files.deleteIfExists(one);
                }
            }
        }
    }
}
