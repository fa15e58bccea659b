package io.taskstore.inmemory;

import io.taskstore.Check;
import io.taskstore.DecidingHandler;
import io.taskstore.InvalidInputException;
import io.taskstore.JacksonCodec;
import io.taskstore.Outcome;
import io.taskstore.PayloadCodec;
import io.taskstore.RetryPolicy;
import io.taskstore.TaskHandler;
import io.taskstore.TaskListener;
import io.taskstore.TaskQueue;
import io.taskstore.TaskType;
import io.taskstore.spi.Storage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What is to be said about a worker before it starts. Not thread-safe. */
public final class WorkerBuilder {

    private static final int CONCURRENCY = 10;
    private static final int MOST = 100_000;
    private static final int LONGEST_NAME = 200;
    private static final int LOG_LINES = 1_000;
    private static final int MOST_LOG_LINES = 1_000_000;
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration SHORTEST_POLL = Duration.ofMillis(10);
    private static final Duration LONGEST_POLL = Duration.ofHours(1);
    private static final RetryPolicy RETRIES = RetryPolicy.exponential(Duration.ofSeconds(1));

    private final Storage storage;
    private final TaskQueue queue;
    private final Map<String, Handler<?>> handlers = new LinkedHashMap<>();
    private final Map<String, Duration> timeouts = new LinkedHashMap<>();
    private final Map<String, Integer> perQueue = new LinkedHashMap<>();
    private final Set<String> queues = new LinkedHashSet<>();
    private final List<TaskListener> listeners = new ArrayList<>();
    private String name = "worker-" + ProcessHandle.current().pid();
    private int concurrency = CONCURRENCY;
    private Duration poll = POLL;
    private int logLines = LOG_LINES;
    private @Nullable Duration backlogLimit;
    private RetryPolicy retries = RETRIES;
    private @Nullable Duration timeout;
    private @Nullable ThreadFactory threads;
    private Consumer<? super Worker> whenBuilt = worker -> {};
    private PayloadCodec codec = JacksonCodec.standard();
    private RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();

    /** A handler as it was given, with the retry policy that was given with it. */
    private record Handler<T>(TaskType<T> type, DecidingHandler<? super T> code, Optional<RetryPolicy> retries) {

        Registration<T> registration(RetryPolicy otherwise, Optional<Duration> timeout) {
            return new Registration<>(type, code, retries.orElse(otherwise), timeout);
        }
    }

    WorkerBuilder(Storage storage, TaskQueue queue) {
        this.storage = storage;
        this.queue = queue;
    }

    /** Runs tasks of the type with the handler. A run that returns has completed. */
    public <T> WorkerBuilder handle(TaskType<T> type, TaskHandler<? super T> handler) {
        return add(type, completing(handler), null);
    }

    /** Runs tasks of the type with the handler, and tries those that fail again by the policy. */
    public <T> WorkerBuilder handle(TaskType<T> type, TaskHandler<? super T> handler, RetryPolicy retries) {
        return add(type, completing(handler), Check.given("retries", retries));
    }

    /** Runs tasks of the type with the handler, which says itself how each run ended. */
    public <T> WorkerBuilder decide(TaskType<T> type, DecidingHandler<? super T> handler) {
        return add(type, handler, null);
    }

    /** Runs tasks of the type with the handler, which says itself how each run ended; those that fail are tried again by the policy. */
    public <T> WorkerBuilder decide(TaskType<T> type, DecidingHandler<? super T> handler, RetryPolicy retries) {
        return add(type, handler, Check.given("retries", retries));
    }

    private static <T> DecidingHandler<T> completing(TaskHandler<? super T> handler) {
        Check.given("handler", handler);
        return (payload, run) -> {
            handler.handle(payload, run);
            return Outcome.completed();
        };
    }

    private <T> WorkerBuilder add(TaskType<T> type, DecidingHandler<? super T> handler, @Nullable RetryPolicy policy) {
        Check.given("type", type);
        Check.given("handler", handler);
        Check.that(!handlers.containsKey(type.name()), "type", "one that has no handler yet", type.name());
        handlers.put(type.name(), new Handler<>(type, handler, Optional.ofNullable(policy)));
        return this;
    }

    /** Sets the name by which people know the worker: 1 to 200 characters, {@code worker-} and the process id unless told. */
    public WorkerBuilder name(String name) {
        this.name = Check.text("name", name, LONGEST_NAME);
        return this;
    }

    /** Sets how many handlers run at once, 1 to 100,000; 10 unless told. */
    public WorkerBuilder concurrency(int concurrency) {
        this.concurrency = Check.between("concurrency", 1, MOST, concurrency);
        return this;
    }

    /** Sets how many tasks of one queue run at once in this worker, 1 to 100,000; no limit of its own unless told. */
    public WorkerBuilder concurrency(String queue, int concurrency) {
        Check.name("queue", queue);
        perQueue.put(queue, Check.between("concurrency", 1, MOST, concurrency));
        return this;
    }

    /** Serves these queues only; all unless told. */
    public WorkerBuilder queues(String... queues) {
        for (String queue : Check.given("queues", queues)) {
            this.queues.add(Check.name("queues", queue));
        }
        return this;
    }

    /**
     * Sets the policy for types whose handlers came without one: unless told, ten tries with delays that double from a second
     * to an hour.
     */
    public WorkerBuilder retries(RetryPolicy retries) {
        this.retries = Check.given("retries", retries);
        return this;
    }

    /**
     * Sets how long a run may take unless its type or its task says otherwise, a millisecond to ten years; no limit unless told.
     * The handler is interrupted then, and the run has failed.
     */
    public WorkerBuilder timeout(Duration timeout) {
        this.timeout = positive(timeout);
        return this;
    }

    /** Sets how long a run of the type may take unless its task says otherwise, a millisecond to ten years. */
    public WorkerBuilder timeout(TaskType<?> type, Duration timeout) {
        timeouts.put(Check.given("type", type).name(), positive(timeout));
        return this;
    }

    private static Duration positive(Duration timeout) {
        Duration checked = Check.delay("timeout", timeout);
        Check.that(checked.toMillis() >= 1, "timeout", "at least a millisecond", timeout);
        return checked;
    }

    /** Tells the listener what happens to runs. */
    public WorkerBuilder listener(TaskListener listener) {
        listeners.add(Check.given("listener", listener));
        return this;
    }

    /**
     * Sets what makes the threads of handlers: platform threads that keep no process alive, unless told. Pass
     * {@code Thread.ofVirtual().factory()} for virtual ones, with as much concurrency as is wanted. The factory is asked by the
     * worker's own thread, and must not wait for anything.
     */
    public WorkerBuilder threads(ThreadFactory threads) {
        this.threads = Check.given("threads", threads);
        return this;
    }

    /** Sets how long the worker goes without looking for tasks that no hint told of, 10 ms to an hour; a second unless told. */
    public WorkerBuilder pollInterval(Duration interval) {
        Check.given("interval", interval);
        boolean fits = interval.compareTo(SHORTEST_POLL) >= 0 && interval.compareTo(LONGEST_POLL) <= 0;
        Check.that(fits, "interval", "a duration from 10 ms to an hour", interval);
        this.poll = interval;
        return this;
    }

    /**
     * Sets how many lines the log of a run has, 0 to 1,000,000; 1,000 unless told. Lines beyond that are dropped, and a last one
     * says how many.
     */
    public WorkerBuilder logLines(int most) {
        this.logLines = Check.between("most", 0, MOST_LOG_LINES, most);
        return this;
    }

    /**
     * Sets for how long tasks of this worker's types and queues may be due before its health is
     * {@linkplain io.taskstore.Health.Level#DEGRADED degraded}, up to ten years; for any time unless told.
     */
    public WorkerBuilder backlogLimit(Duration limit) {
        this.backlogLimit = Check.delay("limit", limit);
        return this;
    }

    /** Sets what decodes payloads and encodes results; Jackson unless told. */
    public WorkerBuilder codec(PayloadCodec codec) {
        this.codec = Check.given("codec", codec);
        return this;
    }

    /** Sets where the random share of delays comes from; it is asked by many threads at once. */
    public WorkerBuilder random(RandomGenerator random) {
        this.random = Check.given("random", random);
        return this;
    }

    /** Tells of each worker that is built, before it is started: for whoever is to close it in the end. */
    public WorkerBuilder whenBuilt(Consumer<? super Worker> listener) {
        Consumer<? super Worker> next = Check.given("listener", listener);
        Consumer<? super Worker> before = whenBuilt;
        whenBuilt = worker -> {
            before.accept(worker);
            next.accept(worker);
        };
        return this;
    }

    /**
     * {@return the worker, which was not started}
     *
     * @throws InvalidInputException if it has no handler, or something was said of a type or queue that it does not serve
     */
    public Worker build() {
        Check.that(!handlers.isEmpty(), "handlers", "at least one", "none");
        for (String type : timeouts.keySet()) {
            Check.that(handlers.containsKey(type), "timeout", "for a type that has a handler", type);
        }
        for (String limited : perQueue.keySet()) {
            boolean served = queues.isEmpty() || queues.contains(limited);
            Check.that(served, "concurrency", "for a queue that is served", limited);
        }
        Map<String, Registration<?>> registrations = new LinkedHashMap<>();
        handlers.forEach((type, handler) -> registrations.put(
                type,
                handler.registration(
                        retries, Optional.ofNullable(timeouts.get(type)).or(() -> Optional.ofNullable(timeout)))));
        Settings.Host host = new Settings.Host(
                threads == null ? platformThreads(name) : threads, codec, random, System::nanoTime, JvmPlatform.THIS);
        Settings settings = new Settings(
                name,
                Map.copyOf(registrations),
                new Settings.Limits(concurrency, Map.copyOf(perQueue), Set.copyOf(queues)),
                new Settings.Bounds(poll, logLines, Optional.ofNullable(backlogLimit)),
                List.copyOf(listeners),
                host);
        Worker worker = new Worker(settings, storage, queue);
        whenBuilt.accept(worker);
        return worker;
    }

    /** Builds the worker and starts it. */
    public Worker start() {
        return build().start();
    }

    private static ThreadFactory platformThreads(String name) {
        AtomicInteger number = new AtomicInteger();
        return body -> {
            Thread thread = new Thread(body, "taskstore-" + name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
