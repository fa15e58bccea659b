package io.taskstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class CallersTransactionTest {

    private static void check(String url) throws Exception {
        assertThat(Printed.by(CallersTransaction::main, url))
                .contains("rolled back, and so is its task: no chair is left")
                .contains("orders: [lamp confirmed]", "tasks: 1\n");
    }

    @Test
    void orderAndTaskAreStoredTogetherOrNotAtAll(@TempDir Path folder) throws Exception {
        check("jdbc:sqlite:" + folder.resolve("tasks.db"));
    }

    @Test
    void onPostgreSqlToo() throws Exception {
        check(TestPostgres.newDatabase());
    }
}
