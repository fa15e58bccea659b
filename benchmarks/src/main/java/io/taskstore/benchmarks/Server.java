package io.taskstore.benchmarks;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL to measure: the one that TASKSTORE_TEST_POSTGRES_URL names, else one that is started here, with fsync on.
 *
 * @param url where it is
 * @param started what was started here
 */
record Server(String url, @Nullable EmbeddedPostgres started) implements AutoCloseable {

    static Server start() throws IOException {
        String given = System.getenv("TASKSTORE_TEST_POSTGRES_URL");
        if (given != null && !given.isBlank()) {
            return new Server(given, null);
        }
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("shared_buffers", "512MB")
                .setServerConfig("max_wal_size", "4GB")
                .setServerConfig("max_connections", "200")
                .start();
        return new Server(server.getJdbcUrl("postgres", "postgres"), server);
    }

    @Override
    public void close() throws IOException {
        if (started != null) {
            started.close();
        }
    }
}
