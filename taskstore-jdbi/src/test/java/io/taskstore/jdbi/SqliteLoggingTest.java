package io.taskstore.jdbi;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class SqliteLoggingTest extends LoggingContract {

    @TempDir
    Path folder;

    @Override
    TaskDatabaseBuilder builder() {
        return TaskDatabase.builder("jdbc:sqlite:" + folder.resolve("tasks.db"));
    }

    @Override
    String heavy() {
        return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) SELECT count(*) FROM n";
    }
}
