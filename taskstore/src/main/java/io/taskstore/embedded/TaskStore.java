package io.taskstore.embedded;

import io.taskstore.Check;
import io.taskstore.Health;
import io.taskstore.InvalidInputException;
import io.taskstore.MetricRepository;
import io.taskstore.QueueRepository;
import io.taskstore.Reports;
import io.taskstore.RunScope;
import io.taskstore.TaskIds;
import io.taskstore.TaskQueue;
import io.taskstore.TaskRun;
import io.taskstore.TaskService;
import io.taskstore.WorkflowService;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.inmemory.MetricSampler;
import io.taskstore.inmemory.Retention;
import io.taskstore.inmemory.Worker;
import io.taskstore.inmemory.WorkerBuilder;
import io.taskstore.jdbi.TaskDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A durable task pipeline inside this process: the tasks of one database, a queue, and the workers that run them.
 *
 * <pre>{@code
 * try (TaskStore store = TaskStore.open("jdbc:sqlite:tasks.db")) {
 *     store.worker().handle(EMAIL, (email, run) -> mailer.send(email)).start();
 *     store.tasks().submit(NewTask.of(EMAIL, new Email("ada@example.org", "Hello")));
 * }
 * }</pre>
 *
 * <p>It is thread-safe. Open one for a database and keep it. Closing it closes all that it was asked for in the right order: its
 * workers before what they need.
 */
public final class TaskStore implements AutoCloseable {

    private static final String VARIABLE = "TASKSTORE_URL";
    private static final String DEFAULT_URL = "jdbc:sqlite:taskstore.db";
    private static final Duration CLOSE = Duration.ofSeconds(10);
    private static final Duration BEYOND = Duration.ofSeconds(1);

    private final TaskDatabase database;
    private final Settings settings;
    private final TaskQueue queue;
    private final TaskService tasks;
    private final WorkflowService workflows;

    /** Ends what works beside the workers; before them. */
    private final List<Runnable> attendants = new CopyOnWriteArrayList<>();

    /** Ends what records the last things that workers did; after them. */
    private final List<Runnable> recorders = new CopyOnWriteArrayList<>();

    /** Guarded by this. */
    private final List<Worker> workers = new ArrayList<>();

    /** Of the first call that closes it. */
    private final AtomicReference<@Nullable CompletableFuture<Void>> closing = new AtomicReference<>();

    private TaskStore(TaskDatabase database, Settings settings) {
        this.database = database;
        this.settings = settings;
        this.queue = database.shared(new InMemoryTaskQueue());
        this.tasks = new TaskService(database.tasks(), queue, settings.codec(), TaskIds.standard());
        this.workflows = new WorkflowService(database.workflows(), tasks);
    }

    /**
     * Opens the database whose URL is in the environment as {@code TASKSTORE_URL}, else the SQLite file {@code taskstore.db} in
     * the working folder, with the defaults.
     *
     * @throws InvalidInputException if the URL is none that is {@linkplain #open(String) understood}
     * @throws io.taskstore.StorageUnavailableException if the database cannot be reached
     * @throws io.taskstore.StorageFailedException if it is no database that this library can use
     */
    public static TaskStore open() {
        return builder().open();
    }

    /**
     * Opens a database with the defaults: a SQLite file as in {@code jdbc:sqlite:data/tasks.db}, whose folders and schema are
     * created; SQLite in memory, {@code jdbc:sqlite::memory:}, which is nobody else's; or PostgreSQL 13 or later.
     *
     * @throws InvalidInputException if it is the URL of something else
     * @throws io.taskstore.StorageUnavailableException if it cannot be reached
     * @throws io.taskstore.StorageFailedException if it is no database that this library can use
     */
    public static TaskStore open(String url) {
        return builder(url).open();
    }

    /** {@return a builder for a store on the database that {@link #open()} opens} */
    public static TaskStoreBuilder builder() {
        return builder(System.getenv());
    }

    static TaskStoreBuilder builder(Map<String, String> environment) {
        String url = environment.getOrDefault(VARIABLE, "");
        return url.isBlank() ? builder(DEFAULT_URL) : new TaskStoreBuilder(TaskDatabase.builder(url.strip()), VARIABLE);
    }

    /** {@return a builder for a store on the database with this JDBC URL} */
    public static TaskStoreBuilder builder(String url) {
        return new TaskStoreBuilder(TaskDatabase.builder(url));
    }

    /**
     * {@return a builder for a store on the database of a host that has a pool of its own, which is never closed here} On SQLite
     * only the path is taken from it.
     */
    public static TaskStoreBuilder builder(DataSource dataSource) {
        return new TaskStoreBuilder(TaskDatabase.builder(dataSource));
    }

    /** {@return a store on an open database, which is closed with the store, or now if the settings are refused} */
    static TaskStore on(TaskDatabase database, Settings settings) {
        try {
            TaskStore store = new TaskStore(database, settings);
            store.begin();
            return store;
        } catch (RuntimeException | Error e) {
            database.close();
            throw e;
        }
    }

    private void begin() {
        try {
            beginToRecord();
        } catch (RuntimeException | Error e) {
            close(Duration.ZERO);
            throw e;
        }
    }

    private void beginToRecord() {
        settings.metrics()
                .ifPresent(interval ->
                        recorders.add(MetricSampler.start(database, tasks, this::workers, interval)::close));
        settings.keepEnded().ifPresent(age -> attendants.add(Retention.ofEndedTasks(database, age)::close));
        settings.keepMetrics().ifPresent(age -> attendants.add(Retention.ofMetrics(database, age)::close));
    }

    /** {@return what submits, reads, changes and awaits tasks} */
    public TaskService tasks() {
        return tasks;
    }

    /** {@return what submits and reads workflows} */
    public WorkflowService workflows() {
        return workflows;
    }

    /** {@return many tasks at a glance} */
    public Reports reports() {
        return database.reports();
    }

    /** {@return the metrics that were kept} */
    public MetricRepository metrics() {
        return database.metrics();
    }

    /** {@return what pauses and resumes queues, in all processes of the database} Workers of this process go on at once. */
    public QueueRepository queues() {
        QueueRepository stored = database.queues();
        return new QueueRepository() {
            @Override
            public void pause(String name) {
                stored.pause(name);
            }

            @Override
            public void resume(String name) {
                stored.resume(name);
                tasks.wake();
            }

            @Override
            public Set<String> paused() {
                return stored.paused();
            }
        };
    }

    /** {@return the database, to join the caller's transactions} */
    public TaskDatabase database() {
        return database;
    }

    /** {@return a builder for a worker that is closed with the store} */
    public WorkerBuilder worker() {
        WorkerBuilder builder =
                Worker.builder(database, queue).codec(settings.codec()).whenBuilt(this::add);
        settings.listeners().forEach(builder::listener);
        return builder;
    }

    /** A worker of a store that is closed cannot start, for its storage is. */
    private synchronized void add(Worker worker) {
        if (closing.get() != null) {
            worker.close();
        }
        workers.removeIf(Worker::isEnded);
        workers.add(worker);
    }

    /** {@return how storage, queue and the workers are that were not closed; it never throws} */
    public Health health() {
        Stream<Health> open =
                workers().stream().filter(worker -> !worker.isClosed()).map(Worker::health);
        Health[] parts = Stream.concat(Stream.of(tasks.health()), open).toArray(Health[]::new);
        return Health.of("store", parts);
    }

    /** {@return the workers that were started here; {@code MicrometerMetrics} takes {@code store::workers}} */
    public synchronized List<Worker> workers() {
        return List.copyOf(workers);
    }

    /** Closes it with a timeout of ten seconds. */
    @Override
    public void close() {
        close(CLOSE);
    }

    /**
     * Closes all workers at once, which may use the store until their last handler has ended; then the queue and the database.
     * It returns within a few seconds after the timeout. Whatever is called after that throws
     * {@link io.taskstore.StorageUnavailableException}. Idempotent: a second call waits for the first, no longer than a second
     * beyond its own timeout, and leaves the closing to it.
     *
     * @param timeout how long the runs of all workers have to end by themselves, up to ten years
     * @throws InvalidInputException if called from one of its own handlers, which would wait for itself
     */
    public void close(Duration timeout) {
        Check.delay("timeout", timeout);
        if (isCalledByHandler()) {
            throw new InvalidInputException("close", "called outside of its handlers, which it waits for", "a handler");
        }
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> first = closing.compareAndExchange(null, mine);
        if (first != null) {
            await(first, timeout.plus(BEYOND));
            return;
        }
        // an interrupt would keep the database from tidying up
        boolean interrupted = Thread.interrupted();
        try {
            attendants.forEach(Runnable::run);
            interrupted |= closeWorkers(timeout);
            recorders.forEach(Runnable::run);
        } finally {
            closeStorage(interrupted);
            mine.complete(null);
        }
    }

    /** An interrupt ends the waiting, and is kept. */
    private static void await(CompletableFuture<Void> first, Duration timeout) {
        try {
            Void unused = first.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            // whoever closes it goes on
        }
    }

    /** {@return whether the caller was interrupted meanwhile} */
    private boolean closeWorkers(Duration timeout) {
        List<Thread> closing = new ArrayList<>();
        for (Worker worker : workers()) {
            Thread thread = new Thread(() -> worker.close(timeout), "taskstore-closing");
            thread.setDaemon(true);
            thread.start();
            closing.add(thread);
        }
        boolean interrupted = false;
        for (Thread thread : closing) {
            interrupted |= join(thread);
        }
        return interrupted;
    }

    private void closeStorage(boolean interrupted) {
        try {
            queue.close();
        } finally {
            database.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The threads that close the workers cannot see that. */
    private boolean isCalledByHandler() {
        Optional<TaskRun> run = RunScope.current();
        return run.isPresent() && workers().stream().anyMatch(worker -> worker.owns(run.get()));
    }

    /** Each ends soon after the timeout, so that an interrupt can wait for it. {@return whether there was one} */
    private static boolean join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }
}
