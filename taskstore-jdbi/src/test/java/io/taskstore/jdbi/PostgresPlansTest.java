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
import java.util.ArrayList;
import java.util.Collections;
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
    private static final List<String> TABLES =
            List.of("taskstore_task", "taskstore_change", "taskstore_dependency", "taskstore_log");

    @Test
    void whatAWorkerAsksForIsPlannedOnceAndWellThoughTheTablesWereEmptyThen() throws SQLException {
        String schema = TestPostgres.schema();
        TaskDatabase.builder(TestPostgres.url()).schema(schema).open().close();
        TABLES.forEach(
                table -> TestPostgres.sql("ALTER TABLE " + schema + "." + table + " SET (autovacuum_enabled = false)"));
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(TestPostgres.url());
            pool.setMaximumPoolSize(1);
            try (TaskDatabase database = TaskDatabase.builder(pool)
                    .schema(schema)
                    .migration(Migration.SKIP)
                    .open()) {
                work(database, TIMES);
                List<Kept> before = kept(pool);
                work(database, LAST);

                assertThat(before).isNotEmpty();
                assertThat(kept(pool)).containsAll(before);
                many(database);
                assertThat(before)
                        .filteredOn(Kept::isOften)
                        .hasSizeGreaterThan(9)
                        .allSatisfy(statement -> assertThat(plan(pool, statement))
                                .as(statement.sql())
                                .noneMatch(line ->
                                        TABLES.stream().anyMatch(table -> line.contains("Seq Scan on " + table))));
            }
        }
    }

    private static void many(TaskDatabase database) {
        for (int i = 0; i < 10; i++) {
            database.tasks()
                    .createAll(Stream.generate(Fixtures::draft).limit(2_000).toList());
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
            database.claims().dueSince(TYPES, Set.of());
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

    /**
     * A statement that the server keeps for the connection.
     *
     * @param anew how often it was planned for its values alone
     * @param isOften whether it has a plan for any values
     */
    private record Kept(String name, String sql, int parameters, long anew, boolean isOften) {}

    private static List<Kept> kept(HikariDataSource pool) throws SQLException {
        List<Kept> kept = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT name, statement, coalesce(array_length(parameter_types, 1), 0), custom_plans, generic_plans > 0
                          FROM pg_prepared_statements
                         WHERE statement LIKE '%taskstore!_%' ESCAPE '!'""")) {
            while (rows.next()) {
                kept.add(new Kept(
                        rows.getString(1), rows.getString(2), rows.getInt(3), rows.getLong(4), rows.getBoolean(5)));
            }
        }
        return kept;
    }

    private static List<String> plan(HikariDataSource pool, Kept kept) throws SQLException {
        String values = kept.parameters() == 0
                ? ""
                : " (" + String.join(", ", Collections.nCopies(kept.parameters(), "NULL")) + ")";
        List<String> lines = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("EXPLAIN EXECUTE \"" + kept.name() + "\"" + values)) {
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
        }
        return lines;
    }
}
