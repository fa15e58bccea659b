package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.NewWorkflow;
import io.taskstore.OutcomeUnknownException;
import io.taskstore.Slots;
import io.taskstore.StorageBusyException;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.TaskStoreException;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Held;
import io.taskstore.spi.Settled;
import io.taskstore.spi.SettledAndClaimed;
import io.taskstore.spi.Settlement;
import io.taskstore.testkit.Fixtures;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What goes wrong around a PostgreSQL server. */
final class PostgresBadDaysTest {

    private static final int MOST_TRIES = 100;

    private final String schema = TestPostgres.schema();

    private HikariDataSource pool(String url, int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(2_000);
        config.addDataSourceProperty("ApplicationName", schema);
        return new HikariDataSource(config);
    }

    private TaskDatabase open(HikariDataSource pool) {
        return TaskDatabase.builder(pool).schema(schema).lease(Databases.LEASE).open();
    }

    private void terminateAll() throws SQLException {
        try (Connection connection = DriverManager.getConnection(TestPostgres.url())) {
            SqliteWriter.execute(connection, """
                    SELECT pg_terminate_backend(pid)
                      FROM pg_stat_activity
                     WHERE application_name = '%s' AND pid <> pg_backend_pid()""".formatted(schema));
        }
    }

    @Test
    void afterAllBackendsWereTerminatedBetweenCallsTheNextCallsWork() throws Exception {
        try (HikariDataSource pool = pool(TestPostgres.url(), 3);
                TaskDatabase database = open(pool)) {
            Operation.create(database);
            terminateAll();
            Await.until("a call works", () -> works(database));
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
    }

    private static boolean works(TaskDatabase database) {
        try {
            Operation.create(database);
            return true;
        } catch (TaskStoreException e) {
            return false;
        }
    }

    @Test
    void backendsThatAreTerminatedUnderLoadLoseNothingThatWasAcknowledged() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (HikariDataSource pool = pool(TestPostgres.url(), 6);
                TaskDatabase database = open(pool)) {
            Set<UUID> acknowledged = Collections.synchronizedSet(new java.util.HashSet<>());
            Set<UUID> refused = Collections.synchronizedSet(new java.util.HashSet<>());
            AtomicBoolean over = new AtomicBoolean();
            List<Future<Integer>> loads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                loads.add(threads.submit(() -> {
                    int failures = 0;
                    while (!over.get()) {
                        TaskDraft draft = Fixtures.draft();
                        try {
                            database.tasks().create(draft, null);
                            acknowledged.add(draft.id());
                        } catch (OutcomeUnknownException e) {
                            failures++;
                        } catch (TaskStoreException e) {
                            failures++;
                            refused.add(draft.id());
                        }
                    }
                    return failures;
                }));
            }
            for (int i = 1; i <= 5; i++) {
                int seen = acknowledged.size();
                Await.until("some are acknowledged", () -> acknowledged.size() > seen + 20);
                terminateAll();
            }
            over.set(true);
            for (Future<Integer> load : loads) {
                load.get(20, TimeUnit.SECONDS);
            }
            Await.until("a call works", () -> works(database));
            assertThat(database.tasks().find(acknowledged)).hasSameSizeAs(acknowledged);
            assertThat(refused.isEmpty() ? List.of() : database.tasks().find(refused))
                    .isEmpty();
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        } finally {
            threads.shutdownNow();
        }
    }

    /** A database behind a proxy that can cut answers. */
    private final class Behind implements AutoCloseable {

        private static final String UNASKED = "com.zaxxer.hikari.aliveBypassWindowMs";

        private final CuttingProxy proxy;
        private final HikariDataSource pool;
        private final TaskDatabase database;

        Behind() throws Exception {
            URI direct = URI.create(TestPostgres.url().substring("jdbc:".length()));
            proxy = new CuttingProxy(direct.getPort());
            // a pool asks a connection whether it lives that was not used for so long: that answer would be counted,
            // too
            System.setProperty(UNASKED, "3600000");
            try {
                pool = pool(TestPostgres.url().replace(":" + direct.getPort(), ":" + proxy.port()), 2);
            } finally {
                System.clearProperty(UNASKED);
            }
            pool.setMinimumIdle(pool.getMaximumPoolSize());
            database = open(pool);
        }

        /** Cuts the n-th answer from now on, once the pool opens no connection any more: those answers would be counted, too. */
        void cutAnswer(int nth) throws Exception {
            Await.until(
                    "all connections are there",
                    () -> pool.getHikariPoolMXBean().getIdleConnections() == pool.getMaximumPoolSize());
            proxy.cutAnswer(nth);
        }

        /**
         * Ends what was claimed, though an answer should have been cut: the try before met one answer more, as of a connection that
         * is new, and cut one before the last. The next begins with the first answer again.
         */
        void complete(List<Task> claimed) {
            proxy.cutAnswer(0);
            database.claims()
                    .settle(claimed.stream()
                            .map(task -> completed(Claim.of(task)))
                            .toList());
        }

        @Override
        public void close() throws IOException {
            database.close();
            pool.close();
            proxy.close();
        }
    }

    @Test
    void aCreateWhoseAnswerIsCutCanBeRepeatedAndThereIsOneTask() throws Exception {
        try (Behind behind = new Behind()) {
            TaskDraft draft = Fixtures.draft();
            Operation.create(behind.database);
            behind.cutAnswer(1);
            assertThatThrownBy(() -> behind.database.tasks().create(draft, null))
                    .isInstanceOfSatisfying(
                            OutcomeUnknownException.class,
                            e -> assertThat(e.ids()).containsExactly(draft.id()));
            assertThat(behind.database.tasks().create(draft, null).task().id()).isEqualTo(draft.id());
            assertThat(behind.database.tasks().count(TaskFilter.all(), 10).value())
                    .isEqualTo(2);
        }
    }

    @Test
    void aClaimWhoseAnswerIsCutIsFoundAmongWhatTheWorkerHolds() throws Exception {
        try (Behind behind = new Behind()) {
            Task task = Operation.create(behind.database);
            WorkerId worker = Operation.worker(behind.database);
            ClaimRequest request = ClaimRequest.due(worker, Set.of("work"), Slots.of(1));
            // the claim looks before it takes
            boolean unknown = false;
            int nth = 0;
            for (int tries = 0; !unknown; tries++) {
                assertThat(tries).as("tries to cut the last answer of a claim").isLessThan(MOST_TRIES);
                nth++;
                behind.cutAnswer(nth);
                try {
                    List<Task> claimed = behind.database.claims().claim(request).tasks();
                    if (!claimed.isEmpty()) {
                        behind.complete(claimed);
                        task = Operation.create(behind.database);
                        nth = 0;
                    }
                } catch (OutcomeUnknownException e) {
                    unknown = true;
                } catch (StorageUnavailableException e) {
                    assertThat(behind.database.claims().held(worker)).isEmpty();
                }
            }
            List<Held> held = behind.database.claims().held(worker);
            assertThat(held).extracting(Held::claim).containsExactly(new Claim(task.id(), worker, 1));
        }
    }

    @Test
    void aSettlementWhoseAnswerIsCutIsKnownWhenItIsRepeated() throws Exception {
        try (Behind behind = new Behind()) {
            Claim claim = Claim.of(Operation.running(behind.database));
            Settlement completed = new Settlement.Completed(claim, Optional.empty(), Optional.empty());
            behind.cutAnswer(1);
            assertThatThrownBy(() -> behind.database.claims().settle(List.of(completed)))
                    .isInstanceOf(OutcomeUnknownException.class);
            Settled repeated =
                    behind.database.claims().settle(List.of(completed)).get(0);
            assertThat(repeated.status()).contains(TaskStatus.COMPLETED);
            assertThat(behind.database
                            .tasks()
                            .history(claim.taskId())
                            .orElseThrow()
                            .changes())
                    .hasSize(3);
        }
    }

    private static Claim firstOfTwo(Behind behind, ClaimRequest request) {
        NewWorkflow steps = NewWorkflow.of("two steps")
                .task("first", Fixtures.newTask())
                .task("second", Fixtures.newTask())
                .after("first");
        behind.database.workflows().create(Fixtures.draft(steps));
        return Claim.of(behind.database.claims().claim(request).tasks().get(0));
    }

    private static Settlement completed(Claim claim) {
        return new Settlement.Completed(claim, Optional.empty(), Optional.empty());
    }

    @Test
    void anEndAndAClaimWhoseAnswerIsCutAreBothMadeOrNeither() throws Exception {
        try (Behind behind = new Behind()) {
            WorkerId worker = Operation.worker(behind.database);
            ClaimRequest request = ClaimRequest.due(worker, Set.of("work"), Slots.of(1));
            Claim first = firstOfTwo(behind, request);
            List<Settlement> end = List.of(completed(first));
            // it needs several statements before it commits
            boolean unknown = false;
            int nth = 0;
            for (int tries = 0; !unknown; tries++) {
                assertThat(tries).as("tries to cut the last answer of an end").isLessThan(MOST_TRIES);
                nth++;
                behind.cutAnswer(nth);
                try {
                    List<Task> claimed = behind.database
                            .claims()
                            .settleAndClaim(end, request)
                            .claimed();
                    if (!claimed.isEmpty()) {
                        behind.complete(claimed);
                        first = firstOfTwo(behind, request);
                        end = List.of(completed(first));
                        nth = 0;
                    }
                } catch (OutcomeUnknownException e) {
                    unknown = true;
                } catch (StorageUnavailableException e) {
                    assertThat(behind.database.claims().held(worker))
                            .extracting(Held::claim)
                            .containsExactly(first);
                }
            }
            List<Held> held = behind.database.claims().held(worker);
            assertThat(held).hasSize(1).extracting(Held::claim).doesNotContain(first);
            SettledAndClaimed repeated = behind.database.claims().settleAndClaim(end, request);
            assertThat(repeated.settled().get(0).status()).contains(TaskStatus.COMPLETED);
            assertThat(repeated.claimed()).isEmpty();
            assertThat(behind.database.claims().held(worker)).isEqualTo(held);
        }
    }

    @Test
    void aPoolWhoseConnectionsAreAllInUseIsBusy() throws Exception {
        try (HikariDataSource pool = pool(TestPostgres.url(), 2);
                TaskDatabase database = open(pool)) {
            try (Connection one = pool.getConnection();
                    Connection two = pool.getConnection()) {
                assertThat(one).isNotSameAs(two);
                long start = System.nanoTime();
                assertThatThrownBy(() -> Operation.create(database)).isInstanceOf(StorageBusyException.class);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            }
            Operation.create(database);
        }
    }

    @Test
    void aWorkerIsHeardOfWhileAllConnectionsAreInUse() {
        AtomicInteger asked = new AtomicInteger();
        InstantSource clock = () -> {
            asked.incrementAndGet();
            return Instant.now();
        };
        try (TaskDatabase database = TaskDatabase.builder(TestPostgres.url())
                .schema(schema)
                .clock(clock)
                .poolSize(1)
                .acquireTimeout(Duration.ofMillis(300))
                .open()) {
            Task task = Operation.running(database);
            WorkerId worker = task.worker().orElseThrow();
            database.complete(new RunOf(task), handle -> {
                assertThatThrownBy(() -> database.tasks().find(task.id())).isInstanceOf(StorageBusyException.class);
                int before = asked.get();
                assertThat(database.claims().heartbeat(worker).alive()).isTrue();
                assertThat(asked).as("the clock may need a connection").hasValue(before);
            });
            assertThat(database.tasks().find(task.id()).orElseThrow().status()).isEqualTo(TaskStatus.COMPLETED);
        }
    }

    @Test
    void aPoolWithoutAutoCommitLosesNothing() throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(TestPostgres.url());
        config.setMaximumPoolSize(2);
        config.setAutoCommit(false);
        try (HikariDataSource pool = new HikariDataSource(config);
                TaskDatabase database = open(pool)) {
            Task task = Operation.running(database);
            assertThat(database.tasks().find(task.id())).isPresent();
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
    }
}
