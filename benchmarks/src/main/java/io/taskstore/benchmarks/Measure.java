package io.taskstore.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** What is measured of an engine. */
enum Measure {
    /** How many tasks are stored one by one, by some threads. */
    ENQUEUE {
        @Override
        void run(Engine engine, Options options, Map<String, Object> figures) throws Exception {
            submitFor(engine, options.threads(), WARMING);
            long start = System.nanoTime();
            long stored = submitFor(engine, options.threads(), options.time());
            put(figures, "n", stored, "rate", perSecond(stored, System.nanoTime() - start));
        }
    },
    /** How many tasks are stored in large groups. */
    BULK {
        @Override
        void run(Engine engine, Options options, Map<String, Object> figures) throws Exception {
            engine.submitAll(numbers(GROUP));
            long start = System.nanoTime();
            long stored = 0;
            while (System.nanoTime() - start < options.time().toNanos()) {
                engine.submitAll(numbers(GROUP));
                stored += GROUP;
            }
            put(figures, "n", stored, "rate", perSecond(stored, System.nanoTime() - start));
        }
    },
    /**
     * How fast prepared tasks that do nothing are run, from the first until the database says that all are done, or, where that takes
     * too long, how many are.
     */
    DRAIN {
        @Override
        void run(Engine engine, Options options, Map<String, Object> figures) throws Exception {
            drain(engine, options, figures, handler -> engine.start(options.threads(), handler));
        }
    },
    /** The same with handlers that log ten lines and tell their progress, while metrics are recorded each second. */
    RECORDS {
        @Override
        void run(Engine engine, Options options, Map<String, Object> figures) throws Exception {
            drain(engine, options, figures, handler -> engine.startTalking(options.threads(), handler));
        }
    },
    /**
     * How long a submit takes while nobody works, and how soon an idle worker starts a task that is stored in its process. Each
     * engine warms up in the same way: with so many submits before there is a worker, and then, for some seconds, with one after the
     * other, each when the task before has begun.
     */
    LATENCY {
        @Override
        void run(Engine engine, Options options, Map<String, Object> figures) throws Exception {
            for (int i = 0; i < WARMING_AT_ONCE; i++) {
                engine.submit(i);
            }
            long[] plain = new long[options.tasks()];
            paced(options.tasks(), i -> {
                long called = System.nanoTime();
                engine.submit(i);
                if (i >= 0) {
                    plain[i] = System.nanoTime() - called;
                }
            });
            AtomicLong began = new AtomicLong();
            Semaphore begun = new Semaphore(0);
            engine.start(options.threads(), number -> {
                began.set(System.nanoTime());
                begun.release();
            });
            begun.acquire(WARMING_AT_ONCE + WARMING_SUBMITS + options.tasks());
            long warm = System.nanoTime() + WARMING_ONE_BY_ONE.toNanos();
            while (System.nanoTime() < warm) {
                engine.submit(0);
                begun.acquire();
            }
            long[] fromCall = new long[options.tasks()];
            long[] fromReturn = new long[options.tasks()];
            long[] submits = new long[options.tasks()];
            paced(options.tasks(), i -> {
                long called = System.nanoTime();
                engine.submit(i);
                long returned = System.nanoTime();
                begun.acquire();
                if (i >= 0) {
                    fromCall[i] = began.get() - called;
                    fromReturn[i] = Math.max(0, began.get() - returned);
                    submits[i] = returned - called;
                }
            });
            put(figures, "n", options.tasks());
            quantiles(figures, "", fromCall);
            quantiles(figures, "_from_return", fromReturn);
            quantiles(figures, "_submit", submits);
            quantiles(figures, "_plain", plain);
        }

        /** A few with negative numbers come first, which are not measured. */
        private void paced(int tasks, Paced step) throws Exception {
            Random random = new Random(7);
            for (int i = -WARMING_SUBMITS; i < tasks; i++) {
                LockSupport.parkNanos(random.nextLong(SHORTEST_GAP, LONGEST_GAP));
                step.take(i);
            }
        }
    },
    /**
     * How long tasks take to begin that arrive at a steady rate, five hundred a second, and take 5 ms each. The first five seconds, in
     * which connections are opened and code is compiled, are told apart.
     */
    OPEN {
        @Override
        void run(Engine engine, Options options, Map<String, Object> figures) throws Exception {
            int first = (int) (BEGINNING.toMillis() * ARRIVALS / 1_000);
            int tasks = first + (int) (options.time().toMillis() * ARRIVALS / 1_000);
            long[] planned = new long[tasks];
            long[] waited = new long[tasks];
            Semaphore ends = new Semaphore(0);
            engine.start(options.threads(), number -> {
                waited[(int) number] = System.nanoTime() - planned[(int) number];
                LockSupport.parkNanos(WORK_NANOS);
                ends.release();
            });
            long start = System.nanoTime();
            AtomicInteger next = new AtomicInteger();
            inThreads(SUBMITTERS, () -> {
                for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
                    planned[i] = start + i * (Duration.ofSeconds(1).toNanos() / ARRIVALS);
                    while (System.nanoTime() < planned[i]) {
                        LockSupport.parkNanos(planned[i] - System.nanoTime());
                    }
                    engine.submit(i);
                }
            });
            ends.acquire(tasks);
            put(figures, "n", tasks);
            quantiles(figures, "_beginning", Arrays.copyOf(waited, first));
            quantiles(figures, "", Arrays.copyOfRange(waited, first, tasks));
        }
    },
    /**
     * How fast the tasks of workflows are run, from the first until the database says that all are done: of a fan-out with a task
     * that joins it, beside as many tasks of their own, and of a chain of a fifth as many, beside tasks of their own that are
     * submitted one after the other, each when the one before has run.
     */
    WORKFLOW {
        @Override
        void run(Engine engine, Options options, Map<String, Object> figures) throws Exception {
            AtomicLong first = new AtomicLong();
            Semaphore runs = new Semaphore(0);
            engine.start(options.threads(), number -> {
                first.compareAndSet(0, System.nanoTime());
                runs.release();
            });
            List<Long> all = numbers(options.tasks());
            List<Long> some = numbers(options.tasks() / CHAIN);
            put(figures, "n", 2 * (all.size() + some.size()));
            put(figures, "singles", rate(engine, all, first, runs, () -> engine.submitAll(all)));
            put(figures, "fan_out", rate(engine, all, first, runs, () -> engine.submitFanOut(all)));
            put(figures, "one_by_one", rate(engine, some, first, runs, () -> {
                for (int i = 0; i < some.size(); i++) {
                    engine.submit(i);
                    runs.acquire();
                }
                runs.release(some.size());
            }));
            put(figures, "chain", rate(engine, some, first, runs, () -> engine.submitChain(some)));
        }

        private double rate(Engine engine, List<Long> numbers, AtomicLong first, Semaphore runs, Part submit)
                throws Exception {
            first.set(0);
            submit.run();
            runs.acquire(numbers.size());
            while (engine.left() > 0) {
                LockSupport.parkNanos(100_000);
            }
            return perSecond(numbers.size(), System.nanoTime() - first.get());
        }
    },
    /**
     * How fast a backlog is run that arrives at once, after few tasks at a time had come to empty tables: what a server decided then,
     * it may stay with.
     */
    BURST {
        @Override
        void run(Engine engine, Options options, Map<String, Object> figures) throws Exception {
            Semaphore runs = new Semaphore(0);
            engine.start(options.threads(), number -> runs.release());
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < options.threads(); i++) {
                    engine.submit(i);
                }
                runs.acquire(options.threads());
            }
            engine.submitAll(numbers(options.tasks()));
            long start = System.nanoTime();
            long left = engine.left();
            while (engine.left() > 0) {
                LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
            }
            put(figures, "n", left, "rate", perSecond(left, System.nanoTime() - start));
        }
    },
    /** What a worker costs that has nothing to do. */
    IDLE {
        @Override
        void run(Engine engine, Options options, Map<String, Object> figures) throws Exception {
            engine.start(options.threads(), number -> {});
            LockSupport.parkNanos(COMPILING.toNanos());
            Statements statements = Statements.logged();
            long before = options.counting() ? statements.count() : 0;
            long cpu = Consumption.usedNanos();
            long start = System.nanoTime();
            while (System.nanoTime() - start < options.time().toNanos()) {
                LockSupport.parkNanos(options.time().toNanos());
            }
            long nanos = System.nanoTime() - start;
            if (options.counting()) {
                put(figures, "statements_per_second", round((statements.count() - before) * 1e9 / nanos));
            } else {
                put(figures, "cores", round((Consumption.usedNanos() - cpu) / (double) nanos));
            }
        }
    },
    /** What is kept in memory while tasks wait, and a worker is busy. */
    MEMORY {
        @Override
        void run(Engine engine, Options options, Map<String, Object> figures) throws Exception {
            for (int stored = 0; stored < options.tasks(); stored += GROUP) {
                engine.submitAll(numbers(GROUP));
            }
            Semaphore begun = new Semaphore(0);
            Semaphore end = new Semaphore(0);
            engine.start(options.threads(), number -> {
                begun.release();
                end.acquireUninterruptibly();
            });
            begun.acquire(options.threads());
            put(figures, "n", options.tasks(), "heap_mb", round(Consumption.heapBytes() / 1e6));
            end.release(Integer.MAX_VALUE / 2);
        }
    };

    private static final int GROUP = 5_000;
    private static final int ARRIVALS = 500;
    private static final int CHAIN = 5;
    private static final int ROUNDS = 30;
    private static final int SUBMITTERS = 8;
    private static final int WARMING_SUBMITS = 20;
    private static final int WARMING_AT_ONCE = 2_000;
    private static final Duration WARMING_ONE_BY_ONE = Duration.ofSeconds(5);
    private static final Duration BEGINNING = Duration.ofSeconds(5);
    private static final Duration WARMING = Duration.ofSeconds(1);

    /** Soon after its start, what looks for work costs more to be compiled than to be run. */
    private static final Duration COMPILING = Duration.ofSeconds(30);

    private static final Duration LONGEST_DRAIN = Duration.ofSeconds(20);
    private static final long WORK_NANOS = Duration.ofMillis(5).toNanos();
    private static final long SHORTEST_GAP = Duration.ofMillis(5).toNanos();
    private static final long LONGEST_GAP = Duration.ofMillis(25).toNanos();

    /**
     * How much is measured.
     *
     * @param threads that submit, or run tasks
     * @param tasks how many
     * @param time for how long
     * @param counting whether statements are counted instead, by a log that costs more than they do
     */
    record Options(int threads, int tasks, Duration time, boolean counting) {}

    /** Measures it, and puts what came out to the other figures. */
    abstract void run(Engine engine, Options options, Map<String, Object> figures) throws Exception;

    static Measure named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static List<Long> numbers(int number) {
        return LongStream.range(0, number).boxed().toList();
    }

    /** Begins to run tasks with a handler. */
    private interface Start {
        void with(LongConsumer handler) throws Exception;
    }

    private static void drain(Engine engine, Options options, Map<String, Object> figures, Start start)
            throws Exception {
        for (int stored = 0; stored < options.tasks(); stored += GROUP) {
            engine.submitAll(numbers(Math.min(GROUP, options.tasks() - stored)));
        }
        AtomicLong first = new AtomicLong();
        AtomicLong runs = new AtomicLong();
        Semaphore all = new Semaphore(0);
        start.with(number -> {
            first.compareAndSet(0, System.nanoTime());
            if (runs.incrementAndGet() == options.tasks()) {
                all.release();
            }
        });
        long left = 0;
        if (all.tryAcquire(LONGEST_DRAIN.toNanos(), TimeUnit.NANOSECONDS)) {
            while (engine.left() > 0) {
                LockSupport.parkNanos(100_000);
            }
        } else {
            left = engine.left();
        }
        long nanos = System.nanoTime() - first.get();
        long done = options.tasks() - left;
        put(figures, "n", done, "rate", perSecond(done, nanos));
    }

    private static long submitFor(Engine engine, int threads, Duration time) throws Exception {
        AtomicLong stored = new AtomicLong();
        long end = System.nanoTime() + time.toNanos();
        inThreads(threads, () -> {
            while (System.nanoTime() < end) {
                engine.submit(stored.incrementAndGet());
            }
        });
        return stored.get();
    }

    /** What is done again and again, with a number. */
    private interface Paced {
        void take(int number) throws Exception;
    }

    /** What may fail. */
    private interface Part {
        void run() throws Exception;
    }

    private static void inThreads(int number, Part part) throws Exception {
        AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            Thread thread = new Thread(() -> {
                try {
                    part.run();
                } catch (Exception e) {
                    failed.set(e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Exception failure = failed.get();
        if (failure != null) {
            throw failure;
        }
    }

    private static void quantiles(Map<String, Object> figures, String suffix, long[] nanos) {
        Arrays.sort(nanos);
        put(figures, "p50_ms" + suffix, round(nanos[nanos.length / 2] / 1e6));
        put(figures, "p99_ms" + suffix, round(nanos[nanos.length * 99 / 100] / 1e6));
    }

    private static double perSecond(long number, long nanos) {
        return Math.round(number * 1e9 / nanos);
    }

    private static double round(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }

    private static void put(Map<String, Object> figures, Object... entries) {
        Map<String, Object> more = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            more.put((String) entries[i], entries[i + 1]);
        }
        figures.putAll(more);
    }
}
