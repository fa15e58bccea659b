package io.taskstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class OwnDataSourceTest {

    private static void check(String url) throws Exception {
        assertThat(Printed.by(OwnDataSource::main, url))
                .containsSubsequence("Hello, Ada!", "The task is COMPLETED.", "the pool still gives connections: true");
    }

    @Test
    void theTaskRunsAndThePoolStaysOpen(@TempDir Path folder) throws Exception {
        check("jdbc:sqlite:" + folder.resolve("tasks.db"));
    }

    @Test
    void onPostgreSqlToo() throws Exception {
        check(TestPostgres.newDatabase());
    }
}
