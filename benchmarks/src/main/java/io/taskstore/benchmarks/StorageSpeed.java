package io.taskstore.benchmarks;

import io.taskstore.NewTask;
import io.taskstore.Slots;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskIds;
import io.taskstore.TaskType;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settlement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures how fast tasks are stored, claimed and settled, beside hand-written JDBC that writes the same rows into the same
 * schema, in turns within one run. Prints a Markdown table with medians of three rounds.
 *
 * <p>Usage: {@code StorageSpeed sqlite|postgresql}
 */
public final class StorageSpeed {

    private static final int ROUNDS = 3;
    private static final Duration EACH = Duration.ofSeconds(2);
    private static final int PREPARED = 20_000;
    private static final int BULK = 5_000;

    private record Payload(String to, String subject) {}

    private static final TaskType<Payload> EMAIL = TaskType.of("email", Payload.class);
    private static final NewTask WANTED = NewTask.of(EMAIL, new Payload("ada@example.org", "Hello"));
    static final String PAYLOAD = "{\"to\":\"ada@example.org\",\"subject\":\"Hello\"}";

    private StorageSpeed() {}

    /** Runs the measures. */
    public static void main(String[] args) throws Exception {
        String database = args.length == 0 ? "sqlite" : args[0];
        System.out.println("| " + database + " | TaskStore /s | JDBC /s | share |");
        System.out.println("|---|---|---|---|");
        try (Scratch scratch = Scratch.open(database)) {
            warmUp(scratch);
            for (int threads : new int[] {1, 8, 64}) {
                compare("create, " + threads + " threads", scratch, side -> creates(side, threads));
            }
            compare("createAll, 5,000 at once", scratch, StorageSpeed::bulk);
            for (int batch : new int[] {1, 10, 100, 500}) {
                List<List<Double>> ours = new ArrayList<>();
                List<List<Double>> raw = new ArrayList<>();
                for (int round = 0; round < ROUNDS; round++) {
                    ours.add(scratch.with(scratch::library, side -> drain(side, batch)));
                    raw.add(scratch.with(scratch::jdbc, side -> drain(side, batch)));
                }
                print("claim, batches of " + batch, column(ours, 0), column(raw, 0));
                print("settle, batches of " + batch, column(ours, 1), column(raw, 1));
            }
        }
        System.exit(0);
    }

    private static List<Double> column(List<List<Double>> rounds, int index) {
        return rounds.stream().map(round -> round.get(index)).toList();
    }

    private static void warmUp(Scratch scratch) throws Exception {
        for (int i = 0; i < 2; i++) {
            scratch.with(scratch::library, side -> List.of(creates(side, 8)));
            scratch.with(scratch::jdbc, side -> List.of(creates(side, 8)));
        }
    }

    private interface Measure {
        double of(Side side) throws Exception;
    }

    private static void compare(String name, Scratch scratch, Measure measure) throws Exception {
        List<Double> ours = new ArrayList<>();
        List<Double> raw = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            ours.addAll(scratch.with(scratch::library, side -> List.of(measure.of(side))));
            raw.addAll(scratch.with(scratch::jdbc, side -> List.of(measure.of(side))));
        }
        print(name, ours, raw);
    }

    private static void print(String name, List<Double> ours, List<Double> raw) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %,.0f | %,.0f | %.2f |%n",
                name,
                median(ours),
                median(raw),
                median(ours) / median(raw));
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static double creates(Side side, int threads) throws InterruptedException {
        AtomicLong count = new AtomicLong();
        CountDownLatch go = new CountDownLatch(1);
        long[] end = new long[1];
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> {
                try {
                    go.await();
                    while (System.nanoTime() < end[0]) {
                        side.create(TaskIds.standard().get());
                        count.incrementAndGet();
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            thread.start();
            all.add(thread);
        }
        long start = System.nanoTime();
        end[0] = start + EACH.toNanos();
        go.countDown();
        for (Thread thread : all) {
            thread.join();
        }
        return perSecond(count.get(), System.nanoTime() - start);
    }

    private static double bulk(Side side) throws Exception {
        long count = 0;
        long spent = 0;
        while (spent < EACH.toNanos()) {
            side.prepare(ids(BULK));
            long start = System.nanoTime();
            side.createPrepared();
            spent += System.nanoTime() - start;
            count += BULK;
        }
        return perSecond(count, spent);
    }

    /** {@return claims and settlements per second} */
    private static List<Double> drain(Side side, int batch) throws Exception {
        int tasks = Math.min(PREPARED, 1_000 * batch);
        for (int stored = 0; stored < tasks; stored += BULK) {
            side.prepare(ids(Math.min(BULK, tasks - stored)));
            side.createPrepared();
        }
        long claiming = 0;
        long settling = 0;
        int done = 0;
        while (done < tasks) {
            long start = System.nanoTime();
            int claimed = side.claim(batch);
            long middle = System.nanoTime();
            side.settle();
            settling += System.nanoTime() - middle;
            claiming += middle - start;
            done += claimed;
        }
        return List.of(perSecond(done, claiming), perSecond(done, settling));
    }

    private static List<UUID> ids(int number) {
        UUID[] ids = new UUID[number];
        Arrays.setAll(ids, i -> TaskIds.standard().get());
        return List.of(ids);
    }

    private static double perSecond(long count, long nanos) {
        return count * 1e9 / nanos;
    }

    /** One of the two that are compared. */
    interface Side extends AutoCloseable {

        void create(UUID id) throws Exception;

        /** Makes ready what {@link #createPrepared} stores. */
        void prepare(List<UUID> ids);

        void createPrepared() throws Exception;

        /** {@return how many were claimed} */
        int claim(int batch) throws Exception;

        /** Completes what was claimed last. */
        void settle() throws Exception;

        @Override
        void close() throws SQLException;
    }

    /** The library. */
    static final class Library implements Side {

        private final TaskDatabase database;
        private final WorkerId worker;
        private List<Task> claimed = List.of();
        private List<TaskDraft> drafts = List.of();

        Library(TaskDatabase database) {
            this.database = database;
            this.worker = database.claims().register(new WorkerProfile("speed", Set.of(EMAIL.name()), Set.of()));
        }

        @Override
        public void create(UUID id) {
            database.tasks().create(new TaskDraft(id, WANTED, PAYLOAD), null);
        }

        @Override
        public void prepare(List<UUID> ids) {
            drafts = ids.stream().map(id -> new TaskDraft(id, WANTED, PAYLOAD)).toList();
        }

        @Override
        public void createPrepared() {
            database.tasks().createAll(drafts);
        }

        @Override
        public int claim(int batch) {
            claimed = database.claims()
                    .claim(ClaimRequest.due(worker, Set.of(EMAIL.name()), Slots.of(batch)))
                    .tasks();
            return claimed.size();
        }

        @Override
        public void settle() {
            List<Settlement> settlements = new ArrayList<>(claimed.size());
            for (Task task : claimed) {
                settlements.add(
                        new Settlement.Completed(Claim.of(task), Optional.of(Duration.ofMillis(1)), Optional.empty()));
            }
            database.claims().settle(settlements);
        }

        @Override
        public void close() {
            database.close();
        }
    }

    /** {@return the folder for files of a run} */
    static Path folder() throws Exception {
        return Files.createTempDirectory("taskstore-speed");
    }
}
