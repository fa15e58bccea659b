package io.taskstore.embedded;

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
                    .start()
                    .getJdbcUrl("postgres", "postgres");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the name of a schema that nobody else has} */
    static String schema() {
        return "store_" + ProcessHandle.current().pid() + "_" + SCHEMAS.incrementAndGet();
    }
}
