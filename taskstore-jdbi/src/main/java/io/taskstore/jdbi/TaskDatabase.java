package io.taskstore.jdbi;

import io.taskstore.Check;
import io.taskstore.ClaimLostException;
import io.taskstore.Health;
import io.taskstore.Joined;
import io.taskstore.MetricRepository;
import io.taskstore.QueueRepository;
import io.taskstore.Reports;
import io.taskstore.TaskQueue;
import io.taskstore.TaskRepository;
import io.taskstore.TaskRun;
import io.taskstore.TaskStoreException;
import io.taskstore.WorkflowRepository;
import io.taskstore.jdbi.JdbiClaims.Leases;
import io.taskstore.spi.Claim;
import io.taskstore.spi.RunLog;
import io.taskstore.spi.Settlement;
import io.taskstore.spi.Storage;
import io.taskstore.spi.TaskClaims;
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one SQLite file or one PostgreSQL schema. It is thread-safe, and is closed once at the end.
 *
 * <pre>{@code
 * try (TaskDatabase database = TaskDatabase.open("jdbc:sqlite:tasks.db")) {
 *     TaskService tasks = new TaskService(database.tasks(), queue);
 * }
 * }</pre>
 */
public final class TaskDatabase implements Storage {

    private final Engine engine;
    private final Parts parts;
    private final GatheredCreates creates;
    private final JdbiClaims claims;

    TaskDatabase(Engine engine, Parts parts, JdbiClaims claims) {
        this.engine = engine;
        this.creates = new GatheredCreates(engine.transactions(), parts.creating(), engine.creatingLanes());
        this.parts = parts;
        this.claims = claims;
    }

    /**
     * Opens a database with the defaults: a SQLite file as in {@code jdbc:sqlite:data/tasks.db}, whose folders and schema are
     * created; SQLite in memory, {@code jdbc:sqlite::memory:}, which is nobody else's; or PostgreSQL 13 or later.
     *
     * @throws io.taskstore.StorageUnavailableException if it cannot be reached, or its driver is missing
     * @throws io.taskstore.StorageFailedException if it is no database that this library can use
     */
    public static TaskDatabase open(String url) {
        return builder(url).open();
    }

    /** {@return a builder for the database with this JDBC URL} */
    public static TaskDatabaseBuilder builder(String url) {
        Check.given("url", url);
        return new TaskDatabaseBuilder(options -> Opening.url(url, options));
    }

    /**
     * {@return the tasks in the database of a host that has a pool of its own, which is never closed here} On SQLite only the
     * path is taken from it.
     */
    public static TaskDatabase using(DataSource dataSource) {
        return builder(dataSource).open();
    }

    /** {@return a builder for the database of a host that has a pool of its own, which is never closed here} */
    public static TaskDatabaseBuilder builder(DataSource dataSource) {
        Check.given("dataSource", dataSource);
        return new TaskDatabaseBuilder(options -> Opening.using(dataSource, options));
    }

    Transactions transactions() {
        return engine.transactions();
    }

    @Override
    public TaskRepository tasks() {
        return new JdbiTasks(transactions(), parts, creates);
    }

    @Override
    public WorkflowRepository workflows() {
        return new JdbiWorkflows(transactions(), parts);
    }

    @Override
    public QueueRepository queues() {
        return new JdbiQueues(transactions());
    }

    @Override
    public TaskClaims claims() {
        return claims;
    }

    @Override
    public RunLog runLog() {
        return new JdbiRunLog(transactions(), parts.statements());
    }

    @Override
    public Reports reports() {
        return new JdbiReports(transactions(), parts);
    }

    @Override
    public MetricRepository metrics() {
        return new JdbiMetrics(transactions());
    }

    /**
     * {@return tasks and workflows, to be stored and changed in the transaction that the handle is in} Nothing is committed here;
     * workers hear of new tasks after the commit.
     *
     * <p>On SQLite other writes of this process wait meanwhile, so be quick; one from the same thread that is not joined is
     * refused, for it would wait for itself. Where another tool than JDBI commits, such as Spring, use
     * {@link #joined(Connection, Function)}.
     *
     * @throws IllegalStateException if the handle is in no transaction
     */
    public Joined joined(Handle handle) {
        Check.given("handle", handle);
        return joined(engine.joined(handle));
    }

    /**
     * {@return what the body makes of tasks and workflows, stored and changed in the transaction that the connection is in} Nothing
     * is committed here. Workers do not hear of new tasks, for the commit cannot be seen: call
     * {@link io.taskstore.TaskService#wake()} after it, or let them find out by themselves.
     *
     * @throws IllegalStateException if the connection is in no transaction
     */
    public <R> R joined(Connection connection, Function<Joined, R> body) {
        Check.given("connection", connection);
        Check.given("body", body);
        return engine.joined(connection, joined -> body.apply(joined(joined)));
    }

    private Joined joined(Transactions joined) {
        return new Joined(
                new JdbiTasks(joined, parts, new GatheredCreates(joined, parts.creating(), 1)),
                new JdbiWorkflows(joined, parts));
    }

    /**
     * Completes the task of a run in one transaction with rows of the handler's own: both are there afterwards, or neither.
     * What the handler returns then is ignored.
     *
     * @param rows writes the rows, with a handle that it neither commits nor closes
     * @throws ClaimLostException if the run has lost its task, or was completed before; the rows were not written
     */
    public <X extends Exception> void complete(TaskRun run, HandleConsumer<X> rows) throws X {
        complete(run, null, rows);
    }

    /**
     * Completes the task of a run with a result, in one transaction with rows of the handler's own.
     *
     * @param result as JSON, at most 1 MiB
     * @param rows writes the rows, with a handle that it neither commits nor closes
     * @throws ClaimLostException if the run has lost its task, or was completed before; the rows were not written
     */
    public <X extends Exception> void complete(TaskRun run, @Nullable String result, HandleConsumer<X> rows) throws X {
        Check.given("run", run);
        Check.given("rows", rows);
        Claim claim = Claim.of(run.task());
        Settlement completed = new Settlement.Completed(claim, Optional.empty(), Optional.ofNullable(result));
        engine.complete(Call.of("complete", claim.taskId()), rows, session -> {
            if (!claims.settleHeld(session, List.of(completed)).containsKey(claim)) {
                throw new ClaimLostException(claim.taskId(), claim.worker(), claim.attempt());
            }
        });
    }

    /**
     * {@return the local queue of a process, joined with those of the other processes that share the database} On PostgreSQL a task
     * that no worker here has room for is told to one other process that does, where it starts within milliseconds. Nothing
     * relies on that: what is not told, each process finds when it polls. On SQLite, and with
     * {@link TaskDatabaseBuilder#pollingOnly()}, it is the local queue itself.
     *
     * <p>It takes two connections beside those of the pool; with a pool of the host, two of these. Closing it closes the local
     * queue.
     */
    public TaskQueue shared(TaskQueue local) {
        return engine.shared(Check.given("local", local));
    }

    @Override
    public boolean takeTurn(String duty, UUID holder, Duration atMost) {
        Check.name("duty", duty);
        Check.given("holder", holder);
        Duration time = Check.delay("atMost", atMost);
        return transactions()
                .writeOne(Call.of("take a turn"), session -> parts.liveness().takeTurn(session, duty, holder, time));
    }

    @Override
    public InstantSource clock() {
        return engine.clock();
    }

    @Override
    public Health health() {
        return parts.health().get();
    }

    @Override
    public void close() {
        try {
            engine.close();
        } finally {
            parts.news().close();
        }
    }

    /** Ends the life of a worker as the death of its process would. */
    void kill(io.taskstore.WorkerId worker) {
        transactions().write(Call.of("kill"), session -> parts.liveness().end(session, worker.value()));
    }

    static Health health(Transactions transactions, String detail) {
        long asked = System.nanoTime();
        Health health = asked(transactions, detail);
        return health.within(Duration.ofNanos(System.nanoTime() - asked));
    }

    private static Health asked(Transactions transactions, String detail) {
        try {
            transactions.read(
                    Call.of("health"),
                    session -> session.query("SELECT 1").mapTo(Integer.class).one());
            return Health.of("storage", Health.Level.UP, detail);
        } catch (TaskStoreException e) {
            return Health.of("storage", Health.Level.DOWN, String.valueOf(e.getMessage()));
        }
    }

    static JdbiClaims claims(Engine engine, Parts parts, Leases leases) {
        return new JdbiClaims(engine, parts, io.taskstore.TaskIds.standard(), leases);
    }
}
