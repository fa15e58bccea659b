package io.taskstore.jdbi;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.jdbi.Deed.Scene;
import io.taskstore.jdbi.Deed.Stage;
import io.taskstore.testkit.ManualClock;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sessions on PostgreSQL at one task: while the first is held before each of its calls to the server in turn, the second does
 * all it can, or all before one of its own calls, and the rest when the first is done. What comes of it is what would have come
 * of one after the other, once the next sweep and the next claim have found what was passed by. Of the orders in which both are
 * held, and of those of three sessions, there are samples; all of the first, and more of the second with
 * {@code -Dtaskstore.interleavings=5000}, others with {@code -Dtaskstore.interleavings.seed=1}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class InterleavingTest {

    private static final List<Stage> STAGES = List.of(Stage.values());
    private static final int MOST_CALLS = 60;
    private static final int MOST_SAMPLES = 1_000_000;
    private static final int CALLS_OF_A_SAMPLE = 6;

    /** One of so many of the orders in which both are held, where they are not all asked for. */
    private static final int ONE_OF = 8;

    private static final @Nullable Integer ASKED_FOR = Integer.getInteger("taskstore.interleavings");
    private static final int SAMPLES = ASKED_FOR == null ? 20 : ASKED_FOR;
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

    /** Whose call came after whose, in the order that is tried now. */
    private final List<Integer> calls = Collections.synchronizedList(new ArrayList<>());

    private @Nullable OneAfterTheOther serial;
    private @Nullable Connection beside;
    private String schema = "";

    @BeforeAll
    void open() throws SQLException {
        schema = TestPostgres.schema();
        for (int i = 0; i < 3; i++) {
            sessions.add(session(schema + "_" + i));
        }
        beside = DriverManager.getConnection(TestPostgres.url());
        SqliteWriter.execute(beside, "SET search_path = " + schema);
        serial = new OneAfterTheOther(sessions.get(0).database(), beside);
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
        Objects.requireNonNull(beside).close();
    }

    private OneAfterTheOther serial() {
        return Objects.requireNonNull(serial);
    }

    private Scene scene(Stage stage) throws SQLException {
        calls.clear();
        return serial().scene(stage);
    }

    @ParameterizedTest
    @EnumSource
    void whateverTheOrderItIsAsIfOneHadComeAfterTheOther(Stage stage) throws Exception {
        int orders = 0;
        for (Deed one : Deed.at(stage)) {
            for (Deed two : Deed.at(stage)) {
                orders += inEachOrder(stage, List.of(one, two), List.of());
            }
        }
        System.out.printf("interleavings of two sessions, %s: %d orders%n", stage, orders);
    }

    @ParameterizedTest
    @EnumSource
    void whereBothAreHeldItIsAsIfOneHadComeAfterTheOther(Stage stage) throws Exception {
        Random random = new Random(SEED);
        BooleanSupplier isTried = () -> ASKED_FOR != null || random.nextInt(ONE_OF) == 0;
        int orders = 0;
        for (Deed one : Deed.at(stage)) {
            for (Deed two : Deed.at(stage)) {
                orders += bothHeld(stage, List.of(one, two), isTried);
            }
        }
        System.out.printf("interleavings of two sessions, both held, %s: %d orders, seed %d%n", stage, orders, SEED);
    }

    @Test
    void aClaimThatCommitsAfterItsWorkerDiedIsTakenFromItInWhateverOrderWithTheSweep() throws Exception {
        int orders = 0;
        for (List<Deed> deeds : OneAfterTheOther.orders(List.of(Deed.CLAIM_AND_DIE, Deed.DIE, Deed.RECOVER))) {
            orders += inEachOrder(Stage.PENDING, deeds, List.of());
        }
        for (List<Deed> deeds : OneAfterTheOther.orders(List.of(Deed.SETTLE_AND_CLAIM, Deed.DIE, Deed.RECOVER))) {
            orders += inEachOrder(Stage.IN_A_CHAIN, deeds, List.of());
        }
        System.out.printf("interleavings of a claim, a death and a sweep: %d orders%n", orders);
    }

    /** Who is dead may not know it yet, and let go of a task that a sweep has found with it; another claims it before the sweep locks it. */
    @Test
    void aSweepTakesNothingFromWhoHasClaimedMeanwhile() throws Exception {
        List<Deed> deeds = List.of(Deed.RECOVER, Deed.GIVE_BACK_AND_CLAIM);
        int orders = inEachOrder(Stage.ITS_WORKER_DEAD, deeds, List.of());
        // the sweep may lock it when it was let go, and is not claimed yet
        orders += bothHeld(Stage.ITS_WORKER_DEAD, deeds, () -> true);
        System.out.printf("interleavings of a sweep with another claim: %d orders%n", orders);
    }

    @Test
    void ofThreeSessionsToo() throws Exception {
        Random random = new Random(SEED);
        int held = 0;
        int effective = 0;
        int drawn = 0;
        while (effective < SAMPLES && drawn < MOST_SAMPLES) {
            drawn++;
            Stage stage = STAGES.get(random.nextInt(STAGES.size()));
            List<Deed> deeds = Stream.generate(() -> Deed.ALL.get(random.nextInt(Deed.ALL.size())))
                    .limit(3)
                    .toList();
            List<Integer> before =
                    List.of(1 + random.nextInt(CALLS_OF_A_SAMPLE), 1 + random.nextInt(CALLS_OF_A_SAMPLE));
            Scene scene = scene(stage);
            if (interleave(deeds, before, scene) > 0) {
                held++;
                effective += isInterleaved() ? 1 : 0;
                String what = "%s held before calls %s; sample %d of seed %d".formatted(deeds, before, drawn, SEED);
                serial().check(what, stage, deeds, scene);
            }
        }
        System.out.printf(
                "interleavings of three sessions: %d drawn, %d orders, %d effective, seed %d%n",
                drawn, held, effective, SEED);
    }

    /** {@return whether a session had a call between two of another} */
    private boolean isInterleaved() {
        List<Integer> all = List.copyOf(calls);
        Set<Integer> before = new TreeSet<>();
        for (int i = 0; i < all.size(); i++) {
            boolean comesAgain = !before.add(all.get(i));
            if (comesAgain && !all.get(i - 1).equals(all.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** {@return how many orders there are} All but the last are held before each of their calls, each with each. */
    private int inEachOrder(Stage stage, List<Deed> deeds, List<Integer> outer) throws Exception {
        int orders = 0;
        boolean isThere = true;
        for (int call = 1; isThere; call++) {
            Deed held = deeds.get(outer.size());
            check(call, held);
            List<Integer> before =
                    Stream.concat(outer.stream(), Stream.of(call)).toList();
            if (before.size() < deeds.size() - 1) {
                int inner = inEachOrder(stage, deeds, before);
                isThere = inner > 0;
                orders += inner;
            } else {
                Scene scene = scene(stage);
                isThere = interleave(deeds, before, scene) == before.size();
                if (isThere) {
                    serial().check(deeds + " held before calls " + before, stage, deeds, scene);
                    orders++;
                }
            }
        }
        return orders;
    }

    private static void check(int call, Deed held) {
        if (call > MOST_CALLS) {
            throw new AssertionError(held + " has no end of calls");
        }
    }

    /**
     * Has each but the last held before one of its calls until the one behind it has done all it can. Where one behind the first
     * has fewer calls, the next follows it at once.
     *
     * @return how many were held
     */
    private int interleave(List<Deed> deeds, List<Integer> before, Scene scene) throws Exception {
        List<Future<?>> begun = new CopyOnWriteArrayList<>();
        doHeld(0, deeds, before, scene, begun);
        for (Future<?> one : begun) {
            one.get(20, TimeUnit.SECONDS);
        }
        return begun.size();
    }

    private void doHeld(int number, List<Deed> deeds, List<Integer> before, Scene scene, List<Future<?>> begun) {
        during(number, deeds.get(number), scene, call -> {
            if (number < before.size() && call == before.get(number)) {
                Future<?> next = threads.submit(() -> doHeld(number + 1, deeds, before, scene, begun));
                begun.add(next);
                await("session " + (number + 1) + " is done or waits", () -> next.isDone() || waits(number + 1, 2));
            }
        });
        boolean wasHeld = begun.size() > number;
        if (number > 0 && number < before.size() && !wasHeld) {
            doHeld(number + 1, deeds, before, scene, begun);
        }
    }

    /** Does the deed in the session, with something before each of its calls. */
    private void during(int number, Deed deed, Scene scene, FailingJdbc.Before before) {
        Session session = sessions.get(number);
        session.holding().beforeEach(call -> {
            before.call(call);
            calls.add(number);
        });
        try {
            deed.on(session.database(), scene);
        } finally {
            session.holding().disarm();
        }
    }

    private int bothHeld(Stage stage, List<Deed> deeds, BooleanSupplier isTried) throws Exception {
        int orders = 0;
        // before the first calls of either the orders are those in which one is held
        boolean firstIsThere = true;
        for (int first = 2; firstIsThere; first++) {
            check(first, deeds.get(0));
            boolean secondIsThere = true;
            for (int second = 2; secondIsThere; second++) {
                check(second, deeds.get(1));
                if (isTried.getAsBoolean()) {
                    Scene scene = scene(stage);
                    BothHeld both = new BothHeld(deeds, first, second, scene);
                    both.play();
                    firstIsThere = both.firstIsThere.get();
                    if (firstIsThere) {
                        String what = deeds + " held before calls " + first + " and " + second + ", seed " + SEED;
                        serial().check(what, stage, deeds, scene);
                    }
                    secondIsThere = both.secondIsThere.get();
                    orders += secondIsThere ? 1 : 0;
                } else {
                    secondIsThere = second < CALLS_OF_A_SAMPLE;
                    firstIsThere = first < CALLS_OF_A_SAMPLE;
                }
            }
        }
        return orders;
    }

    /** The first is held until the second has come to a call of its own, which it makes when the first is done. */
    private final class BothHeld {
        private final List<Deed> deeds;
        private final int first;
        private final int second;
        private final Scene scene;
        private final AtomicBoolean firstIsThere = new AtomicBoolean();
        private final AtomicBoolean firstIsDone = new AtomicBoolean();

        /** Whether the second came to its call while the first was held. */
        private final AtomicBoolean secondIsThere = new AtomicBoolean();

        private final AtomicReference<@Nullable Future<?>> begun = new AtomicReference<>();

        BothHeld(List<Deed> deeds, int first, int second, Scene scene) {
            this.deeds = deeds;
            this.first = first;
            this.second = second;
            this.scene = scene;
        }

        void play() throws Exception {
            try {
                during(0, deeds.get(0), scene, this::holdFirst);
            } finally {
                firstIsDone.set(true);
            }
            Future<?> other = begun.get();
            if (other != null) {
                other.get(20, TimeUnit.SECONDS);
            }
        }

        private void holdFirst(int call) {
            if (call == first) {
                firstIsThere.set(true);
                Future<?> other = threads.submit(() -> during(1, deeds.get(1), scene, this::holdSecond));
                begun.set(other);
                await(
                        "the second is held, is done or waits",
                        () -> secondIsThere.get() || other.isDone() || waits(1, 1));
            }
        }

        private void holdSecond(int call) {
            if (call == second && !firstIsDone.get()) {
                secondIsThere.set(true);
                await("the first is done or waits", () -> firstIsDone.get() || waits(0, 0));
            }
        }
    }

    private static void await(String what, Callable<Boolean> condition) {
        try {
            Await.until(what, condition);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return whether one of these sessions waits for a lock} */
    private boolean waits(int from, int to) throws SQLException {
        Session session = sessions.get(from);
        try (PreparedStatement statement = session.watching().prepareStatement("""
                SELECT 1
                  FROM pg_stat_activity
                 WHERE wait_event_type = 'Lock'
                   AND application_name BETWEEN ? AND ?""")) {
            statement.setString(1, session.name());
            statement.setString(2, sessions.get(to).name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }
}
