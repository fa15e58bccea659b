package io.taskstore.inmemory;

import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.jdbi.TaskDatabaseBuilder;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL for tests: the one that TASKSTORE_TEST_POSTGRES_URL names, else one that is started for this process and
 * ends with it.
 */
final class TestPostgres {

    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static @Nullable String url;

    private TestPostgres() {}

    static synchronized String url() {
        if (url == null) {
            String given = System.getenv("TASKSTORE_TEST_POSTGRES_URL");
            url = given != null && !given.isBlank() ? given : start();
        }
        return url;
    }

    private static String start() {
        try {
            return EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "off")
                    .setServerConfig("max_connections", "200")
                    .start()
                    .getJdbcUrl("postgres", "postgres");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return a builder for a database in a schema that nobody else has} */
    static TaskDatabaseBuilder builder() {
        return TaskDatabase.builder(url()).schema(schema());
    }

    static String schema() {
        return "engine_" + ProcessHandle.current().pid() + "_" + SCHEMAS.incrementAndGet();
    }
}
