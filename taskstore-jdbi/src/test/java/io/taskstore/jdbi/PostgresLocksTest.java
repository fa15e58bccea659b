package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.Slots;
import io.taskstore.Task;
import io.taskstore.WorkerId;
import io.taskstore.spi.ClaimRequest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How calls on PostgreSQL lock rows, as another transaction sees it that has locked some. */
final class PostgresLocksTest {

    private final String schema = TestPostgres.schema();
    private final HikariDataSource pool = new HikariDataSource(config());
    private final TaskDatabase database =
            TaskDatabase.builder(pool).schema(schema).lease(Databases.LEASE).open();

    private final List<Task> tasks = new ArrayList<>();
    private Connection other;

    /** A call that waits for a lock gives up soon. Tables are read from their beginnings: an index of the ids has their order. */
    private HikariConfig config() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(TestPostgres.url());
        config.setMaximumPoolSize(3);
        config.setConnectionInitSql(
                "SET lock_timeout = '10s'; SET enable_indexscan = off; SET enable_bitmapscan = off");
        config.addDataSourceProperty("ApplicationName", schema);
        return config;
    }

    @BeforeEach
    void createThree() throws SQLException {
        for (int i = 0; i < 3; i++) {
            tasks.add(Operation.create(database));
        }
        tasks.sort(Comparator.comparing(task -> task.id().toString()));
        other = DriverManager.getConnection(TestPostgres.url());
        other.setAutoCommit(false);
        SqliteWriter.execute(other, "SET search_path = " + schema);
    }

    @AfterEach
    void close() throws SQLException {
        other.close();
        database.close();
        pool.close();
    }

    private UUID id(int number) {
        return tasks.get(number).id();
    }

    private void lockByOther(UUID id) {
        lockByOther("taskstore_task", id);
    }

    private void lockByOther(String table, UUID id) {
        SqliteWriter.execute(other, "SELECT 1 FROM " + table + " WHERE id = '" + id + "' FOR UPDATE");
    }

    @Test
    void aDeadWorkerWhoseRowIsLockedKeepsTheOthersFromNothing() throws SQLException {
        WorkerId locked = Operation.worker(database);
        WorkerId dead = Operation.worker(database);
        Task taken = database.claims()
                .claim(ClaimRequest.due(dead, Set.of("work"), Slots.of(1)))
                .tasks()
                .get(0);
        SqliteWriter.execute(other, "UPDATE taskstore_worker SET alive_until = clock_timestamp() - interval '1 hour'");
        other.commit();
        lockByOther("taskstore_worker", locked.value());
        assertThat(database.claims().recover())
                .extracting(recovered -> recovered.task().id())
                .containsExactly(taken.id());
    }

    @Test
    void aClaimPassesByWhatOthersHaveLocked() {
        WorkerId worker = Operation.worker(database);
        lockByOther(id(0));
        ClaimRequest request = ClaimRequest.due(worker, Set.of("work"), Slots.of(3));
        assertThat(database.claims().claim(request).tasks())
                .extracting(Task::id)
                .containsExactlyInAnyOrder(id(1), id(2));
    }

    @Test
    void rowsAreLockedInTheOrderOfTheirIds() throws Exception {
        TaskTable table = new TaskTable(new Dialect.Postgres(schema));
        for (int last : List.of(1, 0)) {
            SqliteWriter.execute(other, "UPDATE taskstore_task SET title = 'moved' WHERE id = '" + id(last) + "'");
            other.commit();
        }
        lockByOther(id(1));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> locked = thread.submit(() -> database.transactions()
                    .write(
                            Call.of("lock"),
                            session -> table.lock(session, List.of(id(2), id(1), id(0)))
                                    .size()));
            Await.until("it waits for the second", this::waits);
            assertThat(unlocked()).containsExactly(id(1), id(2));
            other.rollback();
            assertThat(locked.get(20, TimeUnit.SECONDS)).isEqualTo(3);
        } finally {
            thread.shutdownNow();
        }
    }

    /** Between two statements a process may stand still, with the row of its worker locked. */
    @Test
    void aHeartbeatIsOneStatement() {
        FailingJdbc calls = new FailingJdbc();
        try (TaskDatabase counted = TaskDatabase.builder(calls.wrap(pool))
                .schema(schema)
                .lease(Databases.LEASE)
                .open()) {
            WorkerId worker = Operation.worker(counted);
            AtomicInteger made = new AtomicInteger();
            calls.beforeEach(made::set);
            assertThat(counted.claims().heartbeat(worker).alive()).isTrue();
            calls.disarm();
            assertThat(made).hasValue(1);
        }
    }

    private boolean waits() {
        // what it says of the others is the same throughout a transaction otherwise
        ask("SELECT pg_stat_clear_snapshot()");
        return !ask("SELECT pid::text FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = '"
                        + schema + "'")
                .isEmpty();
    }

    /** {@return the tasks that the other transaction could lock, its own among them} */
    private List<UUID> unlocked() {
        return ask("SELECT id::text FROM taskstore_task ORDER BY id FOR UPDATE SKIP LOCKED").stream()
                .map(UUID::fromString)
                .toList();
    }

    private List<String> ask(String sql) {
        List<String> answers = new ArrayList<>();
        try (Statement statement = other.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                answers.add(row.getString(1));
            }
            return answers;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
