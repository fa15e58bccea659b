package io.taskstore.benchmarks;

import io.taskstore.benchmarks.StorageSpeed.Side;
import io.taskstore.jdbi.TaskDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A new empty database for each measure. */
final class Scratch implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Path folder;
    private final @Nullable String postgres;
    private final @Nullable EmbeddedPostgres server;

    private Scratch(Path folder, @Nullable String postgres, @Nullable EmbeddedPostgres server) {
        this.folder = folder;
        this.postgres = postgres;
        this.server = server;
    }

    static Scratch open(String database) throws Exception {
        Path folder = StorageSpeed.folder();
        if (database.equals("sqlite")) {
            return new Scratch(folder, null, null);
        }
        String given = System.getenv("TASKSTORE_TEST_POSTGRES_URL");
        if (given != null && !given.isBlank()) {
            return new Scratch(folder, given, null);
        }
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("shared_buffers", "512MB")
                .setServerConfig("max_wal_size", "4GB")
                .setServerConfig("max_connections", "200")
                .start();
        return new Scratch(folder, server.getJdbcUrl("postgres", "postgres"), server);
    }

    /** Opens one of the two. */
    interface Opening {
        Side open() throws Exception;
    }

    /** What is measured. */
    interface Measure {
        List<Double> of(Side side) throws Exception;
    }

    List<Double> with(Opening opening, Measure measure) throws Exception {
        try (Side side = opening.open()) {
            return measure.of(side);
        }
    }

    Side library() {
        return new StorageSpeed.Library(migrated());
    }

    Side jdbc() throws Exception {
        try (TaskDatabase database = migrated()) {
            database.health();
        }
        return postgres == null ? new SqliteJdbc(url()) : new PostgresJdbc(postgres, schema());
    }

    private TaskDatabase migrated() {
        NUMBER.incrementAndGet();
        return postgres == null
                ? TaskDatabase.open(url())
                : TaskDatabase.builder(postgres).schema(schema()).poolSize(16).open();
    }

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("speed-" + NUMBER.get() + ".db");
    }

    private static String schema() {
        return "speed_" + ProcessHandle.current().pid() + "_" + NUMBER.get();
    }

    @Override
    public void close() throws Exception {
        if (server != null) {
            server.close();
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
