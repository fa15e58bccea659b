package io.taskstore.inmemory;

import io.taskstore.Check;
import io.taskstore.Health;
import io.taskstore.InvalidInputException;
import io.taskstore.RunScope;
import io.taskstore.TaskQueue;
import io.taskstore.TaskRun;
import io.taskstore.TaskStoreException;
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
    private static final Duration BEYOND = Duration.ofMillis(700);

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
                crew.map(some -> some.loop().backlogAge()).orElse(Duration.ZERO),
                totals());
    }

    /** {@return what it has done, also if it is closed} */
    WorkerStatistics.Totals totals() {
        return tally().map(Tally::totals).orElse(WorkerStatistics.Totals.NONE);
    }

    Tally.Peaks takePeaks() {
        return tally().map(Tally::takePeaks).orElse(Tally.Peaks.NONE);
    }

    private Optional<Tally> tally() {
        return Optional.ofNullable(engine)
                .map(Engine::crew)
                .or(() -> Optional.ofNullable(alone))
                .map(Crew::tally);
    }

    TaskQueue queue() {
        return queue;
    }

    private Gear gear(Crew crew, Runs.Count count) {
        if (crew.loop().isResting()) {
            return Gear.PAUSED;
        } else if (crew.loop().isBehind()) {
            return Gear.BEHIND;
        }
        return count.busy() + count.ready() < settings.limits().concurrency() ? Gear.IDLE : Gear.CAUGHT_UP;
    }

    /**
     * {@return how it is, with its name in the detail; it never throws} With a
     * {@linkplain WorkerBuilder#backlogLimit limit for the backlog} it asks the storage what is due longest, and else nobody.
     */
    public Health health() {
        Optional<Crew> crew = crew();
        if (crew.isEmpty()) {
            return health(Health.Level.DOWN, "it is not started, or closed");
        }
        WorkerStatistics now = statistics();
        if (now.worker().isEmpty()) {
            return health(Health.Level.DOWN, "it is not registered with the storage");
        } else if (now.stuck() >= now.concurrency()) {
            return health(Health.Level.DOWN, "all handlers go on beyond their timeouts");
        } else if (now.stuck() > 0) {
            String some = now.stuck() + " of " + now.concurrency() + " handlers go on beyond their timeouts";
            return health(Health.Level.DEGRADED, some);
        } else if (crew.get().loop().isFailing()) {
            return health(Health.Level.DEGRADED, "tasks cannot be claimed now");
        } else if (crew.get().settler().isFailing()) {
            return health(Health.Level.DEGRADED, now.settling() + " ends of runs cannot be recorded now");
        }
        return settings.bounds()
                .backlog()
                .flatMap(limit -> overdue(limit, now.backlogAge()))
                .orElse(health(Health.Level.UP, ""));
    }

    /** A host may have several: the detail says which. */
    private Health health(Health.Level level, String detail) {
        return Health.of("worker", level, detail.isEmpty() ? settings.name() : settings.name() + ": " + detail);
    }

    private Optional<Health> overdue(Duration limit, Duration claimed) {
        Duration stored = backlogAge();
        Duration age = claimed.compareTo(stored) > 0 ? claimed : stored;
        String detail =
                "tasks are due for " + age.toSeconds() + " s, which is to be " + limit.toSeconds() + " s at most";
        return age.compareTo(limit) > 0 ? Optional.of(health(Health.Level.DEGRADED, detail)) : Optional.empty();
    }

    /** A storage that cannot tell says so itself. */
    private Duration backlogAge() {
        try {
            return new Backlog(storage).age(settings.types(), settings.profile().queues());
        } catch (TaskStoreException e) {
            return Duration.ZERO;
        }
    }

    private Optional<Crew> crew() {
        return isClosed() ? Optional.empty() : Optional.ofNullable(engine).map(Engine::crew);
    }

    /** {@return whether it was told to close} */
    public boolean isClosed() {
        return closing.get() != null;
    }

    /** {@return whether it is closed, and nobody waits for its handlers any more} */
    public boolean isEnded() {
        CompletableFuture<Void> first = closing.get();
        return first != null && first.isDone();
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

    /** {@return whether the run is one of this worker's} */
    public boolean owns(TaskRun run) {
        Check.given("run", run);
        Engine started = engine;
        Crew stepped = alone;
        return (started != null && started.crew().owns(run)) || (stepped != null && stepped.owns(run));
    }

    @Override
    public String toString() {
        return "Worker[" + settings.name() + "]";
    }
}
