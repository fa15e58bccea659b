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

/** Empty databases for tests. */
final class Databases {

    /** Longer than any test, so that a slow machine kills no worker. */
    static final Duration LEASE = Duration.ofMinutes(10);

    private static final String TABLES = "taskstore_task, taskstore_change, taskstore_metadata, taskstore_dependency,"
            + " taskstore_workflow, taskstore_worker, taskstore_paused_queue, taskstore_log, taskstore_metric";

    private Databases() {}

    static TaskDatabase inMemory(InstantSource clock) {
        return TaskDatabase.builder("jdbc:sqlite::memory:")
                .clock(clock)
                .lease(LEASE)
                .open();
    }

    static TaskDatabase file(Path folder, InstantSource clock) {
        try {
            Path file = Files.createTempDirectory(folder, "db").resolve("tasks.db");
            return TaskDatabase.builder("jdbc:sqlite:" + file)
                    .clock(clock)
                    .lease(LEASE)
                    .durability(Durability.NORMAL)
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
        try (Connection connection = DriverManager.getConnection(TestPostgres.url());
                Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = " + schema);
            for (String table : TABLES.split(", ", -1)) {
                statement.execute("DELETE FROM " + table);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static void kill(Storage storage, WorkerId worker) {
        ((TaskDatabase) storage).kill(worker);
    }
}
