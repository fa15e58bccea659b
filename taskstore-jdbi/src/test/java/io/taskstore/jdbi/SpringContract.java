package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.TaskService;
import io.taskstore.testkit.Fixtures;
import io.taskstore.testkit.ReferenceQueue;
import java.util.UUID;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionTemplate;

/** What a host may rely on whose transactions are Spring's. */
abstract class SpringContract {

    private HikariDataSource pool;
    private TaskDatabase database;
    private TransactionTemplate transactions;
    private JdbcTemplate jdbc;
    private final ReferenceQueue queue = new ReferenceQueue(100);
    private TaskService tasks;

    abstract HikariDataSource pool();

    abstract TaskDatabaseBuilder builder(DataSource pool);

    @BeforeEach
    final void begin() {
        pool = pool();
        database = builder(pool).open();
        transactions = new TransactionTemplate(new DataSourceTransactionManager(pool));
        jdbc = new JdbcTemplate(pool);
        jdbc.execute("CREATE TABLE IF NOT EXISTS spring_order (id VARCHAR(100) PRIMARY KEY)");
        jdbc.execute("DELETE FROM spring_order");
        tasks = new TaskService(database.tasks(), queue);
    }

    @AfterEach
    final void end() {
        database.close();
        pool.close();
        queue.close();
    }

    final TaskDatabase database() {
        return database;
    }

    final HikariDataSource hostPool() {
        return pool;
    }

    final TransactionTemplate transactions() {
        return transactions;
    }

    private UUID orderAndSubmit() {
        jdbc.update("INSERT INTO spring_order (id) VALUES (?)", "17");
        return database.joined(
                DataSourceUtils.getConnection(pool),
                joined -> tasks.in(joined).submit(Fixtures.newTask()).id());
    }

    private int orders() {
        return jdbc.queryForObject("SELECT count(*) FROM spring_order", Integer.class);
    }

    @Test
    void theTaskAndTheRowAreCommittedTogether() {
        UUID id = transactions.execute(status -> orderAndSubmit());
        assertThat(database.tasks().find(id)).isPresent();
        assertThat(orders()).isEqualTo(1);
        tasks.submit(Fixtures.newTask());
    }

    @Test
    void aRollbackLeavesNeither() {
        UUID id = transactions.execute(status -> {
            status.setRollbackOnly();
            return orderAndSubmit();
        });
        assertThat(database.tasks().find(id)).isEmpty();
        assertThat(orders()).isZero();
        tasks.submit(Fixtures.newTask());
    }

    @Test
    void anExceptionLeavesNeither() {
        UUID[] id = new UUID[1];
        assertThatThrownBy(() -> transactions.executeWithoutResult(status -> {
                    id[0] = orderAndSubmit();
                    throw new IllegalArgumentException("not today");
                }))
                .hasMessage("not today");
        assertThat(database.tasks().find(id[0])).isEmpty();
        assertThat(orders()).isZero();
    }

    @Test
    void aHandleOfAProxyThatIsAwareOfTransactionsMayBeJoined() {
        Jdbi jdbi = Jdbi.create(new TransactionAwareDataSourceProxy(pool));
        UUID id = transactions.execute(status -> jdbi.withHandle(handle -> {
            handle.execute("INSERT INTO spring_order (id) VALUES ('18')");
            return database.joined(handle)
                    .tasks()
                    .create(Fixtures.draft(), null)
                    .task()
                    .id();
        }));
        assertThat(database.tasks().find(id)).isPresent();
        assertThat(orders()).isEqualTo(1);
        UUID gone = transactions.execute(status -> {
            status.setRollbackOnly();
            return jdbi.withHandle(handle -> database.joined(handle)
                    .tasks()
                    .create(Fixtures.draft(), null)
                    .task()
                    .id());
        });
        assertThat(database.tasks().find(gone)).isEmpty();
        tasks.submit(Fixtures.newTask());
    }

    @Test
    void outsideATransactionAConnectionIsRefused() {
        var connection = DataSourceUtils.getConnection(pool);
        try {
            assertThatThrownBy(() -> database.joined(connection, joined -> null))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("begin one with Spring");
        } finally {
            DataSourceUtils.releaseConnection(connection, pool);
        }
    }
}
