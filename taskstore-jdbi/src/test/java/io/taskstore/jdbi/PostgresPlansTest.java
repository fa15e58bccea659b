package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.NewWorkflow;
import io.taskstore.Progress;
import io.taskstore.Slots;
import io.taskstore.Task;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settlement;
import io.taskstore.testkit.Fixtures;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * To plan what a worker asks for takes the server longer than to do it. It keeps the plan of a statement that is asked often, but
 * only where it thinks that plan as good as one for the very values.
 */
final class PostgresPlansTest {

    private static final int TIMES = 30;
    private static final int LAST = 10;
    private static final Set<String> TYPES = Set.of("work");

    @Test
    void whatAWorkerAsksForOneTaskIsPlannedOnce() throws SQLException {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(TestPostgres.url());
            pool.setMaximumPoolSize(1);
            String schema = TestPostgres.schema();
            TaskDatabase.builder(TestPostgres.url()).schema(schema).open().close();
            try (TaskDatabase database = TaskDatabase.builder(pool)
                    .schema(schema)
                    .migration(Migration.SKIP)
                    .open()) {
                work(database, TIMES);
                Map<String, Long> before = plannedAnew(pool);
                work(database, LAST);

                assertThat(plannedAnew(pool)).isNotEmpty().isEqualTo(before);
            }
        }
    }

    private static void work(TaskDatabase database, int times) {
        WorkerId worker = database.claims().register(new WorkerProfile("a worker", TYPES, Set.of()));
        ClaimRequest due = ClaimRequest.due(worker, TYPES, Slots.of(1));
        for (int i = 0; i < times; i++) {
            database.tasks().create(Fixtures.draft(), worker);
            held(database, worker);
            UUID id = database.tasks().create(Fixtures.draft(), null).task().id();
            database.claims().claim(due.hinted(Set.of(id)));
            held(database, worker);
            database.tasks().create(Fixtures.draft(), null);
            database.claims().claim(due);
            held(database, worker);
            database.claims().claim(due);
        }
        chain(database, due, times);
        ClaimRequest several = ClaimRequest.due(worker, TYPES, Slots.of(9));
        for (int i = 0; i < times; i++) {
            int size = 2 + i % 7;
            database.tasks()
                    .createAll(Stream.generate(Fixtures::draft).limit(size).toList());
            List<Settlement> ends = database.claims().claim(several).tasks().stream()
                    .map(task -> completed(Claim.of(task)))
                    .toList();
            assertThat(database.claims().settle(ends)).hasSize(size);
        }
    }

    /** Does what a worker does for the task that it holds. */
    private static void held(TaskDatabase database, WorkerId worker) {
        Claim claim = database.claims().held(worker).get(0).claim();
        database.runLog()
                .append(List.of(
                        new LogEntry(claim.taskId(), claim.attempt(), 1, Instant.EPOCH, LogLevel.INFO, "a line")));
        database.runLog().progress(Map.of(claim, new Progress(50, "half-way")));
        database.claims().settle(List.of(completed(claim)));
        database.claims().heartbeat(worker);
    }

    private static void chain(TaskDatabase database, ClaimRequest due, int length) {
        NewWorkflow chain = NewWorkflow.of("chain").task("0", Fixtures.newTask());
        for (int i = 1; i < length; i++) {
            chain = chain.task(String.valueOf(i), Fixtures.newTask()).after(String.valueOf(i - 1));
        }
        database.workflows().create(Fixtures.draft(chain));
        List<Task> next = database.claims().claim(due).tasks();
        int steps = 0;
        while (!next.isEmpty()) {
            next = database.claims()
                    .settleAndClaim(List.of(completed(Claim.of(next.get(0)))), due)
                    .claimed();
            steps++;
        }
        assertThat(steps).isEqualTo(length);
    }

    private static Settlement completed(Claim claim) {
        return new Settlement.Completed(claim, Optional.empty(), Optional.empty());
    }

    /** {@return how often each statement of the connection was planned for its values alone} */
    private static Map<String, Long> plannedAnew(HikariDataSource pool) throws SQLException {
        Map<String, Long> planned = new HashMap<>();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT statement, custom_plans
                          FROM pg_prepared_statements
                         WHERE statement LIKE '%taskstore!_%' ESCAPE '!'
                           AND statement NOT LIKE '%custom!_plans%' ESCAPE '!'""")) {
            while (rows.next()) {
                planned.merge(rows.getString(1), rows.getLong(2), Long::sum);
            }
        }
        return planned;
    }
}
