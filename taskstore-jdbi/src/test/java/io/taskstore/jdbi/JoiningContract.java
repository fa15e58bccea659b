package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.DuplicateTaskException;
import io.taskstore.Joined;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskRepository;
import io.taskstore.TaskService;
import io.taskstore.Workflow;
import io.taskstore.WorkflowFilter;
import io.taskstore.WorkflowService;
import io.taskstore.testkit.Fixtures;
import io.taskstore.testkit.ReferenceQueue;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a host may rely on that joins its transactions, with JDBI or with plain connections. */
abstract class JoiningContract {

    private TaskDatabase database;
    private HikariDataSource pool;
    private Jdbi host;
    private final ReferenceQueue queue = new ReferenceQueue(100);
    private TaskService tasks;

    /** {@return an empty database} */
    abstract TaskDatabase open() throws Exception;

    /** {@return a pool of the host on the same database, not in use yet} */
    abstract HikariDataSource pool();

    @BeforeEach
    final void begin() throws Exception {
        database = open();
        pool = pool();
        host = Jdbi.create(pool);
        host.useHandle(handle -> handle.execute("CREATE TABLE IF NOT EXISTS host_order (id VARCHAR(100) PRIMARY KEY)"));
        host.useHandle(handle -> handle.execute("DELETE FROM host_order"));
        tasks = new TaskService(database.tasks(), queue);
    }

    @AfterEach
    final void end() {
        pool.close();
        database.close();
        queue.close();
    }

    final TaskDatabase database() {
        return database;
    }

    final Jdbi host() {
        return host;
    }

    final HikariDataSource hostPool() {
        return pool;
    }

    final TaskService tasks() {
        return tasks;
    }

    static void order(Handle handle, String id) {
        handle.execute("INSERT INTO host_order (id) VALUES (?)", id);
    }

    final List<String> orders() {
        return host.withHandle(handle -> handle.createQuery("SELECT id FROM host_order ORDER BY id")
                .mapTo(String.class)
                .list());
    }

    private List<UUID> stored() {
        return database.tasks().list(TaskFilter.all(), PageRequest.first(50)).tasks().stream()
                .map(Task::id)
                .toList();
    }

    @Test
    void theTaskAndTheRowOfTheHostAreCommittedTogether() {
        Task task = host.inTransaction(handle -> {
            order(handle, "17");
            return tasks.in(database.joined(handle)).submit(Fixtures.newTask());
        });
        assertThat(stored()).containsExactly(task.id());
        assertThat(orders()).containsExactly("17");
    }

    @Test
    void aRollbackLeavesNeither() {
        host.useHandle(handle -> {
            handle.begin();
            order(handle, "17");
            tasks.in(database.joined(handle)).submit(Fixtures.newTask());
            handle.rollback();
        });
        assertThat(stored()).isEmpty();
        assertThat(orders()).isEmpty();
        assertThat(queue.depth()).isZero();
        tasks.submit(Fixtures.newTask());
        assertThat(stored()).hasSize(1);
    }

    @Test
    void anExceptionOfTheHostLeavesNeither() {
        assertThatThrownBy(() -> host.useTransaction(handle -> {
                    tasks.in(database.joined(handle)).submit(Fixtures.newTask());
                    throw new IllegalArgumentException("not today");
                }))
                .hasMessage("not today");
        assertThat(stored()).isEmpty();
        tasks.submit(Fixtures.newTask());
        assertThat(stored()).hasSize(1);
    }

    @Test
    void aHandleThatIsClosedWithoutCommitLeavesNeither() {
        AtomicReference<Joined> kept = new AtomicReference<>();
        assertThatThrownBy(() -> {
                    try (Handle handle = host.open()) {
                        handle.begin();
                        kept.set(database.joined(handle));
                        tasks.in(kept.get()).submit(Fixtures.newTask());
                    }
                })
                .hasMessageContaining("transaction");
        assertThatThrownBy(() -> kept.get().tasks().find(UUID.randomUUID())).isInstanceOf(IllegalStateException.class);
        assertThat(stored()).isEmpty();
        tasks.submit(Fixtures.newTask());
        assertThat(stored()).hasSize(1);
    }

    @Test
    void workersHearOfTheTaskAfterTheCommitAndNotBefore() {
        host.useTransaction(handle -> {
            tasks.in(database.joined(handle)).submit(Fixtures.newTask());
            tasks.in(database.joined(handle)).submitAll(List.of(Fixtures.newTask(), Fixtures.newTask()));
            assertThat(queue.depth()).isZero();
        });
        assertThat(queue.depth()).isEqualTo(3);
    }

    @Test
    void aWorkflowAndTheRowOfTheHostAreCommittedTogether() {
        WorkflowService workflows = new WorkflowService(database.workflows(), tasks);
        Workflow workflow = host.inTransaction(handle -> {
            order(handle, "17");
            Workflow submitted = workflows.in(database.joined(handle)).submit(workflow());
            assertThat(queue.depth()).isZero();
            return submitted;
        });
        assertThat(workflows.find(workflow.id()).orElseThrow().total()).isEqualTo(2);
        assertThat(orders()).containsExactly("17");
        assertThat(queue.depth()).as("the first of it is hinted").isEqualTo(1);
    }

    @Test
    void aRollbackLeavesNothingOfAWorkflow() {
        WorkflowService workflows = new WorkflowService(database.workflows(), tasks);
        host.useHandle(handle -> {
            handle.begin();
            WorkflowService joined = workflows.in(database.joined(handle));
            Workflow workflow = joined.submit(workflow());
            assertThat(joined.rename(workflow.id(), "another").name()).isEqualTo("another");
            assertThat(joined.find(workflow.id())).isPresent();
            handle.rollback();
        });
        assertThat(workflows.list(WorkflowFilter.all(), null, 10)).isEmpty();
        assertThat(stored()).isEmpty();
        assertThat(queue.depth()).isZero();
    }

    private static NewWorkflow workflow() {
        return NewWorkflow.of("an order")
                .task("pay", Fixtures.newTask())
                .task("ship", Fixtures.newTask())
                .after("pay");
    }

    @Test
    void whoWaitsForNewsHearsAfterTheCommit() {
        Task task = tasks.submit(Fixtures.newTask());
        List<UUID> ended = new ArrayList<>();
        database.tasks().onNews(news -> ended.addAll(news.ended()));
        host.useTransaction(handle -> {
            tasks.in(database.joined(handle)).cancel(task.id(), "never mind");
            assertThat(ended).isEmpty();
        });
        assertThat(ended).containsExactly(task.id());
    }

    @Test
    void whatIsWrittenIsSeenInsideAndNotOutside() throws Exception {
        host.useTransaction(handle -> {
            TaskRepository joined = database.joined(handle).tasks();
            UUID id = joined.create(Fixtures.draft(), null).task().id();
            assertThat(joined.isJoined()).isTrue();
            assertThat(joined.find(id)).isPresent();
            assertThat(joined.history(id)).isPresent();
            assertThat(joined.list(TaskFilter.all(), PageRequest.first(5)).tasks())
                    .hasSize(1);
            assertThat(Threads.together(1, () -> database.tasks().find(id).isPresent()))
                    .containsExactly(false);
        });
    }

    @Test
    void aRefusedCallLeavesTheTransactionUsable() {
        NewTask taken = Fixtures.newTask().uniqueKey("welcome-17");
        tasks.submit(taken);
        host.useTransaction(handle -> {
            order(handle, "17");
            TaskService joined = tasks.in(database.joined(handle));
            assertThatThrownBy(() -> joined.submit(Fixtures.newTask().uniqueKey("welcome-17")))
                    .isInstanceOf(DuplicateTaskException.class);
            assertThatThrownBy(() -> joined.submitAll(
                            List.of(Fixtures.newTask(), Fixtures.newTask().uniqueKey("welcome-17"))))
                    .isInstanceOf(DuplicateTaskException.class);
            order(handle, "18");
            joined.submit(Fixtures.newTask());
        });
        assertThat(orders()).containsExactly("17", "18");
        assertThat(stored()).hasSize(2);
        assertThat(queue.depth()).isEqualTo(2);
    }

    @Test
    void oneTransactionMayBeJoinedTwice() {
        host.useTransaction(handle -> {
            TaskService one = tasks.in(database.joined(handle));
            TaskService other = tasks.in(database.joined(handle));
            one.submit(Fixtures.newTask());
            other.submit(Fixtures.newTask());
            one.submit(Fixtures.newTask());
        });
        assertThat(stored()).hasSize(3);
        tasks.submit(Fixtures.newTask());
    }

    @Test
    void oneHandleMayBeJoinedInOneTransactionAfterTheOther() {
        try (Handle handle = host.open()) {
            for (int i = 0; i < 3; i++) {
                handle.useTransaction(again -> tasks.in(database.joined(again)).submit(Fixtures.newTask()));
                tasks.submit(Fixtures.newTask());
            }
        }
        assertThat(stored()).hasSize(6);
    }

    @Test
    void aHandleInNoTransactionIsRefused() {
        host.useHandle(handle -> assertThatThrownBy(() -> database.joined(handle))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the handle to join is in no transaction: begin one, as by useTransaction"));
        tasks.submit(Fixtures.newTask());
    }

    @Test
    void afterTheEndOfTheTransactionItIsOfNoUse() {
        AtomicReference<Joined> kept = new AtomicReference<>();
        host.useTransaction(handle -> kept.set(database.joined(handle)));
        assertThatThrownBy(() -> kept.get().tasks().create(Fixtures.draft(), null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "create was called after the end of the transaction that it was joined to; join the next one");
        try (Handle handle = host.open()) {
            handle.begin();
            TaskRepository joined = database.joined(handle).tasks();
            handle.rollback();
            assertThatThrownBy(() -> joined.find(UUID.randomUUID())).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aPlainConnectionIsJoinedForTheLengthOfACallback() throws Exception {
        AtomicReference<Joined> kept = new AtomicReference<>();
        UUID id;
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            id = database.joined(connection, joined -> {
                kept.set(joined);
                return tasks.in(joined).submit(Fixtures.newTask()).id();
            });
            assertThat(connection.isClosed()).isFalse();
            connection.createStatement().execute("INSERT INTO host_order (id) VALUES ('17')");
            assertThatThrownBy(() -> kept.get().tasks().find(id)).isInstanceOf(IllegalStateException.class);
            connection.commit();
            connection.setAutoCommit(true);
        }
        assertThat(stored()).containsExactly(id);
        assertThat(orders()).containsExactly("17");
        assertThat(queue.depth()).as("the commit cannot be seen").isZero();
    }

    @Test
    void aRollbackOfAPlainConnectionLeavesNothing() throws Exception {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            database.joined(connection, joined -> tasks.in(joined).submit(Fixtures.newTask()));
            connection.rollback();
            connection.setAutoCommit(true);
        }
        assertThat(stored()).isEmpty();
        tasks.submit(Fixtures.newTask());
    }

    @Test
    void aBodyThatThrowsLeavesTheConnectionToTheHost() throws Exception {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> database.joined(connection, joined -> {
                        throw new IllegalArgumentException("not today");
                    }))
                    .hasMessage("not today");
            connection.createStatement().execute("INSERT INTO host_order (id) VALUES ('17')");
            connection.commit();
            connection.setAutoCommit(true);
        }
        assertThat(orders()).containsExactly("17");
        tasks.submit(Fixtures.newTask());
    }

    @Test
    void aConnectionThatCommitsByItselfIsRefused() throws Exception {
        try (Connection connection = pool.getConnection()) {
            assertThatThrownBy(() -> database.joined(connection, joined -> null))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "the connection to join is in no transaction: call setAutoCommit(false), or begin one with"
                                    + " Spring");
        }
    }
}
