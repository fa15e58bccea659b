package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.NewWorkflow;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.WorkflowDraft;
import io.taskstore.testkit.Fixtures;
import io.taskstore.testkit.ManualClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that wait in a workflow though all they depend on has ended, as after an edit by hand, are found by one of the next sweeps. */
final class LeftOverTest {

    @TempDir
    private static Path folder;

    @Test
    void onSqliteTheyGoOn() {
        onSqlite(LeftOverTest::goOn);
    }

    @Test
    void onPostgresTheyGoOn() {
        onPostgres(LeftOverTest::goOn);
    }

    @Test
    void onSqliteTheyAreCancelled() {
        onSqlite(LeftOverTest::areCancelled);
    }

    @Test
    void onPostgresTheyAreCancelled() {
        onPostgres(LeftOverTest::areCancelled);
    }

    @Test
    void onSqliteTheyAreFoundBehindManyOthersTheNextTime() {
        onSqlite(LeftOverTest::areFoundBehindOthers);
    }

    @Test
    void onPostgresTheyAreFoundBehindManyOthersTheNextTime() {
        onPostgres(LeftOverTest::areFoundBehindOthers);
    }

    private static void areFoundBehindOthers(Scene scene) {
        NewWorkflow others = NewWorkflow.of("open").task("open", Fixtures.newTask());
        for (int i = 0; i < 500; i++) {
            others = others.task("waits-" + i, Fixtures.newTask()).after("open");
        }
        scene.database().workflows().create(Fixtures.draft(others));
        scene.clock().advance(Duration.ofSeconds(1));
        scene.create();
        scene.edit("COMPLETED");
        scene.database().claims().recover();
        assertThat(scene.status("then")).isEqualTo(TaskStatus.WAITING);
        scene.database().claims().recover();
        assertThat(scene.status("then")).isEqualTo(TaskStatus.PENDING);
        scene.database().claims().recover();
        assertThat(scene.status("waits-7")).isEqualTo(TaskStatus.WAITING);
    }

    private static void onSqlite(Consumer<Scene> test) {
        String url = "jdbc:sqlite:" + folder.resolve("left-over-" + System.nanoTime() + ".db");
        ManualClock clock = ManualClock.create();
        try (TaskDatabase database = TaskDatabase.builder(url).clock(clock).open()) {
            test.accept(new Scene(database, clock, url, "taskstore_task"));
        }
    }

    private static void onPostgres(Consumer<Scene> test) {
        String schema = TestPostgres.schema();
        ManualClock clock = ManualClock.create();
        try (TaskDatabase database = Databases.postgres(schema, clock)) {
            test.accept(new Scene(database, clock, TestPostgres.url(), schema + ".taskstore_task"));
        }
    }

    private static void goOn(Scene scene) {
        scene.create();
        scene.edit("COMPLETED");
        scene.database().claims().recover();
        assertThat(scene.status("then")).isEqualTo(TaskStatus.PENDING);
        assertThat(scene.status("clean")).isEqualTo(TaskStatus.WAITING);
    }

    private static void areCancelled(Scene scene) {
        scene.create();
        scene.edit("FAILED");
        scene.database().claims().recover();
        assertThat(scene.status("then")).isEqualTo(TaskStatus.CANCELLED);
        assertThat(scene.status("clean")).isEqualTo(TaskStatus.PENDING);
    }

    /** A database, and another way to its tasks. */
    private record Scene(TaskDatabase database, ManualClock clock, String url, String table) {

        void create() {
            WorkflowDraft draft = Fixtures.draft(NewWorkflow.of("edited by hand")
                    .task("first", Fixtures.newTask())
                    .task("then", Fixtures.newTask())
                    .after("first")
                    .task("clean", Fixtures.newTask())
                    .afterEnded("then"));
            database.workflows().create(draft);
        }

        void edit(String status) {
            try (Connection connection = DriverManager.getConnection(url);
                    Statement statement = connection.createStatement()) {
                statement.execute("UPDATE " + table + " SET status = '" + status + "' WHERE step = 'first'");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        TaskStatus status(String step) {
            Task task = database.tasks()
                    .list(TaskFilter.all().step(step), PageRequest.first(1))
                    .tasks()
                    .get(0);
            return task.status();
        }
    }
}
