package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Door;
import io.taskstore.NewTask;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskQueue;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.inmemory.Worker;
import io.taskstore.jdbi.Durability;
import io.taskstore.jdbi.TaskDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls every public method of the services, the ports, the queues and the builders with hostile arguments, on real databases:
 * each is refused with an exception of ours, or does what it should, and the database works as before. The methods are found by
 * reflection. More with {@code -Dtaskstore.hostile.services=1000000}; a failure names its seed, for {@code -Dtaskstore.seed=1}.
 */
@Timeout(600)
final class HostileCallsTest {

    private static final int CALLS = Integer.getInteger("taskstore.hostile.services", 5_000);
    private static final int CALLS_OF_A_ROUND = 50;
    private static final int LOOKED_AT = 1_000;
    private static final TaskType<String> WORK = TaskType.of("work", String.class);

    /** What is not called here, and why. */
    private static final Map<String, String> LEFT_OUT = Map.of(
            "Storage.close()", "ends what the others need",
            "TaskDatabase.close()", "ends what the others need",
            "TaskDatabase.joined(Handle)", "needs a transaction",
            "TaskDatabase.joined(Connection, Function)", "needs a transaction, and is called with one",
            "TaskDatabase.using(DataSource)", "needs a pool",
            "TaskDatabase.builder(DataSource)", "needs a pool",
            "TaskDatabase.open(String)", "would make files of any name",
            "TaskDatabase.builder(String)", "would make files of any name",
            "WorkerBuilder.start()", "starts threads, and is the start of what is built",
            "Worker.start()", "starts threads");

    /** What is called back, or checks and marks. */
    private static final Set<String> NOT_SERVING = Set.of(
            "Check",
            "DecidingHandler",
            "PayloadCodec",
            "RunScope",
            "TaskHandler",
            "TaskListener",
            "TaskQueue$Reservation",
            "TaskRepository$Subscription",
            "TaskRun");

    private final long seed = Long.getLong("taskstore.seed", new Random().nextLong());

    @TempDir
    private Path folder;

    @Test
    void onAFile() throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("tasks.db");
        try (TaskDatabase database =
                TaskDatabase.builder(url).durability(Durability.NORMAL).open()) {
            hostileCalls(database, url + "?transaction_mode=IMMEDIATE");
            assertThat(ask(url, "PRAGMA integrity_check")).containsExactly("ok");
            assertThat(ask(url, "PRAGMA foreign_key_check")).isEmpty();
        }
    }

    @Test
    void onPostgresql() throws Exception {
        try (Database server = PostgresDatabase.create();
                TaskDatabase database = TaskDatabase.builder(server.url())
                        .schema(server.schema())
                        .open()) {
            hostileCalls(database, server.url() + "&currentSchema=" + server.schema());
        }
    }

    private void hostileCalls(TaskDatabase database, String url) throws Exception {
        Random random = new Random(seed);
        try (TaskQueue queue = database.shared(new InMemoryTaskQueue())) {
            HostileCalls calls = new HostileCalls(
                    database, queue, () -> TaskDatabase.builder("jdbc:sqlite::memory:"), LEFT_OUT, random);
            assertAllAreServed(calls);
            assertThat(calls.nullsThatPass()).as("with seed " + seed).isEmpty();
            for (int done = 0; done < CALLS; done += CALLS_OF_A_ROUND) {
                calls.call(CALLS_OF_A_ROUND);
                try (Connection connection = DriverManager.getConnection(url)) {
                    connection.setAutoCommit(false);
                    database.joined(connection, joined -> {
                        calls.call(joined, queue);
                        return true;
                    });
                    connection.commit();
                }
            }
            calls.failIfAny(seed);
            System.out.printf(
                    "%s: %,d calls, %,d let in, %,d refused, seed %d%n",
                    url, CALLS, calls.passed(), calls.refused(), seed);
            assertThat(calls.closed())
                    .as("what let nothing in, with seed " + seed)
                    .hasSizeLessThan(calls.doors().size() / 10);
        }
        assertWorks(database, url);
    }

    private static void assertAllAreServed(HostileCalls calls) {
        assertThat(Door.publicTypes())
                .filteredOn(type -> !Door.valueTypes().contains(type) && !Throwable.class.isAssignableFrom(type))
                .filteredOn(type -> !NOT_SERVING.contains(type.getName().replaceAll(".*\\.", "")))
                .isSubsetOf(calls.types());
        assertThat(calls.doors()).extracting(Door::toString).doesNotContainAnyElementsOf(LEFT_OUT.keySet());
    }

    private static void assertWorks(TaskDatabase database, String url) throws Exception {
        database.queues().paused().forEach(database.queues()::resume);
        try (InMemoryTaskQueue queue = new InMemoryTaskQueue();
                Worker worker = Worker.builder(database, queue)
                        .handle(WORK, (payload, run) -> {})
                        .start()) {
            TaskService tasks = new TaskService(database.tasks(), queue);
            Task task = tasks.submit(NewTask.of(WORK, "x"));
            assertThat(tasks.await(task.id(), Duration.ofSeconds(60)))
                    .map(Task::status)
                    .contains(TaskStatus.COMPLETED);
            assertThat(worker.health().works()).isTrue();
            for (Task some :
                    tasks.list(TaskFilter.all(), PageRequest.first(LOOKED_AT)).tasks()) {
                assertThat(tasks.history(some.id()).orElseThrow().current()).isEqualTo(some.status());
                assertThat(tasks.explain(some.id())).isNotBlank();
            }
        }
        assertThat(ask(url, """
                SELECT t.id
                  FROM taskstore_task t
                  LEFT JOIN taskstore_history c ON c.task_id = t.id AND c.seq = t.seq
                 WHERE c.to_status IS NULL OR c.to_status <> t.status""")).as("tasks whose history ends otherwise").isEmpty();
        assertThat(
                        ask(
                                url,
                                "SELECT c.task_id FROM taskstore_change c LEFT JOIN taskstore_task t ON t.id = c.task_id WHERE t.id IS NULL"))
                .as("histories without a task")
                .isEmpty();
    }

    private static List<String> ask(String url, String sql) throws SQLException {
        List<String> answers = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                answers.add(rows.getString(1));
            }
        }
        return answers;
    }
}
