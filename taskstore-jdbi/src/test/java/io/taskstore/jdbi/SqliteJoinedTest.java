package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.PageRequest;
import io.taskstore.StorageBusyException;
import io.taskstore.TaskFilter;
import io.taskstore.testkit.Fixtures;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SqliteJoinedTest extends JoiningContract {

    @TempDir
    Path folder;

    private final ExecutorService others = Executors.newCachedThreadPool();

    @Override
    TaskDatabase open() {
        return builder().open();
    }

    private TaskDatabaseBuilder builder() {
        return TaskDatabase.builder("jdbc:sqlite:" + folder.resolve("app.db")).durability(Durability.NORMAL);
    }

    @Override
    HikariDataSource pool() {
        return pool("?busy_timeout=10000");
    }

    private HikariDataSource pool(String parameters) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl("jdbc:sqlite:" + folder.resolve("app.db") + parameters);
        pool.setMaximumPoolSize(4);
        pool.setMinimumIdle(0);
        return pool;
    }

    @AfterEach
    void stop() {
        others.shutdownNow();
    }

    private Future<UUID> submittedByAnother() throws Exception {
        AtomicBoolean begun = new AtomicBoolean();
        Future<UUID> submitted = others.submit(() -> {
            begun.set(true);
            return tasks().submit(Fixtures.newTask()).id();
        });
        Soon.until("the other thread has begun", begun::get);
        return submitted;
    }

    @Test
    void aPlainSubmitInsideThrowsAtOnce() {
        long start = System.nanoTime();
        host().useTransaction(handle -> {
            database().joined(handle);
            order(handle, "17");
            assertThatThrownBy(() -> tasks().submit(Fixtures.newTask()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("tasks.in(database.joined(handle))");
        });
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        assertThat(orders()).containsExactly("17");
        tasks().submit(Fixtures.newTask());
    }

    @Test
    void aPlainSubmitInsideTheCallbackOfAConnectionThrowsAtOnce() throws Exception {
        try (Connection connection = hostPool().getConnection()) {
            connection.setAutoCommit(false);
            database()
                    .joined(
                            connection,
                            joined -> assertThatThrownBy(() -> tasks().submit(Fixtures.newTask()))
                                    .isInstanceOf(IllegalStateException.class));
            connection.rollback();
            connection.setAutoCommit(true);
        }
        tasks().submit(Fixtures.newTask());
    }

    @Test
    void aPlainReadInsideIsAllowed() {
        host().useTransaction(handle -> {
            UUID id = database()
                    .joined(handle)
                    .tasks()
                    .create(Fixtures.draft(), null)
                    .task()
                    .id();
            assertThat(database().tasks().find(id)).isEmpty();
        });
    }

    @Test
    void writesOfOthersWaitForTheCommit() throws Exception {
        Handle handle = host().open();
        handle.begin();
        UUID joined = database()
                .joined(handle)
                .tasks()
                .create(Fixtures.draft(), null)
                .task()
                .id();
        Future<UUID> other = submittedByAnother();
        Soon.until("the other write waits", () -> transactions().gate().waiting() == 1);
        assertThat(other.isDone()).isFalse();
        handle.commit();
        assertThat(database().tasks().find(other.get(10, TimeUnit.SECONDS))).isPresent();
        assertThat(database().tasks().find(joined)).isPresent();
        handle.close();
    }

    @Test
    void writesOfOthersGoOnAfterARollback() throws Exception {
        Handle handle = host().open();
        handle.begin();
        database().joined(handle).tasks().create(Fixtures.draft(), null);
        Future<UUID> other = submittedByAnother();
        handle.rollback();
        assertThat(database().tasks().find(other.get(10, TimeUnit.SECONDS))).isPresent();
        handle.close();
    }

    @Test
    void writesOfOthersGoOnAfterACloseWithoutCommit() throws Exception {
        Handle handle = host().open();
        handle.begin();
        database().joined(handle).tasks().create(Fixtures.draft(), null);
        Future<UUID> other = submittedByAnother();
        assertThatThrownBy(handle::close).hasMessageContaining("transaction");
        assertThat(database().tasks().find(other.get(10, TimeUnit.SECONDS))).isPresent();
    }

    @Test
    void aTransactionThatTakesTooLongMakesOthersFailAndNothingElse() throws Exception {
        try (TaskDatabase impatient =
                builder().busyTimeout(Duration.ofMillis(200)).open()) {
            Handle handle = host().open();
            handle.begin();
            impatient.joined(handle).tasks().create(Fixtures.draft(), null);
            Future<?> other = others.submit(() -> impatient.tasks().create(Fixtures.draft(), null));
            assertThatThrownBy(() -> other.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(StorageBusyException.class)
                    .hasMessageContaining("kept the database for longer than PT0.2S");
            handle.commit();
            handle.close();
            impatient.tasks().create(Fixtures.draft(), null);
            assertThat(impatient.tasks().count(TaskFilter.all(), 10).value()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"?busy_timeout=10000", "?busy_timeout=10000&transaction_mode=IMMEDIATE"})
    void aHostThatWritesFirstAndThenJoinsGetsItsTurnAmongManyWriters(String parameters) throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        AtomicInteger submitted = new AtomicInteger();
        try (HikariDataSource pool = pool(parameters)) {
            Jdbi jdbi = Jdbi.create(pool);
            Future<?>[] writers = new Future<?>[3];
            for (int i = 0; i < writers.length; i++) {
                writers[i] = others.submit(() -> {
                    while (!enough.get()) {
                        tasks().submit(Fixtures.newTask());
                        submitted.incrementAndGet();
                    }
                });
            }
            Soon.until("all are writing", () -> submitted.get() > 10);
            for (int i = 0; i < 20; i++) {
                String id = "order-" + i;
                jdbi.useTransaction(handle -> {
                    order(handle, id);
                    tasks().in(database().joined(handle)).submit(Fixtures.newTask());
                });
            }
            enough.set(true);
            for (Future<?> each : writers) {
                each.get(10, TimeUnit.SECONDS);
            }
        }
        assertThat(orders()).hasSize(20);
        assertThat(database().tasks().count(TaskFilter.all(), 1_000_000).value())
                .isEqualTo(20 + submitted.get());
    }

    @Test
    void aHostThatReadBeforeOthersWroteIsToldHowToBegin() throws Exception {
        Handle handle = host().open();
        handle.begin();
        handle.createQuery("SELECT count(*) FROM host_order").mapTo(Long.class).one();
        submittedByAnother().get(10, TimeUnit.SECONDS);
        assertThatThrownBy(() -> database().joined(handle).tasks().create(Fixtures.draft(), null))
                .isInstanceOf(StorageBusyException.class)
                .hasMessage(
                        "create failed: the transaction had read before others wrote; begin it with transaction_mode=IMMEDIATE,"
                                + " or write first");
        handle.rollback();
        handle.close();
        tasks().submit(Fixtures.newTask());
    }

    @Test
    void aTransactionOfAnotherFileIsRefused() {
        Jdbi other = Jdbi.create("jdbc:sqlite:" + folder.resolve("other.db"));
        other.useTransaction(handle -> {
            order0(handle);
            assertThatThrownBy(() -> database().joined(handle))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("another database")
                    .hasMessageContaining("other.db");
        });
        Jdbi memory = Jdbi.create("jdbc:sqlite::memory:");
        memory.useTransaction(handle -> assertThatThrownBy(() -> database().joined(handle))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another database"));
        tasks().submit(Fixtures.newTask());
        assertThat(database()
                        .tasks()
                        .list(TaskFilter.all(), PageRequest.first(5))
                        .tasks())
                .hasSize(1);
    }

    private static void order0(Handle handle) {
        handle.execute("CREATE TABLE IF NOT EXISTS x (y)");
    }

    private SqliteTransactions transactions() {
        return (SqliteTransactions) database().transactions();
    }
}
