package io.taskstore.inmemory;

import io.taskstore.Check;
import io.taskstore.Health;
import io.taskstore.InvalidInputException;
import io.taskstore.RunScope;
import io.taskstore.TaskQueue;
import io.taskstore.TaskRun;
import io.taskstore.inmemory.WorkerStatistics.Gear;
import io.taskstore.spi.Storage;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of a host application that runs its tasks: it claims what is due, calls the handlers, and records what comes of it.
 *
 * <pre>{@code
 * try (Worker worker = Worker.builder(database, queue)
 *         .handle(EMAIL, (email, run) -> mailer.send(email))
 *         .start()) { ... }
 * }</pre>
 *
 * <p>It is thread-safe. Handlers run on threads of the host's making and nowhere else; whatever they do, the worker goes on.
 */
public final class Worker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    /** How long a call may take beyond its timeout that waits for another. */
    private static final Duration BEYOND = Duration.ofMillis(900);

    private static final Duration CLOSE = Duration.ofSeconds(10);

    private final Settings settings;
    private final Storage storage;
    private final TaskQueue queue;

    /** Whether a thread is in {@link #runDue}. */
    private final AtomicBoolean stepping = new AtomicBoolean();

    private final AtomicReference<@Nullable CompletableFuture<Void>> closing = new AtomicReference<>();
    private volatile boolean paused;

    /** Written once, under this, so that nothing is started twice; read without it. */
    private volatile @Nullable Engine engine;

    /** What runs tasks on the caller's thread; written once, under this; read without it. */
    private volatile @Nullable Crew alone;

    Worker(Settings settings, Storage storage, TaskQueue queue) {
        this.settings = settings;
        this.storage = storage;
        this.queue = queue;
    }

    /** {@return a builder for a worker on the tasks of the storage, which hears of new ones through the queue} */
    public static WorkerBuilder builder(Storage storage, TaskQueue queue) {
        return new WorkerBuilder(Check.given("storage", storage), Check.given("queue", queue));
    }

    /**
     * Starts to run tasks. When this returns, the tasks of workers that are known to be dead have been taken over.
     *
     * @return this worker
     * @throws io.taskstore.TaskStoreException if the storage cannot be used now; the worker may be started again
     */
    public synchronized Worker start() {
        refuse(isClosed(), "start", "a worker that is not closed", "a closed one");
        refuse(engine != null || alone != null, "start", "a worker that was not started", "one that works already");
        Engine started = Engine.start(settings, storage, queue);
        started.crew().loop().pause(paused);
        engine = started;
        if (isClosed()) {
            started.close(Duration.ZERO);
            refuse(true, "start", "a worker that is not closed", "one that was closed meanwhile");
        }
        return this;
    }

    /**
     * Runs all tasks that are due now, one after the other on this thread, and what becomes due by that: for tests, with a
     * clock that the test moves. Timeouts are not watched.
     *
     * @return how many runs there were
     */
    public int runDue() {
        refuse(!stepping.compareAndSet(false, true), "runDue", "called by one thread at a time", "a second call");
        try {
            return crewOfCaller().runDue();
        } finally {
            stepping.set(false);
        }
    }

    private synchronized Crew crewOfCaller() {
        refuse(isClosed(), "runDue", "called on a worker that is not closed", "a closed one");
        refuse(engine != null, "runDue", "called on a worker that was not started", "one that was started");
        Crew crew = alone;
        if (crew == null) {
            Crew.Threads threads = new Crew.Threads(Runnable::run, Watchdog.asleep());
            crew = new Crew(settings, storage, queue, threads, Crew.Calls.none());
            alone = crew;
        }
        return crew;
    }

    private static void refuse(boolean wrong, String call, String expected, String actual) {
        if (wrong) {
            throw new InvalidInputException(call, expected, actual);
        }
    }

    /** Stops claiming tasks, until it is {@linkplain #resume resumed}; those that run go on. It may be called before the start. */
    public void pause() {
        pause(true);
    }

    /** Claims tasks again. */
    public void resume() {
        pause(false);
    }

    private void pause(boolean on) {
        paused = on;
        crew().ifPresent(crew -> crew.loop().pause(on));
    }

    /** {@return what it is doing} */
    public WorkerStatistics statistics() {
        Optional<Crew> crew = crew();
        Runs.Count count = crew.map(some -> some.runs().count()).orElse(new Runs.Count(0, 0, 0, 0));
        return new WorkerStatistics(
                crew.flatMap(some -> some.membership().worker()),
                settings.limits().concurrency(),
                count.busy(),
                count.stuck(),
                count.ready(),
                crew.map(some -> some.settler().waiting()).orElse(0),
                crew.map(some -> gear(some, count)).orElse(Gear.PAUSED),
                crew.map(some -> some.loop().backlogAge()).orElse(Duration.ZERO));
    }

    private Gear gear(Crew crew, Runs.Count count) {
        if (crew.loop().isResting()) {
            return Gear.PAUSED;
        } else if (crew.loop().isBehind()) {
            return Gear.BEHIND;
        }
        return count.busy() + count.ready() < settings.limits().concurrency() ? Gear.IDLE : Gear.CAUGHT_UP;
    }

    /** {@return how it is; it does not ask the storage} */
    public Health health() {
        Optional<Crew> crew = crew();
        if (crew.isEmpty()) {
            return Health.of("worker", Health.Level.DOWN, "it is not started, or closed");
        }
        WorkerStatistics now = statistics();
        if (now.worker().isEmpty()) {
            return Health.of("worker", Health.Level.DOWN, "it is not registered with the storage");
        } else if (now.stuck() >= now.concurrency()) {
            return Health.of("worker", Health.Level.DOWN, "all handlers go on beyond their timeouts");
        } else if (now.stuck() > 0) {
            String some = now.stuck() + " of " + now.concurrency() + " handlers go on beyond their timeouts";
            return Health.of("worker", Health.Level.DEGRADED, some);
        } else if (crew.get().loop().isFailing()) {
            return Health.of("worker", Health.Level.DEGRADED, "tasks cannot be claimed now");
        } else if (crew.get().settler().isFailing()) {
            return Health.of("worker", Health.Level.DEGRADED, now.settling() + " ends of runs cannot be recorded now");
        }
        return Health.of("worker", Health.Level.UP, "");
    }

    private Optional<Crew> crew() {
        return isClosed() ? Optional.empty() : Optional.ofNullable(engine).map(Engine::crew);
    }

    /** {@return whether it was told to close} */
    public boolean isClosed() {
        return closing.get() != null;
    }

    /** Closes it with a timeout of ten seconds. */
    @Override
    public void close() {
        close(CLOSE);
    }

    /**
     * Stops claiming, lets runs end, interrupts those that have not by the timeout, and gives back what has no outcome then,
     * without counting a failure. It returns within a second after the timeout, also where a handler or the storage hangs.
     * Idempotent: a second call waits for the first, no longer than its own timeout says.
     *
     * @param timeout how long runs have to end by themselves, up to ten years
     * @throws InvalidInputException if called from one of its own handlers, which would wait for itself
     */
    public void close(Duration timeout) {
        Check.delay("timeout", timeout);
        refuse(
                RunScope.current().filter(this::owns).isPresent(),
                "close",
                "called outside of its handlers, which it waits for",
                "a handler");
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> first = closing.compareAndExchange(null, mine);
        if (first != null) {
            await(first, timeout.plus(BEYOND));
            return;
        }
        try {
            Engine started = engine;
            Crew stepped = alone;
            if (started != null) {
                started.close(timeout);
            } else if (stepped != null) {
                stepped.retire();
            }
        } finally {
            mine.complete(null);
        }
    }

    /** An interrupt ends the waiting, and is kept. */
    private void await(CompletableFuture<Void> first, Duration timeout) {
        try {
            Void unused = first.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn("worker {} is still being closed by another thread", settings.name());
        }
    }

    private boolean owns(TaskRun run) {
        Engine started = engine;
        Crew stepped = alone;
        return (started != null && started.crew().owns(run)) || (stepped != null && stepped.owns(run));
    }

    @Override
    public String toString() {
        return "Worker[" + settings.name() + "]";
    }
}
