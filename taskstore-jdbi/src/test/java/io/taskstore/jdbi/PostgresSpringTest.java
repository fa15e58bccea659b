package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.StorageFailedException;
import io.taskstore.testkit.Fixtures;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

final class PostgresSpringTest extends SpringContract {

    private static final String SCHEMA = TestPostgres.schema();

    @Override
    HikariDataSource pool() {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(TestPostgres.url());
        pool.setMaximumPoolSize(4);
        return pool;
    }

    @Override
    TaskDatabaseBuilder builder(DataSource pool) {
        return TaskDatabase.builder(pool).schema(SCHEMA);
    }

    @Test
    void aProxyThatIsAwareOfTransactionsIsNoPoolAndItsTransactionIsNotCommitted() {
        try (TaskDatabase proxied =
                builder(new TransactionAwareDataSourceProxy(hostPool())).open()) {
            proxied.tasks().create(Fixtures.draft(), null);
            transactions().executeWithoutResult(status -> {
                status.setRollbackOnly();
                new JdbcTemplate(hostPool()).update("INSERT INTO spring_order (id) VALUES ('17')");
                assertThatThrownBy(() -> proxied.tasks().create(Fixtures.draft(), null))
                        .isInstanceOf(StorageFailedException.class)
                        .hasMessageContaining("open the database with the pool itself");
            });
        }
        assertThat(new JdbcTemplate(hostPool()).queryForList("SELECT id FROM spring_order"))
                .isEmpty();
    }
}
