package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.Slots;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskFilter;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settlement;
import io.taskstore.testkit.ManualClock;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sessions on PostgreSQL at one task: while the first is held before each of its calls to the database in turn, the second does
 * all it can. What comes of it is what would have come of one after the other, once the next sweep and the next claim have found
 * what was passed by. (On SQLite writers take turns, and there is nothing in between.) Of three sessions there are samples, more
 * with {@code -Dtaskstore.interleavings=5000}, others with {@code -Dtaskstore.interleavings.seed=1}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class InterleavingTest {

    private static final int MOST_CALLS = 60;

    /** What is there before. */
    enum Stage {
        PENDING,
        RUNNING,
        ITS_WORKER_DEAD,
        FAILED
    }

    /** What a session does. */
    private record Deed(String name, BiConsumer<TaskDatabase, Scene> deed) {

        void on(TaskDatabase database, Scene scene) {
            deed.accept(database, scene);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Whom it is about: another worker may take the task. */
    private record Scene(Task task, WorkerId worker, WorkerId other) {

        Claim claim() {
            return new Claim(task.id(), worker, 1);
        }
    }

    /** Each with each other. */
    private static final List<Deed> DEEDS = List.of(
            new Deed("claim", (database, scene) -> claim(database, scene.other())),
            new Deed(
                    "settle",
                    (database, scene) -> database.claims()
                            .settle(List.of(
                                    new Settlement.Completed(scene.claim(), Optional.empty(), Optional.of("1"))))),
            new Deed("recover", (database, scene) -> database.claims().recover()),
            new Deed(
                    "cancel",
                    (database, scene) -> database.tasks()
                            .cancel(TaskFilter.all().ids(List.of(scene.task().id())), "not wanted")),
            new Deed("lose the lease", (database, scene) -> database.kill(scene.worker())));

    private static final Deed REQUEUE = new Deed(
            "requeue",
            (database, scene) -> database.tasks()
                    .requeue(TaskFilter.all().ids(List.of(scene.task().id())), "again"));

    /** What follows a failure. */
    private static final List<Deed> AFTER_FAILURE =
            List.of(REQUEUE, new Deed("requeue and claim", (database, scene) -> {
                REQUEUE.on(database, scene);
                claim(database, scene.other());
            }));

    /** Some of them with some others. */
    private static final List<Deed> MORE = Stream.concat(
                    DEEDS.stream(),
                    Stream.of(
                            new Deed(
                                    "give back",
                                    (database, scene) -> database.claims()
                                            .settle(List.of(new Settlement.Released(
                                                    scene.claim(), Optional.empty(), "closing")))),
                            REQUEUE))
            .toList();

    private static final int SAMPLES = Integer.getInteger("taskstore.interleavings", 40);
    private static final long SEED = Long.getLong("taskstore.interleavings.seed", System.nanoTime());

    /**
     * One of those who do things at once.
     *
     * @param watching sees what it waits for
     */
    private record Session(
            String name, FailingJdbc holding, HikariDataSource pool, TaskDatabase database, Connection watching) {}

    private final ManualClock clock = ManualClock.create();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Session> sessions = new ArrayList<>();
    private final Map<List<String>, String> serial = new HashMap<>();
    private String schema;
    private Connection beside;

    @BeforeAll
    void open() throws SQLException {
        schema = TestPostgres.schema();
        for (int i = 0; i < 3; i++) {
            sessions.add(session(schema + "_" + i));
        }
        beside = DriverManager.getConnection(TestPostgres.url());
        SqliteWriter.execute(beside, "SET search_path = " + schema);
    }

    private Session session(String name) throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(TestPostgres.url());
        config.setMaximumPoolSize(3);
        config.addDataSourceProperty("ApplicationName", name);
        HikariDataSource pool = new HikariDataSource(config);
        FailingJdbc holding = new FailingJdbc();
        TaskDatabase database = TaskDatabase.builder(holding.wrap(pool))
                .schema(schema)
                .clock(clock)
                .lease(Databases.LEASE)
                .open();
        return new Session(name, holding, pool, database, DriverManager.getConnection(TestPostgres.url()));
    }

    @AfterAll
    void close() throws SQLException {
        threads.shutdownNow();
        for (Session session : sessions) {
            session.database().close();
            session.pool().close();
            session.watching().close();
        }
        beside.close();
    }

    private static void claim(TaskDatabase database, WorkerId worker) {
        database.claims().claim(ClaimRequest.due(worker, Set.of("work"), Slots.of(5)));
    }

    @ParameterizedTest
    @EnumSource
    void whateverTheOrderItIsAsIfOneHadComeAfterTheOther(Stage stage) throws Exception {
        List<Deed> deeds = stage == Stage.FAILED ? AFTER_FAILURE : DEEDS;
        int orders = 0;
        for (Deed one : deeds) {
            for (Deed two : deeds) {
                List<String> expected = List.of(serial(stage, List.of(one, two)), serial(stage, List.of(two, one)));
                int call = 1;
                Scene scene = scene(stage);
                while (interleave(List.of(one, two), List.of(call), scene)) {
                    assertThat(rest(scene))
                            .as("%s: %s, held before call %d, and %s meanwhile", stage, one, call, two)
                            .isIn(expected);
                    orders++;
                    call++;
                    assertThat(call).as("calls of " + one).isLessThan(MOST_CALLS);
                    scene = scene(stage);
                }
            }
        }
        System.out.printf("interleavings of two sessions, %s: %d orders%n", stage, orders);
    }

    @Test
    void ofThreeSessionsToo() throws Exception {
        Random random = new Random(SEED);
        int orders = 0;
        for (int i = 0; i < SAMPLES; i++) {
            Stage stage = Stage.values()[random.nextInt(Stage.values().length)];
            List<Deed> deeds = Stream.generate(() -> MORE.get(random.nextInt(MORE.size())))
                    .limit(3)
                    .toList();
            List<Integer> calls = List.of(1 + random.nextInt(12), 1 + random.nextInt(12));
            Scene scene = scene(stage);
            if (interleave(deeds, calls, scene)) {
                orders++;
                assertThat(rest(scene))
                        .as("%s: %s held before calls %s; sample %d of seed %d", stage, deeds, calls, i, SEED)
                        .isIn(serials(stage, deeds));
            }
        }
        System.out.printf("interleavings of three sessions: %d orders, seed %d%n", orders, SEED);
    }

    private List<String> serials(Stage stage, List<Deed> deeds) throws SQLException {
        List<String> all = new ArrayList<>();
        for (List<Integer> order : List.of(
                List.of(0, 1, 2),
                List.of(0, 2, 1),
                List.of(1, 0, 2),
                List.of(1, 2, 0),
                List.of(2, 0, 1),
                List.of(2, 1, 0))) {
            all.add(serial(stage, order.stream().map(deeds::get).toList()));
        }
        return all;
    }

    private String serial(Stage stage, List<Deed> deeds) throws SQLException {
        List<String> key = Stream.concat(Stream.of(stage), deeds.stream())
                .map(Object::toString)
                .toList();
        String known = serial.get(key);
        if (known == null) {
            Scene scene = scene(stage);
            for (Deed deed : deeds) {
                deed.on(first(), scene);
            }
            known = rest(scene);
            serial.put(key, known);
        }
        return known;
    }

    private TaskDatabase first() {
        return sessions.get(0).database();
    }

    private Scene scene(Stage stage) throws SQLException {
        Dump.wipe(beside);
        WorkerId worker = Operation.worker(first());
        Task task = Operation.create(first());
        if (stage != Stage.PENDING) {
            claim(first(), worker);
        }
        if (stage == Stage.ITS_WORKER_DEAD) {
            first().kill(worker);
        }
        Scene scene = new Scene(task, worker, Operation.worker(first()));
        if (stage == Stage.FAILED) {
            TaskError error = new TaskError("Broken", "it broke");
            first().claims().settle(List.of(new Settlement.Failed(scene.claim(), Optional.empty(), error)));
        }
        return scene;
    }

    /** {@return what is there in the end} Sweeps and claims pass by what others have locked, and come again. */
    private String rest(Scene scene) throws SQLException {
        assertThat(Dump.brokenHistories(beside)).isZero();
        first().claims().recover();
        claim(first(), scene.other());
        return Dump.of(beside);
    }

    /**
     * Has each but the last held before one of its calls until the one behind it has done all it can.
     *
     * @return whether each had that many calls
     */
    private boolean interleave(List<Deed> deeds, List<Integer> calls, Scene scene) throws Exception {
        List<Future<?>> begun = new CopyOnWriteArrayList<>();
        doHeld(0, deeds, calls, scene, begun);
        for (Future<?> one : begun) {
            one.get(20, TimeUnit.SECONDS);
        }
        return begun.size() == calls.size();
    }

    private void doHeld(int number, List<Deed> deeds, List<Integer> calls, Scene scene, List<Future<?>> begun) {
        Session session = sessions.get(number);
        if (number < calls.size()) {
            session.holding().before(calls.get(number), () -> {
                Future<?> next = threads.submit(() -> doHeld(number + 1, deeds, calls, scene, begun));
                begun.add(next);
                awaitEndOrLock(next, number + 1);
            });
        }
        deeds.get(number).on(session.database(), scene);
        session.holding().disarm();
    }

    private void awaitEndOrLock(Future<?> begun, int number) {
        try {
            Await.until("session " + number + " is done or waits", () -> begun.isDone() || waits(number));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return whether the session, or one behind it, waits for a lock} */
    private boolean waits(int number) throws SQLException {
        Session session = sessions.get(number);
        try (PreparedStatement statement = session.watching().prepareStatement("""
                SELECT 1
                  FROM pg_stat_activity
                 WHERE wait_event_type = 'Lock'
                   AND application_name BETWEEN ? AND ?""")) {
            statement.setString(1, session.name());
            statement.setString(2, sessions.get(sessions.size() - 1).name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }
}
