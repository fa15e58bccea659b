package io.taskstore.jdbi;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;

final class SqliteSpringTest extends SpringContract {

    @TempDir
    Path folder;

    @Override
    HikariDataSource pool() {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl("jdbc:sqlite:" + folder.resolve("app.db") + "?busy_timeout=10000");
        pool.setMaximumPoolSize(3);
        return pool;
    }

    @Override
    TaskDatabaseBuilder builder(DataSource pool) {
        return TaskDatabase.builder(pool).durability(Durability.NORMAL);
    }
}
