package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.Task;
import io.taskstore.testkit.Fixtures;
import org.junit.jupiter.api.Test;

final class PostgresJoinedTest extends JoiningContract {

    private static final String SCHEMA = TestPostgres.schema();

    @Override
    TaskDatabase open() {
        TaskDatabase database = TaskDatabase.builder(TestPostgres.url())
                .schema(SCHEMA)
                .poolSize(4)
                .open();
        Databases.empty(SCHEMA);
        return database;
    }

    @Override
    HikariDataSource pool() {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(TestPostgres.url());
        pool.setMaximumPoolSize(4);
        pool.setMinimumIdle(0);
        return pool;
    }

    @Test
    void aPlainSubmitInsideIsCommittedOnItsOwn() {
        host().useTransaction(handle -> {
            order(handle, "17");
            database().joined(handle);
            Task plain = tasks().submit(Fixtures.newTask());
            assertThat(database().tasks().find(plain.id())).isPresent();
            handle.rollback();
        });
        assertThat(orders()).isEmpty();
    }
}
