package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.MetricSample;
import io.taskstore.NewWorkflow;
import io.taskstore.Slots;
import io.taskstore.StorageFailedException;
import io.taskstore.Task;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.testkit.Fixtures;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;
import org.junit.jupiter.api.Test;

/** How the schema of a database comes and goes. */
abstract class MigratingContract {

    /** {@return how to open the database of this test} */
    abstract TaskDatabaseBuilder builder();

    /** {@return a connection to it whose tables are ours} */
    abstract Connection connect() throws SQLException;

    /** {@return the names of all tables beside ours} */
    abstract String tables();

    /** {@return the folder of its scripts} */
    abstract String folder();

    /** {@return the host's own Flyway with its defaults, in the same database} */
    abstract Flyway host();

    private void run(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private List<String> query(String sql) throws SQLException {
        List<String> answer = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                answer.add(row.getString(1));
            }
        }
        return answer;
    }

    @Test
    void theSchemaMayBeUndoneAndAppliedAgain() throws SQLException {
        fill();
        assertThat(query(tables())).contains("taskstore_task", "taskstore_schema_history");
        for (int i = Migrations.SCRIPTS.size() - 1; i >= 0; i--) {
            undo(Migrations.SCRIPTS.get(i));
        }
        assertThat(query(tables())).containsExactly("taskstore_schema_history");
        fill();
    }

    /** As the documentation says it. */
    private void undo(String script) throws SQLException {
        List<String> statements = new ArrayList<>();
        for (String each : Migrations.text(folder(), "U" + script.substring(1)).split(";", -1)) {
            if (!each.isBlank()) {
                statements.add(each);
            }
        }
        statements.add("DELETE FROM taskstore_schema_history WHERE script = '" + script + "'");
        run(statements.toArray(String[]::new));
    }

    /** Stores something of each kind, and reads it. */
    private void fill() {
        try (TaskDatabase database = builder().open()) {
            UUID id = database.tasks()
                    .create(
                            Fixtures.draft(
                                    Fixtures.newTask().metadata("tenant", "ada").uniqueKey("key")),
                            null)
                    .task()
                    .id();
            database.workflows()
                    .create(Fixtures.draft(NewWorkflow.of("two")
                            .task("first", Fixtures.newTask())
                            .task("second", Fixtures.newTask())
                            .after("first")));
            database.queues().pause("mail");
            WorkerId worker =
                    database.claims().register(new WorkerProfile("ada", Set.of(Fixtures.WORK.name()), Set.of()));
            Task held = database.claims()
                    .claim(ClaimRequest.due(worker, Set.of(Fixtures.WORK.name()), Slots.of(1))
                            .hinted(Set.of(id)))
                    .tasks()
                    .get(0);
            database.runLog()
                    .append(List.of(
                            new LogEntry(id, held.attempt(), 1, database.clock().instant(), LogLevel.INFO, "begun")));
            database.metrics()
                    .record(List.of(new MetricSample(
                            "depth", MetricSample.Kind.GAUGE, database.clock().instant(), 1)));
            assertThat(database.tasks().history(id).orElseThrow().changes()).hasSize(2);
            assertThat(database.queues().paused()).containsExactly("mail");
        }
    }

    @Test
    void eachScriptHasItsWayBack() {
        assertThat(Migrations.SCRIPTS).isNotEmpty().allSatisfy(script -> {
            assertThat(script).startsWith("V");
            assertThat(Migrations.text(folder(), script)).isNotBlank();
            assertThat(Migrations.text(folder(), "U" + script.substring(1))).isNotBlank();
        });
    }

    @Test
    void allScriptsAreApplied() throws SQLException {
        builder().open().close();
        assertThat(query("SELECT script FROM taskstore_schema_history WHERE script LIKE 'V%' ORDER BY installed_rank"))
                .isEqualTo(Migrations.SCRIPTS);
    }

    @Test
    void aScriptThatWasChangedAfterwardsIsRefused() throws SQLException {
        builder().open().close();
        run("UPDATE taskstore_schema_history SET checksum = checksum + 1 WHERE script = 'V1__tasks.sql'");
        for (Migration migration : List.of(Migration.APPLY, Migration.VALIDATE)) {
            assertThatThrownBy(() -> builder().migration(migration).open())
                    .isInstanceOf(StorageFailedException.class)
                    .hasMessage(
                            "open failed: the schema does not agree with the migrations of this library; was a script"
                                    + " changed, or another tool used? See the cause")
                    .cause()
                    .hasMessageContaining("checksum");
        }
        builder().migration(Migration.SKIP).open().close();
    }

    @Test
    void aMigrationThatDiedBetweenMakingItsHistoryAndWritingIntoItIsDoneAnew() throws SQLException {
        builder().open().close();
        for (int i = Migrations.SCRIPTS.size() - 1; i >= 0; i--) {
            undo(Migrations.SCRIPTS.get(i));
        }
        run("DELETE FROM taskstore_schema_history", "CREATE TABLE of_the_host (id INTEGER)");
        fill();
        assertThat(query("SELECT script FROM taskstore_schema_history WHERE script LIKE 'V%' ORDER BY installed_rank"))
                .isEqualTo(Migrations.SCRIPTS);
    }

    @Test
    void theMigrationsOfTheHostStandBesideOurs() throws SQLException {
        MigrateResult result = host().migrate();
        assertThat(result.migrations)
                .extracting(each -> each.filepath)
                .singleElement()
                .asString()
                .endsWith("V1__host_orders.sql");
        fill();
        host().validate();
        assertThat(host().migrate().migrationsExecuted).isZero();
        assertThat(query("SELECT script FROM taskstore_schema_history WHERE script LIKE 'V%'"))
                .isEqualTo(Migrations.SCRIPTS);
        assertThat(query("SELECT id FROM host_flyway_order")).isEmpty();
    }

    @Test
    void theMigrationsOfTheHostMayComeAfterOurs() throws SQLException {
        fill();
        assertThat(host().migrate().migrationsExecuted).isEqualTo(1);
        assertThat(query("SELECT id FROM host_flyway_order")).isEmpty();
        builder().migration(Migration.VALIDATE).open().close();
    }
}
