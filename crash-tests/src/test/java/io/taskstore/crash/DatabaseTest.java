package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.NewTask;
import io.taskstore.TaskIds;
import io.taskstore.TaskService;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.jdbi.TaskDatabase;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the guards of a database refuse, and what is found to be damaged. */
final class DatabaseTest {

    private static final String RUN =
            "UPDATE taskstore_task SET status = 'RUNNING', attempt = attempt + 1, worker = id";
    private static final String COMPLETE =
            "UPDATE taskstore_task SET status = 'COMPLETED', worker = NULL, completed_at = updated_at, result = '1'";

    @TempDir
    private Path folder;

    /** A database with guards, and a task that is PENDING. */
    private Database guarded(Backend backend) throws Exception {
        Database database = backend.open(folder);
        try (TaskDatabase opened = TaskDatabase.builder(database.url())
                        .schema(database.schema())
                        .open();
                InMemoryTaskQueue queue = new InMemoryTaskQueue()) {
            new TaskService(opened.tasks(), queue, new WorkCodec(), TaskIds.standard())
                    .submit(NewTask.of(Work.TYPE, Work.lasting(0)));
        }
        database.guard();
        return database;
    }

    private static void assertRefused(Database database, String command, String what) {
        assertThatThrownBy(() -> database.execute(command))
                .as(command)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining(Database.REFUSED + ": " + what);
    }

    @ParameterizedTest
    @EnumSource
    void aMoveThatNoTaskMayMakeIsRefused(Backend backend) throws Exception {
        try (Database database = guarded(backend)) {
            assertRefused(database, COMPLETE, "an illegal move");
            assertRefused(database, "UPDATE taskstore_task SET status = 'RUNNING', worker = id", "an illegal move");
            database.execute(RUN);
            assertRefused(database, "UPDATE taskstore_task SET attempt = attempt + 1", "an illegal move");
            assertRefused(database, "UPDATE taskstore_task SET worker = NULL", "an illegal move");
            database.execute(COMPLETE);
            assertRefused(database, "UPDATE taskstore_task SET status = 'PENDING'", "an illegal move");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherOutcomeIsRefused(Backend backend) throws Exception {
        try (Database database = guarded(backend)) {
            database.execute(RUN, COMPLETE);
            for (String change : new String[] {
                "result = '2'",
                "result = NULL",
                "error_kind = 'OTHER'",
                "error_message = 'another'",
                "completed_at = NULL",
                "failures = failures + 1",
                "crashes = crashes + 1"
            }) {
                assertRefused(database, "UPDATE taskstore_task SET " + change, "another outcome");
            }
            database.execute("UPDATE taskstore_task SET title = 'another'");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTaskThatGoesIsRefused(Backend backend) throws Exception {
        try (Database database = guarded(backend)) {
            assertRefused(database, "DELETE FROM taskstore_task", "a task that goes");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherHistoryIsRefused(Backend backend) throws Exception {
        try (Database database = guarded(backend)) {
            String later = backend == Backend.SQLITE ? "created_at + 1" : "created_at + interval '1 second'";
            assertRefused(database, "UPDATE taskstore_task SET created_at = " + later, "another history");
            assertRefused(database, "UPDATE taskstore_task SET note = 'another'", "another history");
            assertRefused(database, change(1, "NULL", "PENDING"), "an illegal change");
            assertRefused(database, change(2, "NULL", "PENDING"), "an illegal change");
            assertRefused(database, change(2, "'PENDING'", "COMPLETED"), "an illegal change");
            assertRefused(database, change(2, "'COMPLETED'", "PENDING"), "an illegal change");
            database.execute(change(2, "'PENDING'", "RUNNING"));
            assertRefused(database, "UPDATE taskstore_change SET attempt = 2", "another history");
            assertRefused(database, "DELETE FROM taskstore_change", "a history that goes");
        }
    }

    private static String change(int seq, String from, String to) {
        return "INSERT INTO taskstore_change (task_id, seq, from_status, to_status, at, attempt) SELECT id, " + seq
                + ", " + from + ", '" + to + "', created_at, 1 FROM taskstore_task";
    }

    @ParameterizedTest
    @EnumSource
    void aDatabaseThatNothingHappenedToHasNoDamages(Backend backend) throws Exception {
        try (Database database = guarded(backend)) {
            assertThat(database.damages()).isEmpty();
        }
    }

    @Test
    void aTaskThatDependsOnOneThatIsNotThereIsFound() throws Exception {
        try (Database database = guarded(Backend.SQLITE)) {
            database.execute("""
                    INSERT INTO taskstore_dependency (task_id, before_id, workflow_id, position, requires)
                    VALUES (randomblob(16), randomblob(16), randomblob(16), 0, 'COMPLETED')""");
            assertThat(database.damages()).containsOnly("taskstore_dependency");
        }
    }

    @Test
    void aBitThatFlippedIsFound() throws Exception {
        try (Database database = guarded(Backend.SQLITE)) {
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
            int size = Integer.parseInt(database.ask("PRAGMA page_size").get(0));
            int page = Integer.parseInt(
                    database.ask("SELECT rootpage FROM sqlite_master WHERE name = 'taskstore_task_created'")
                            .get(0));
            try (RandomAccessFile file =
                    new RandomAccessFile(folder.resolve("tasks.db").toFile(), "rw")) {
                long last = (long) page * size - 1;
                file.seek(last);
                int before = file.read();
                file.seek(last);
                file.write(before ^ 1);
            }
            database.connect();
            assertThat(database.damages()).anyMatch(damage -> damage.contains("taskstore_task_created"));
        }
    }

    /** On a server of its own: others would find it, too. */
    @Test
    void aDeadlockIsCountedAndNotForgottenWhenTheServerCrashes() throws Exception {
        try (PostgresDatabase database = PostgresDatabase.alone()) {
            database.execute("CREATE TABLE public.pair (id integer)", "INSERT INTO public.pair VALUES (1), (2)");
            meet(database);
            Scene.await("the deadlock is counted", () -> !database.damages().isEmpty());
            assertThat(database.damages()).containsExactly("there were 1 deadlocks");
            database.crash();
            assertThat(database.damages()).containsExactly("there were 1 deadlocks");
        }
    }

    /** Two lock what the other has locked. */
    private static void meet(Database database) throws Exception {
        try (Connection one = beginning(database, 1);
                Connection other = beginning(database, 2)) {
            FutureTask<Boolean> first = new FutureTask<>(() -> isVictim(one, 2));
            new Thread(first).start();
            assertThat(isVictim(other, 1)).isNotEqualTo(first.get());
        }
    }

    private static Connection beginning(Database database, int id) throws SQLException {
        Connection connection = DriverManager.getConnection(database.url());
        connection.setAutoCommit(false);
        lock(connection, id);
        return connection;
    }

    private static boolean isVictim(Connection connection, int id) throws SQLException {
        try {
            lock(connection, id);
            return false;
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("40P01");
            return true;
        } finally {
            connection.rollback();
        }
    }

    private static void lock(Connection connection, int id) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT FROM public.pair WHERE id = " + id + " FOR UPDATE");
        }
    }
}
