package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteMigratingTest extends MigratingContract {

    @TempDir
    Path folder;

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("app.db");
    }

    @Override
    TaskDatabaseBuilder builder() {
        return TaskDatabase.builder(url());
    }

    @Override
    Connection connect() throws SQLException {
        return DriverManager.getConnection(url());
    }

    @Override
    String tables() {
        return "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
    }

    @Override
    String folder() {
        return "sqlite";
    }

    /** In SQLite both are in one schema, which is not empty for whoever comes second. */
    @Override
    Flyway host() {
        return Flyway.configure()
                .dataSource(url(), null, null)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load();
    }

    @Test
    void whereNothingIsToBeMigratedNoLockIsAskedFor() throws Exception {
        builder().open().close();
        try (Connection writing = connect();
                Statement statement = writing.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            Migrations.sqlite(url(), Map.of("transaction_mode", "IMMEDIATE", "busy_timeout", "1"))
                    .run(Migration.APPLY);
        }
    }

    @Test
    void whoWaitsInVainForTheLockFindsWhatOthersHaveMigratedMeanwhile() throws Exception {
        String model = "jdbc:sqlite:" + folder.resolve("model.db");
        TaskDatabase.builder(model).open().close();
        Migrations late = Migrations.sqlite(url(), Map.of("transaction_mode", "IMMEDIATE", "busy_timeout", "1000"));
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (Connection from = DriverManager.getConnection(model);
                Connection others = connect();
                Statement statement = others.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("BEGIN IMMEDIATE");
            Future<?> migrated = threads.submit(() -> late.run(Migration.APPLY));
            assertThatThrownBy(() -> migrated.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            for (String script : Migrations.SCRIPTS) {
                statement.executeUpdate(Migrations.text("sqlite", script));
            }
            copyHistory(from, statement);
            statement.execute("COMMIT");
            statement.execute("BEGIN IMMEDIATE");
            migrated.get(20, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void copyHistory(Connection from, Statement to) throws SQLException {
        try (Statement statement = from.createStatement()) {
            try (ResultSet table =
                    statement.executeQuery("SELECT sql FROM sqlite_master WHERE name = '" + Migrations.HISTORY + "'")) {
                to.execute(table.getString(1));
            }
            try (ResultSet row = statement.executeQuery("SELECT * FROM " + Migrations.HISTORY)) {
                int columns = row.getMetaData().getColumnCount();
                while (row.next()) {
                    List<String> values = new ArrayList<>();
                    for (int i = 1; i <= columns; i++) {
                        String value = row.getString(i);
                        values.add(value == null ? "NULL" : "'" + value + "'");
                    }
                    to.execute("INSERT INTO " + Migrations.HISTORY + " VALUES (" + String.join(", ", values) + ")");
                }
            }
        }
    }
}
