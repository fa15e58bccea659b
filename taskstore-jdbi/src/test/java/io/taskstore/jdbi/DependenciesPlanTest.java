package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.NewWorkflow;
import io.taskstore.testkit.Fixtures;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each end of a task in a workflow asks this, also before the server has counted what is in the tables. */
final class DependenciesPlanTest {

    private static final int TASKS = 3_000;

    @Test
    void whatWaitsForATaskIsLookedUpThoughTheServerKnowsNothingOfTheTables() throws SQLException {
        String schema = TestPostgres.schema();
        try (TaskDatabase database =
                TaskDatabase.builder(TestPostgres.url()).schema(schema).open()) {
            database.workflows().create(Fixtures.draft(chain()));
        }
        Dialect dialect = new Dialect.Postgres(schema);
        for (String sql : List.of(Dependencies.WAITING_FOR, PostgresStatements.LET_GO)) {
            assertThat(plan(dialect.render(sql)
                            .replaceAll(":(ended|completed)", "\\$1")
                            .replace(":now", "$2")))
                    .noneMatch(line -> line.matches(".*Seq Scan on taskstore_(task|dependency).*"))
                    .anyMatch(line -> line.contains("taskstore_task_pkey"));
        }
    }

    private static NewWorkflow chain() {
        NewWorkflow chain = NewWorkflow.of("chain").task("0", Fixtures.newTask());
        for (int i = 1; i < TASKS; i++) {
            chain = chain.task(String.valueOf(i), Fixtures.newTask()).after(String.valueOf(i - 1));
        }
        return chain;
    }

    /** {@return the plan of a statement that was asked often, which is the same for whatever is asked} */
    private static List<String> plan(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(TestPostgres.url());
                Statement statement = connection.createStatement()) {
            statement.execute("SET plan_cache_mode = force_generic_plan");
            statement.execute("PREPARE waiting (uuid[], timestamptz) AS " + sql);
            List<String> lines = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery("EXPLAIN EXECUTE waiting (NULL, NULL)")) {
                while (rows.next()) {
                    lines.add(rows.getString(1));
                }
            }
            return lines;
        }
    }
}
