package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.InvalidInputException;
import io.taskstore.StorageUnavailableException;
import io.taskstore.testkit.Fixtures;
import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.UUID;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Databases of hosts that have a pool of their own. */
final class DataSourceTest {

    @TempDir
    Path folder;

    @Test
    void thePoolOfTheHostIsNotClosedOnPostgresql() throws SQLException {
        try (HikariDataSource pool = pool(TestPostgres.url())) {
            builder(pool).open().close();
            assertUsable(pool);
        }
    }

    @Test
    void thePoolOfTheHostIsNotClosedOnSqlite() throws SQLException {
        try (HikariDataSource pool = pool("jdbc:sqlite:" + folder.resolve("app.db"))) {
            TaskDatabase.using(pool).close();
            assertUsable(pool);
        }
    }

    @Test
    void thePoolOfTheHostIsNotClosedWhenOpeningFails() throws SQLException {
        try (HikariDataSource pool = pool(TestPostgres.url())) {
            assertThatThrownBy(() -> builder(pool).migration(Migration.VALIDATE).open())
                    .hasMessageContaining("older than this library");
            assertUsable(pool);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"app.db", "what?is#this.db", "50%25.db"})
    void onSqliteOnlyThePathIsTaken(String name) throws SQLException {
        Path file = folder.resolve(name);
        UUID id;
        try (HikariDataSource pool = pool(SqliteFile.url(file));
                TaskDatabase database = TaskDatabase.using(pool)) {
            shut(pool);
            id = database.tasks().create(Fixtures.draft(), null).task().id();
            assertThat(database.tasks().find(id)).isPresent();
        }
        assertThat(file).isNotEmptyFile();
        try (TaskDatabase database = TaskDatabase.open(SqliteFile.url(file))) {
            assertThat(database.tasks().find(id)).isPresent();
        }
    }

    @Test
    void aDatabaseInTheMemoryOfTheHostIsRefused() {
        try (HikariDataSource pool = pool("jdbc:sqlite::memory:")) {
            assertThatThrownBy(() -> TaskDatabase.using(pool))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith("dataSource must be that of a SQLite file");
        }
    }

    @Test
    void connectionsThatDoNotCommitByThemselvesWillDo() throws SQLException {
        try (HikariDataSource pool = pool(TestPostgres.url())) {
            pool.setAutoCommit(false);
            String schema = TestPostgres.schema();
            UUID id;
            try (TaskDatabase database =
                    TaskDatabase.builder(pool).schema(schema).open()) {
                id = database.tasks().create(Fixtures.draft(), null).task().id();
                assertThat(database.tasks().find(id)).isPresent();
                database.queues().pause("mail");
            }
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.getAutoCommit()).isFalse();
            }
            try (TaskDatabase database =
                    TaskDatabase.builder(TestPostgres.url()).schema(schema).open()) {
                assertThat(database.tasks().find(id)).isPresent();
                assertThat(database.queues().paused()).containsExactly("mail");
            }
        }
    }

    @Test
    void aPoolThatWasClosedIsUnavailable() {
        try (HikariDataSource pool = pool(TestPostgres.url());
                TaskDatabase database = builder(pool).open()) {
            shut(pool);
            assertThatThrownBy(() -> database.tasks().find(UUID.randomUUID()))
                    .isInstanceOf(StorageUnavailableException.class)
                    .hasMessage("find failed: no connection can be had from the pool; was it closed?");
        }
    }

    @Test
    void anotherDatabaseIsRefused() {
        assertThatThrownBy(() -> TaskDatabase.using(new Other()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("dataSource must be that of SQLite or PostgreSQL, but was \"Some Database\"");
        assertThatThrownBy(() -> TaskDatabase.using(null)).isInstanceOf(InvalidInputException.class);
    }

    private static TaskDatabaseBuilder builder(DataSource pool) {
        return TaskDatabase.builder(pool).schema(TestPostgres.schema());
    }

    private static HikariDataSource pool(String url) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url);
        pool.setMaximumPoolSize(4);
        pool.setMinimumIdle(0);
        return pool;
    }

    private static void assertUsable(HikariDataSource pool) throws SQLException {
        assertThat(pool.isClosed()).isFalse();
        try (Connection connection = pool.getConnection()) {
            assertThat(connection.isValid(1)).isTrue();
        }
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
    }

    /** A data source of a database that nobody knows. */
    private static final class Other implements DataSource {

        @Override
        public Connection getConnection() {
            DatabaseMetaData about = proxy(DatabaseMetaData.class, "Some Database");
            return proxy(Connection.class, about);
        }

        private static <T> T proxy(Class<T> type, Object answer) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(),
                    new Class<?>[] {type},
                    (proxy, method, arguments) -> method.getReturnType().isInstance(answer) ? answer : null));
        }

        @Override
        public Connection getConnection(String username, String password) {
            return getConnection();
        }

        @Override
        public PrintWriter getLogWriter() {
            return null;
        }

        @Override
        public void setLogWriter(PrintWriter out) {}

        @Override
        public void setLoginTimeout(int seconds) {}

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getGlobal();
        }

        @Override
        public <T> T unwrap(Class<T> type) {
            return null;
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }

    /** Closes a pool before the block that would close it. */
    private static void shut(HikariDataSource pool) {
        pool.close();
    }
}
