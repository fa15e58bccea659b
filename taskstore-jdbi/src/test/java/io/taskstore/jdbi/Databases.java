package io.taskstore.jdbi;

import io.taskstore.WorkerId;
import io.taskstore.spi.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Empty databases for tests. */
final class Databases {

    /** Longer than any test, so that a slow machine kills no worker. */
    static final Duration LEASE = Duration.ofMinutes(10);

    private static final List<String> TABLES = List.of(
            "taskstore_task",
            "taskstore_change",
            "taskstore_metadata",
            "taskstore_dependency",
            "taskstore_workflow",
            "taskstore_worker",
            "taskstore_paused_queue",
            "taskstore_duty",
            "taskstore_log",
            "taskstore_metric");

    private Databases() {}

    static TaskDatabase inMemory(InstantSource clock) {
        return TaskDatabase.builder("jdbc:sqlite::memory:")
                .clock(clock)
                .lease(LEASE)
                .open();
    }

    static TaskDatabase file(Path folder, InstantSource clock) {
        try {
            Path migrated = folder.resolve("migrated.db");
            if (!Files.exists(migrated)) {
                TaskDatabase.open("jdbc:sqlite:" + migrated).close();
            }
            // a migration takes longer than most tests
            Path file = Files.createTempDirectory(folder, "db").resolve("tasks.db");
            Files.copy(migrated, file);
            return TaskDatabase.builder("jdbc:sqlite:" + file)
                    .clock(clock)
                    .lease(LEASE)
                    .durability(Durability.NORMAL)
                    .migration(Migration.SKIP)
                    .open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static TaskDatabase postgres(String schema, InstantSource clock) {
        return TaskDatabase.builder(TestPostgres.url())
                .schema(schema)
                .clock(clock)
                .lease(LEASE)
                .poolSize(20)
                .open();
    }

    static void empty(String schema) {
        try (Connection connection = DriverManager.getConnection(TestPostgres.url())) {
            empty(connection, schema);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static void empty(TaskDatabase database) {
        database.transactions().write(Call.of("empty"), session -> {
            TABLES.forEach(table -> session.update("DELETE FROM " + table).execute());
            return true;
        });
    }

    static void empty(DataSource pool, String schema) {
        try (Connection connection = pool.getConnection()) {
            empty(connection, schema);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void empty(Connection connection, String schema) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(TABLES.stream()
                    .map(table -> "DELETE FROM " + schema + "." + table)
                    .collect(Collectors.joining("; ")));
        }
    }

    static void kill(Storage storage, WorkerId worker) {
        ((TaskDatabase) storage).kill(worker);
    }
}
