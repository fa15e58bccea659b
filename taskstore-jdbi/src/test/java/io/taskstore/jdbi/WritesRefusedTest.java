package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.NewWorkflow;
import io.taskstore.Slots;
import io.taskstore.StorageFullException;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStoreException;
import io.taskstore.WorkerId;
import io.taskstore.WorkflowDraft;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settlement;
import io.taskstore.testkit.Fixtures;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Databases that really take no writes for a while, as they are full or read-only: each write says so, has written nothing, and
 * is made when it is repeated after that. More often with {@code -Dtaskstore.baddays=50}.
 */
final class WritesRefusedTest {

    private static final int TIMES = Integer.getInteger("taskstore.baddays", 2);

    /** What a worker and those who submit cannot do without. */
    private static final Set<String> NAMES =
            Set.of("create", "claim", "settle as completed", "settle and claim", "heartbeat");

    private static final int MANY = 500;
    private static final int A_FEW = 5;
    private static final Set<String> TYPES = Set.of("work");

    /** Needs pages of its own. */
    private static final String LONG = "\"" + "x".repeat(100_000) + "\"";

    @TempDir
    Path folder;

    private final AtomicReference<Connection> writing = new AtomicReference<>();
    private final AtomicBoolean readOnly = new AtomicBoolean();

    /** Something that keeps the database from writing. */
    private interface Trouble {
        void isThere(boolean there) throws SQLException;
    }

    @Test
    void aServerWhoseDiskIsFullIsToldAsSuch() throws Exception {
        onPostgres("BEFORE", "", "53100", StorageFullException.class);
    }

    @Test
    void aServerThatFindsItsDiskFullAtTheCommitIsToldAsSuch() throws Exception {
        onPostgres("AFTER", "DEFERRABLE INITIALLY DEFERRED", "53100", StorageFullException.class);
    }

    @Test
    void aServerThatSaysItIsReadOnlyIsToldAsSuch() throws Exception {
        onPostgres("BEFORE", "", "25006", StorageUnavailableException.class);
    }

    /** Has triggers raise the state in the server. */
    private static void onPostgres(String moment, String when, String state, Class<? extends TaskStoreException> told)
            throws Exception {
        try (Server server = new Server()) {
            server.execute("""
                    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN RAISE EXCEPTION USING MESSAGE = ''refused by a test'', ERRCODE = TG_ARGV[0]; END'""");
            List<String> tables = server.tables();
            assertThat(tables).contains("taskstore_task", "taskstore_change", "taskstore_worker");
            String kind = when.isEmpty() ? "TRIGGER" : "CONSTRAINT TRIGGER";
            server.refuse(told, there -> {
                for (String table : tables) {
                    server.execute(
                            there
                                    ? "CREATE %s refuse %s INSERT OR UPDATE OR DELETE ON %s %s FOR EACH ROW EXECUTE FUNCTION refuse('%s')"
                                            .formatted(kind, moment, table, when, state)
                                    : "DROP TRIGGER refuse ON " + table);
                }
            });
        }
    }

    @Test
    void aServerWhoseTransactionsAreReadOnlyIsToldAsSuch() throws Exception {
        try (Server server = new Server()) {
            server.refuse(StorageUnavailableException.class, server.readOnly::set);
        }
    }

    /** A database on the server, and a connection beside it. */
    private static final class Server implements AutoCloseable {
        private final AtomicBoolean readOnly = new AtomicBoolean();
        private final HikariDataSource pool;
        private final TaskDatabase database;
        private final Connection beside;

        Server() throws SQLException {
            String schema = TestPostgres.schema();
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(TestPostgres.url());
            config.setMaximumPoolSize(3);
            config.setMinimumIdle(1);
            pool = new HikariDataSource(config) {
                @Override
                public Connection getConnection() throws SQLException {
                    Connection connection = super.getConnection();
                    SqliteWriter.execute(
                            connection, "SET default_transaction_read_only = " + (readOnly.get() ? "on" : "off"));
                    return connection;
                }
            };
            database = TaskDatabase.builder(pool)
                    .schema(schema)
                    .lease(Databases.LEASE)
                    .open();
            beside = DriverManager.getConnection(TestPostgres.url());
            execute("SET search_path = " + schema);
        }

        void execute(String sql) {
            SqliteWriter.execute(beside, sql);
        }

        List<String> tables() throws SQLException {
            List<String> tables = new ArrayList<>();
            try (Statement statement = beside.createStatement();
                    ResultSet rows = statement.executeQuery(
                            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")) {
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
            }
            return tables;
        }

        void refuse(Class<? extends TaskStoreException> told, Trouble trouble) throws SQLException {
            for (int i = 0; i < TIMES; i++) {
                for (Operation operation : operations()) {
                    Dump.wipe(beside);
                    Runnable call = operation.stage().apply(database);
                    refused(operation.name(), database, call, beside, trouble, told);
                }
            }
        }

        @Override
        public void close() throws SQLException {
            database.close();
            pool.close();
            beside.close();
        }
    }

    private static List<Operation> operations() {
        List<Operation> operations = Operation.WRITING.stream()
                .filter(operation -> NAMES.contains(operation.name()))
                .toList();
        assertThat(operations).hasSameSizeAs(NAMES);
        return operations;
    }

    private static void refused(
            String what,
            TaskDatabase database,
            Runnable call,
            Connection beside,
            Trouble trouble,
            Class<? extends TaskStoreException> told)
            throws SQLException {
        String before = Dump.of(beside);
        trouble.isThere(true);
        assertThatThrownBy(call::run).as(what).isInstanceOf(told);
        assertThatThrownBy(call::run).as(what + " again").isInstanceOf(told);
        assertThat(Dump.of(beside)).as(what).isEqualTo(before);
        assertThat(database.tasks().count(TaskFilter.all(), 1).value()).isLessThanOrEqualTo(1);
        trouble.isThere(false);
        call.run();
        assertThat(Dump.brokenHistories(beside)).isZero();
    }

    @Test
    void aFileOnAFullDiskIsToldAsSuchAndItsWorkersLive() throws Exception {
        try (TaskDatabase database = open();
                Connection beside = beside()) {
            Trouble full =
                    there -> SqliteWriter.execute(writing.get(), "PRAGMA max_page_count = " + (there ? 1 : 1_000_000));
            for (int i = 0; i < TIMES; i++) {
                WorkerId worker = Operation.worker(database);
                Trouble fullForAll = there -> {
                    full.isThere(there);
                    assertThat(database.claims().heartbeat(worker).alive()).isTrue();
                };
                for (Runnable call : growing(database, worker)) {
                    refused("a write that needs room", database, call, beside, fullForAll, StorageFullException.class);
                }
            }
        }
    }

    /** {@return writes that need pages that are not there, each after the one before} */
    private static List<Runnable> growing(TaskDatabase database, WorkerId worker) {
        WorkflowDraft chain = Fixtures.draft(NewWorkflow.of("a chain")
                .task("first", Fixtures.newTask())
                .task("second", Fixtures.newTask())
                .after("first"));
        database.workflows().create(chain);
        ClaimRequest request = ClaimRequest.due(worker, TYPES, Slots.of(MANY));
        Task first = database.claims()
                .claim(request.hinted(Set.of(chain.tasks().get(0).id())))
                .tasks()
                .get(0);
        List<Task> claimed = new ArrayList<>();
        return List.of(
                () -> database.tasks().createAll(Fixtures.drafts(MANY)),
                () -> claimed.addAll(database.claims().claim(request).tasks()),
                () -> assertThat(database.claims().settle(ends(claimed.subList(0, A_FEW))))
                        .noneMatch(one -> one.isLost()),
                () -> assertThat(database.claims()
                                .settleAndClaim(ends(List.of(first)), request)
                                .claimed())
                        .hasSize(1));
    }

    private static List<Settlement> ends(List<Task> tasks) {
        return tasks.stream()
                .map(task -> (Settlement) new Settlement.Completed(Claim.of(task), Optional.empty(), Optional.of(LONG)))
                .toList();
    }

    @Test
    void aFileThatIsReadOnlyIsToldAsSuch() throws Exception {
        try (TaskDatabase database = open();
                Connection beside = beside()) {
            Trouble unwritable = there -> {
                readOnly.set(there);
                // one that cannot write is dropped, and the next finds the same
                if (!writing.get().isClosed()) {
                    SqliteWriter.execute(writing.get(), "PRAGMA query_only = " + (there ? "ON" : "OFF"));
                }
            };
            for (int i = 0; i < TIMES; i++) {
                for (Operation operation : operations()) {
                    Dump.wipe(beside);
                    Runnable call = operation.stage().apply(database);
                    refused(operation.name(), database, call, beside, unwritable, StorageUnavailableException.class);
                }
            }
        }
    }

    private TaskDatabase open() {
        return TaskDatabase.builder(url())
                .durability(Durability.NORMAL)
                .tap(connection -> {
                    writing.set(connection);
                    if (readOnly.get()) {
                        SqliteWriter.execute(connection, "PRAGMA query_only = ON");
                    }
                    return connection;
                })
                .open();
    }

    private Connection beside() throws SQLException {
        Connection beside = DriverManager.getConnection(url());
        SqliteWriter.execute(beside, "PRAGMA synchronous = OFF");
        return beside;
    }

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("tasks.db");
    }
}
