package io.taskstore.benchmarks;

import io.taskstore.benchmarks.StorageSpeed.Side;
import io.taskstore.jdbi.TaskDatabase;
import java.io.IOException;
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
    private final @Nullable Server server;

    private Scratch(Path folder, @Nullable Server server) {
        this.folder = folder;
        this.server = server;
    }

    static Scratch open(String database) throws Exception {
        return new Scratch(StorageSpeed.folder(), database.equals("sqlite") ? null : Server.start());
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
        return server == null ? new SqliteJdbc(url()) : new PostgresJdbc(server.url(), schema());
    }

    TaskDatabase migrated() {
        NUMBER.incrementAndGet();
        return server == null
                ? TaskDatabase.open(url())
                : TaskDatabase.builder(server.url())
                        .schema(schema())
                        .poolSize(16)
                        .open();
    }

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("speed-" + NUMBER.get() + ".db");
    }

    private static String schema() {
        return "speed_" + ProcessHandle.current().pid() + "_" + NUMBER.get();
    }

    @Override
    public void close() throws IOException {
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
