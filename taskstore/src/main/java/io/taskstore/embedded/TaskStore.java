package io.taskstore.embedded;

import io.taskstore.Check;
import io.taskstore.Health;
import io.taskstore.QueueRepository;
import io.taskstore.TaskService;
import io.taskstore.WorkflowService;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.inmemory.Worker;
import io.taskstore.inmemory.WorkerBuilder;
import io.taskstore.jdbi.TaskDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

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
 * <p>It is thread-safe. Open one for a database and keep it; closing it closes its workers first.
 */
public final class TaskStore implements AutoCloseable {

    private static final Duration CLOSE = Duration.ofSeconds(10);

    private final TaskDatabase database;
    private final InMemoryTaskQueue queue = new InMemoryTaskQueue();
    private final TaskService tasks;
    private final WorkflowService workflows;

    /** Guarded by this. */
    private final List<Worker> workers = new ArrayList<>();

    /** Guarded by this. */
    private boolean closed;

    private TaskStore(TaskDatabase database) {
        this.database = database;
        this.tasks = new TaskService(database.tasks(), queue);
        this.workflows = new WorkflowService(database.workflows(), tasks);
    }

    /**
     * Opens a database with the defaults: a SQLite file as in {@code jdbc:sqlite:data/tasks.db}, whose folders and schema are
     * created; SQLite in memory, {@code jdbc:sqlite::memory:}, which is nobody else's; or PostgreSQL 13 or later.
     *
     * @throws io.taskstore.StorageUnavailableException if it cannot be reached
     * @throws io.taskstore.StorageFailedException if it is no database that this library can use
     */
    public static TaskStore open(String url) {
        return new TaskStore(TaskDatabase.open(url));
    }

    /** {@return a store on a database that was opened with other settings, and is closed with the store} */
    public static TaskStore on(TaskDatabase database) {
        return new TaskStore(Check.given("database", database));
    }

    /** {@return what submits, reads, changes and awaits tasks} */
    public TaskService tasks() {
        return tasks;
    }

    /** {@return what submits and reads workflows} */
    public WorkflowService workflows() {
        return workflows;
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
        return Worker.builder(database, queue).whenBuilt(this::add);
    }

    /** A worker of a store that is closed cannot start, for its storage is. */
    private synchronized void add(Worker worker) {
        if (closed) {
            worker.close();
        }
        workers.removeIf(Worker::isClosed);
        workers.add(worker);
    }

    /** {@return how storage, queue and the workers are that were not closed; it never throws} */
    public Health health() {
        Stream<Health> open =
                workers().stream().filter(worker -> !worker.isClosed()).map(Worker::health);
        Health[] parts = Stream.concat(Stream.of(tasks.health()), open).toArray(Health[]::new);
        return Health.of("store", parts);
    }

    private synchronized List<Worker> workers() {
        return List.copyOf(workers);
    }

    /** Closes it with a timeout of ten seconds. */
    @Override
    public void close() {
        close(CLOSE);
    }

    /**
     * Closes the workers, then the queue and the database. Idempotent.
     *
     * @param timeout how long the runs of all workers have to end by themselves, up to ten years
     */
    public void close(Duration timeout) {
        Check.delay("timeout", timeout);
        synchronized (this) {
            closed = true;
        }
        List<Thread> closing = new ArrayList<>();
        for (Worker worker : workers()) {
            Thread thread = new Thread(() -> worker.close(timeout), "taskstore-closing");
            thread.setDaemon(true);
            thread.start();
            closing.add(thread);
        }
        closing.forEach(TaskStore::join);
        queue.close();
        database.close();
    }

    /** Each ends soon after the timeout, so that an interrupt can wait for it. */
    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
