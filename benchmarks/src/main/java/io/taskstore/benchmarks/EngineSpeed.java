package io.taskstore.benchmarks;

import io.taskstore.NewTask;
import io.taskstore.TaskFilter;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.inmemory.Worker;
import io.taskstore.inmemory.WorkerStatistics.Gear;
import io.taskstore.jdbi.TaskDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how fast a worker drains prepared tasks that do nothing, and how soon an idle one picks up a new task, beside what a
 * submit takes where no worker is. Prints Markdown, with medians of three rounds.
 *
 * <p>Usage: {@code EngineSpeed sqlite|postgresql}
 */
public final class EngineSpeed {

    private static final int ROUNDS = 3;
    private static final int PREPARED = 20_000;
    private static final int AT_ONCE = 5_000;
    private static final int SUBMITS = 200;
    private static final long SHORTEST_GAP = Duration.ofMillis(5).toNanos();
    private static final long LONGEST_GAP = Duration.ofMillis(25).toNanos();
    private static final TaskType<String> NOTHING = TaskType.of("nothing", String.class);

    private EngineSpeed() {}

    /** Runs the measures. */
    public static void main(String[] args) throws Exception {
        String database = args.length == 0 ? "sqlite" : args[0];
        try (Scratch scratch = Scratch.open(database)) {
            drain(scratch, 8);
            for (int threads : new int[] {8, 32}) {
                List<Double> rates = new ArrayList<>();
                for (int round = 0; round < ROUNDS; round++) {
                    rates.add(drain(scratch, threads));
                }
                Collections.sort(rates);
                System.out.printf(
                        Locale.ROOT,
                        "%s: %,d tasks that do nothing, %d threads: %,.0f a second%n",
                        database,
                        PREPARED,
                        threads,
                        rates.get(ROUNDS / 2));
            }
            System.out.println("| " + database + ", idle | p50 ms | p99 ms |");
            System.out.println("|---|---|---|");
            pickUp(scratch, database);
        }
        System.exit(0);
    }

    private static double drain(Scratch scratch, int threads) throws Exception {
        try (TaskDatabase database = scratch.migrated();
                InMemoryTaskQueue queue = new InMemoryTaskQueue()) {
            TaskService tasks = new TaskService(database.tasks(), queue);
            for (int done = 0; done < PREPARED; done += AT_ONCE) {
                tasks.submitAll(Collections.nCopies(AT_ONCE, NewTask.of(NOTHING, "x")));
            }
            AtomicLong runs = new AtomicLong();
            Semaphore all = new Semaphore(0);
            Worker worker = Worker.builder(database, queue)
                    .concurrency(threads)
                    .handle(NOTHING, (payload, run) -> {
                        if (runs.incrementAndGet() == PREPARED) {
                            all.release();
                        }
                    })
                    .build();
            try (worker) {
                long start = System.nanoTime();
                worker.start();
                all.acquire();
                TaskFilter completed = TaskFilter.all().status(TaskStatus.COMPLETED);
                while (tasks.count(completed, PREPARED).value() < PREPARED) {
                    LockSupport.parkNanos(100_000);
                }
                return PREPARED / ((System.nanoTime() - start) / 1e9);
            }
        }
    }

    private static void pickUp(Scratch scratch, String name) throws Exception {
        List<long[]> plain = new ArrayList<>();
        List<long[]> picked = new ArrayList<>();
        for (int round = 0; round < ROUNDS + 1; round++) {
            plain.add(submits(scratch, false)[0]);
            long[][] both = submits(scratch, true);
            picked.add(both[0]);
            picked.add(both[1]);
        }
        // the first round was for warming up
        print(name + ": a plain submit", plain.subList(1, plain.size()));
        List<long[]> fromReturn = new ArrayList<>();
        List<long[]> fromCall = new ArrayList<>();
        for (int i = 2; i < picked.size(); i += 2) {
            fromReturn.add(picked.get(i));
            fromCall.add(picked.get(i + 1));
        }
        print(name + ": from the return of the submit to the handler", fromReturn);
        print(name + ": from the call of the submit to the handler", fromCall);
    }

    private static void print(String what, List<long[]> rounds) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %.3f | %.3f |%n",
                what,
                median(rounds, SUBMITS / 2),
                median(rounds, SUBMITS * 99 / 100));
    }

    private static double median(List<long[]> rounds, int place) {
        double[] all = rounds.stream()
                .mapToDouble(round -> round[place] / 1e6)
                .sorted()
                .toArray();
        return all[all.length / 2];
    }

    /** {@return sorted times: how long the submits took; or, with a worker, from their return and from their call} */
    private static long[][] submits(Scratch scratch, boolean withWorker) throws Exception {
        Random random = new Random(7);
        long[] first = new long[SUBMITS];
        long[] second = new long[SUBMITS];
        AtomicLong began = new AtomicLong();
        Semaphore begun = new Semaphore(0);
        try (TaskDatabase database = scratch.migrated();
                InMemoryTaskQueue queue = new InMemoryTaskQueue();
                Worker worker = Worker.builder(database, queue)
                        .concurrency(8)
                        .handle(NOTHING, (payload, run) -> {
                            began.set(System.nanoTime());
                            begun.release();
                        })
                        .build()) {
            TaskService tasks = new TaskService(database.tasks(), queue);
            if (withWorker) {
                worker.start();
                while (worker.statistics().gear() != Gear.IDLE) {
                    LockSupport.parkNanos(SHORTEST_GAP);
                }
            }
            for (int i = 0; i < SUBMITS; i++) {
                LockSupport.parkNanos(random.nextLong(SHORTEST_GAP, LONGEST_GAP));
                long called = System.nanoTime();
                tasks.submit(NewTask.of(NOTHING, "x"));
                long returned = System.nanoTime();
                if (withWorker) {
                    begun.acquire();
                    first[i] = Math.max(0, began.get() - returned);
                    second[i] = began.get() - called;
                } else {
                    first[i] = returned - called;
                }
            }
        }
        Arrays.sort(first);
        Arrays.sort(second);
        return new long[][] {first, second};
    }
}
