package io.taskstore.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Many tasks as they lie in a database after a month: of a hundred, 99 are COMPLETED. Types, queues, submitters and metadata
 * have a value that half of the tasks have ({@link #COMMON}), some that a few in a hundred have ({@link #MEDIUM}), one that
 * only {@link #RARE_TASKS} have ({@link #RARE}), and one that none has ({@link #ABSENT}). The same number makes the same tasks.
 *
 * <p>They are written past the library, which checks and counts what it stores: the tables are filled first, and get their
 * indexes afterwards.
 */
final class SkewedTasks {

    public static final String COMMON = "common";
    public static final String MEDIUM = "medium7";
    public static final String RARE = "rare";
    public static final String ABSENT = "absent";
    public static final String METADATA_KEY = "tenant";
    public static final int RARE_TASKS = 5;

    /** When the first was stored. */
    public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** From the first to the last. */
    public static final Duration SPAN = Duration.ofDays(30);

    /** Holds running tasks, and is not alive. */
    public static final UUID DEAD_WORKER = UUID.fromString("019b7000-0000-7000-8000-00000000dead");

    /** Has one of 200 tasks. */
    public static final UUID COMMON_WORKFLOW = UUID.fromString("019b7000-0000-7000-8000-000000000001");

    private static final int SEED = 17;
    private static final int BATCH = 1_000;
    private static final int MEDIUMS = 20;

    private final boolean sqlite;
    private final String prefix;
    private final int tasks;
    private final Random random = new Random(SEED);

    private SkewedTasks(boolean sqlite, String prefix, int tasks) {
        this.sqlite = sqlite;
        this.prefix = prefix;
        this.tasks = tasks;
    }

    /** Fills the migrated, empty tables of a SQLite file. */
    public static void sqlite(String url, int tasks) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            execute(connection, "PRAGMA synchronous = OFF");
            execute(connection, "PRAGMA cache_size = -262144");
            new SkewedTasks(true, "", tasks)
                    .fill(connection, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL");
        }
    }

    /** Fills the migrated, empty tables of a schema, and lets the server count them, as it does by itself after a minute. */
    public static void postgresql(String url, String schema, int tasks) throws SQLException {
        try (Connection connection =
                DriverManager.getConnection(url + (url.contains("?") ? "&" : "?") + "reWriteBatchedInserts=true")) {
            execute(connection, "SET synchronous_commit = off");
            execute(connection, "SET maintenance_work_mem = '256MB'");
            new SkewedTasks(false, schema + ".", tasks)
                    .fill(
                            connection,
                            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = '" + schema
                                    + "' AND tablename IN ('taskstore_task', 'taskstore_change', 'taskstore_metadata')"
                                    + " AND indexname NOT LIKE '%_pkey'");
            for (String table : new String[] {"task", "change", "metadata", "dependency", "workflow"}) {
                execute(connection, "VACUUM ANALYZE " + schema + ".taskstore_" + table);
            }
        }
    }

    /** {@return the time at which a task was stored, where 0 is the first and 1 the last} */
    public static Instant at(double share) {
        return START.plusNanos((long) (SPAN.toNanos() * share) / 1_000 * 1_000);
    }

    /** {@return the id of a task} */
    public static UUID id(int number, int tasks) {
        long millis = at((double) number / tasks).toEpochMilli();
        return new UUID((millis << 16) | 0x7000 | (number & 0xfff), 0x8000_0000_0000_0000L | (number * 0x9E37_79B9L));
    }

    private void fill(Connection connection, String indexes) throws SQLException {
        Map<String, String> made = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(indexes)) {
            while (row.next()) {
                made.put(row.getString(1), row.getString(2));
            }
        }
        connection.setAutoCommit(false);
        for (String index : made.keySet()) {
            execute(connection, "DROP INDEX " + prefix + index);
        }
        try (Table task = table(
                        connection,
                        "task (id, type, queue, priority, status, attempt, failures, crashes, version, seq, fingerprint,"
                                + " cancel_requested, created_at, updated_at, started_at, completed_at, run_at, worker,"
                                + " submitted_by, unique_key, workflow_id, step, title, payload, metadata, error_kind,"
                                + " error_message)",
                        27);
                Table change = table(
                        connection,
                        "change (task_id, seq, from_status, to_status, at, attempt, worker, ran, settled_as)",
                        9);
                Table metadata = table(connection, "metadata (task_id, name, value, created_at)", 4);
                Table workflow = table(connection, "workflow (id, name, submitted_by, created_at, fingerprint)", 5);
                Table dependency =
                        table(connection, "dependency (task_id, before_id, workflow_id, requires, position)", 5)) {
            workflow.add(COMMON_WORKFLOW, "load", null, START, 0L);
            for (int i = 0; i < tasks; i++) {
                if (i % 100 == 50) {
                    workflow.add(workflow(i), "order", "ada", at((double) i / tasks), 0L);
                }
                add(i, task, change, metadata, dependency);
                if (i % BATCH == BATCH - 1 || i == tasks - 1) {
                    for (Table table : new Table[] {workflow, task, dependency, change, metadata}) {
                        table.send();
                    }
                }
            }
        }
        for (String index : made.values()) {
            execute(connection, index);
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    private static UUID workflow(int number) {
        return new UUID(0x019b_7000_0000_7000L, 0x8000_0000_0001_0000L + number / 100);
    }

    private void add(int i, Table task, Table change, Table metadata, Table dependency) throws SQLException {
        UUID id = id(i, tasks);
        Instant created = at((double) i / tasks);
        Instant started = created.plusMillis(1 + i * 7_919L % 40);
        // most are done within a minute, and one in fifty within a day
        Instant ended = created.plusMillis(50 + random.nextInt(i % 50 == 9 ? 86_400_000 : 60_000));
        int step = i % 100 - 50;
        boolean chained = step >= 0 && step < 5;
        boolean open = chained && i % 4_000 < 100;
        boolean loads = i % 200 == 3;
        String status = open ? (step == 0 ? "RUNNING" : "WAITING") : chained || loads ? "COMPLETED" : status();
        boolean ends = "COMPLETED".equals(status) || "FAILED".equals(status) || "CANCELLED".equals(status);
        boolean running = "RUNNING".equals(status);
        boolean again = "PENDING".equals(status) && random.nextBoolean();
        boolean ran = running || again || (ends && !"CANCELLED".equals(status));
        boolean failed = "FAILED".equals(status) || again;
        int changes = "WAITING".equals(status) ? 1 : running || (ends && !ran) ? 2 : again || ends ? 3 : 1;
        UUID worker = DEAD_WORKER;
        boolean rare = i % (tasks / RARE_TASKS) == 77;
        String tenant = value(rare);
        boolean late = again && random.nextInt(3) > 0;
        task.add(
                id,
                value(rare),
                value(rare),
                random.nextInt(10) == 0 ? 5 : 0,
                status,
                ran ? 1 : 0,
                failed ? 1 : 0,
                again && random.nextInt(20) == 0 ? 1 : 0,
                (long) changes,
                changes,
                (long) i,
                sqlite ? (Object) 0 : (Object) false,
                created,
                ends ? ended : ran ? started : created,
                ran ? started : null,
                ends ? ended : null,
                late ? at(2) : null,
                running ? worker : null,
                random.nextInt(10) == 0 ? null : value(rare),
                rare ? "rare" : i % 20 == 4 && ends ? COMMON : i % 10 == 6 ? "key-" + i : null,
                chained ? workflow(i) : loads ? COMMON_WORKFLOW : null,
                chained ? "step-" + step : loads ? "load" : null,
                rare
                        ? "Zebra " + i
                        : i % 4 == 1 ? "Report " + random.nextInt(tasks) : i % 50 == 2 ? "Invoice " + i : null,
                "{\"to\":\"ada@example.org\",\"subject\":\"Hello\",\"number\":" + i + "}",
                "{\"tenant\":\"" + tenant + "\"}",
                failed ? "HANDLER" : null,
                failed ? "it did not work" : null);
        metadata.add(id, METADATA_KEY, "s:" + tenant, created);
        if (ran) {
            change.add(id, 2, "PENDING", "RUNNING", started, 1, worker, null, null);
        }
        if (again || ends) {
            change.add(
                    id,
                    ran ? 3 : 2,
                    ran ? "RUNNING" : "PENDING",
                    status,
                    ended,
                    1,
                    worker,
                    5_000 + i * 7_919L % 1_000_003,
                    ran ? "completed" : null);
        }
        if (chained && step > 0) {
            dependency.add(id, id(i - 1, tasks), workflow(i), "COMPLETED", step);
        }
    }

    private String status() {
        int dice = random.nextInt(10_000);
        return dice >= 90
                ? "COMPLETED"
                : dice >= 55 ? "FAILED" : dice >= 30 ? "PENDING" : dice >= 5 ? "CANCELLED" : "RUNNING";
    }

    private String value(boolean rare) {
        return rare ? RARE : random.nextBoolean() ? COMMON : "medium" + random.nextInt(MEDIUMS);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Table table(Connection connection, String columns, int width) throws SQLException {
        String values = "?" + ", ?".repeat(width - 1);
        return new Table(connection.prepareStatement(
                "INSERT INTO " + prefix + "taskstore_" + columns + " VALUES (" + values + ")"));
    }

    /** Rows on their way to a table. */
    private final class Table implements AutoCloseable {

        private final PreparedStatement insert;

        Table(PreparedStatement insert) {
            this.insert = insert;
        }

        void add(@Nullable Object... values) throws SQLException {
            for (int i = 0; i < values.length; i++) {
                insert.setObject(i + 1, stored(values[i]));
            }
            insert.addBatch();
        }

        private @Nullable Object stored(@Nullable Object value) {
            if (value instanceof Instant instant) {
                return sqlite ? (Object) SqliteJdbc.micros(instant) : instant.atOffset(ZoneOffset.UTC);
            }
            return sqlite && value instanceof UUID id ? SqliteJdbc.bytes(id) : value;
        }

        void send() throws SQLException {
            insert.executeBatch();
        }

        @Override
        public void close() throws SQLException {
            insert.close();
        }
    }
}
