package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.ClaimLostException;
import io.taskstore.InvalidInputException;
import io.taskstore.LogLevel;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.PageRequest;
import io.taskstore.Slots;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskRun;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settlement;
import io.taskstore.testkit.Fixtures;
import io.taskstore.testkit.ReferenceQueue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a handler may rely on that completes its task together with rows of its own. */
abstract class CompletingContract {

    private static final String TYPE = Fixtures.WORK.name();

    private TaskDatabase database;
    private WorkerId worker;
    private TaskRun run;

    /** {@return an empty database} */
    abstract TaskDatabase open() throws Exception;

    @BeforeEach
    final void begin() throws Exception {
        database = open();
        worker = database.claims().register(new WorkerProfile("ada", Set.of(TYPE), Set.of()));
        run = claimed(Fixtures.newTask());
        transaction(handle -> {
            handle.execute("CREATE TABLE IF NOT EXISTS host_row (id VARCHAR(100) PRIMARY KEY)");
            handle.execute("DELETE FROM host_row");
        });
    }

    @AfterEach
    final void end() {
        database.close();
    }

    final TaskDatabase database() {
        return database;
    }

    final TaskRun run() {
        return run;
    }

    private void transaction(Consumer<Handle> body) {
        database.transactions().write(Call.of("test"), session -> {
            body.accept(session.handle());
            return true;
        });
    }

    private TaskRun claimed(NewTask task) {
        UUID id = database.tasks().create(Fixtures.draft(task), null).task().id();
        return claimed(id);
    }

    private TaskRun claimed(UUID id) {
        ClaimRequest request = ClaimRequest.due(worker, Set.of(TYPE), Slots.of(1))
                .hinted(Set.of(id))
                .withSuspect();
        return new GivenRun(database.claims().claim(request).tasks().get(0));
    }

    static void row(Handle handle, String id) {
        handle.execute("INSERT INTO host_row (id) VALUES (?)", id);
    }

    private List<String> rows() {
        return database.transactions()
                .read(
                        Call.of("test"),
                        session -> session.query("SELECT id FROM host_row ORDER BY id")
                                .mapTo(String.class)
                                .list());
    }

    private Task now() {
        return database.tasks().find(run.task().id()).orElseThrow();
    }

    @Test
    final void aTaskThatIsNotRunningCannotBeSettledWhateverElseItsRowSays() {
        Claim claim = Claim.of(run.task());
        transaction(
                handle -> handle.execute("UPDATE taskstore_task SET status = 'PENDING' WHERE id = ?", claim.taskId()));
        Settlement completed = new Settlement.Completed(claim, Optional.empty(), Optional.empty());
        assertThat(database.claims().settle(List.of(completed)).get(0).isLost()).isTrue();
        assertThat(now().status()).isEqualTo(TaskStatus.PENDING);
        transaction(
                handle -> handle.execute("UPDATE taskstore_task SET status = 'RUNNING' WHERE id = ?", claim.taskId()));
    }

    @Test
    void rowsAndCompletionAreCommittedTogether() {
        database.complete(run, "{\"sum\": 3}", handle -> row(handle, "1"));
        assertThat(rows()).containsExactly("1");
        assertThat(now().status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(now().result()).contains("{\"sum\": 3}");
        assertThat(database.tasks().history(now().id()).orElseThrow().changes()).hasSize(3);
    }

    @Test
    void aCallbackThatThrowsRollsBothBack() {
        assertThatThrownBy(() -> database.complete(run, handle -> {
                    row(handle, "1");
                    throw new IOException("no paper");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("no paper");
        assertStillRunning();
        database.complete(run, handle -> row(handle, "2"));
        assertThat(rows()).containsExactly("2");
    }

    @Test
    void anErrorInTheCallbackRollsBothBack() {
        assertThatThrownBy(() -> database.complete(run, handle -> {
                    row(handle, "1");
                    throw new AssertionError("broken");
                }))
                .hasMessage("broken");
        assertStillRunning();
    }

    private void assertStillRunning() {
        assertThat(rows()).isEmpty();
        assertThat(now().status()).isEqualTo(TaskStatus.RUNNING);
        assertThat(now().worker()).contains(worker);
        assertThat(now().attempt()).isEqualTo(run.task().attempt());
    }

    @Test
    void aLostClaimIsToldBeforeAnythingIsWritten() {
        database.kill(worker);
        database.claims().recover();
        AtomicBoolean called = new AtomicBoolean();
        assertThatThrownBy(() -> database.complete(run, handle -> called.set(true)))
                .isInstanceOf(ClaimLostException.class);
        assertThat(called).isFalse();
        assertThat(now().status()).isEqualTo(TaskStatus.PENDING);
        assertThat(now().result()).isEmpty();
    }

    @Test
    void aClaimThatWasTakenOverIsLost() {
        database.kill(worker);
        database.claims().recover();
        worker = database.claims().register(new WorkerProfile("bob", Set.of(TYPE), Set.of()));
        TaskRun second = claimed(run.task().id());
        assertThatThrownBy(() -> database.complete(run, handle -> row(handle, "zombie")))
                .isInstanceOf(ClaimLostException.class);
        assertThat(rows()).isEmpty();
        database.complete(second, handle -> row(handle, "heir"));
        assertThat(rows()).containsExactly("heir");
    }

    @Test
    void aTaskIsCompletedOnce() {
        database.complete(run, handle -> row(handle, "1"));
        assertThatThrownBy(() -> database.complete(run, handle -> row(handle, "2")))
                .isInstanceOf(ClaimLostException.class);
        assertThat(rows()).containsExactly("1");
    }

    @Test
    void whatTheWorkerRecordsAfterwardsIsARepetition() {
        database.complete(run, "1", handle -> {});
        Claim claim = Claim.of(run.task());
        assertThat(database.claims()
                        .settle(List.of(new Settlement.Completed(claim, Optional.empty(), Optional.of("2")))))
                .singleElement()
                .satisfies(settled -> assertThat(settled.status()).contains(TaskStatus.COMPLETED));
        assertThat(now().result()).contains("1");
        assertThat(database.tasks().history(now().id()).orElseThrow().changes()).hasSize(3);
    }

    @Test
    void aResultThatIsNoJsonIsRefused() {
        assertThatThrownBy(() -> database.complete(run, "{", handle -> row(handle, "1")))
                .isInstanceOf(InvalidInputException.class);
        assertStillRunning();
    }

    @Test
    void theWorkflowGoesOn() {
        var flow = database.workflows()
                .create(Fixtures.draft(NewWorkflow.of("two")
                        .task("first", Fixtures.newTask())
                        .task("second", Fixtures.newTask())
                        .after("first")));
        List<UUID> pending = new ArrayList<>();
        UUID first = stepOf(flow.id(), "first");
        database.tasks().onNews(news -> news.claimable().forEach(hint -> pending.add(hint.id())));
        database.complete(claimed(first), handle -> assertThat(pending).isEmpty());
        UUID second = stepOf(flow.id(), "second");
        assertThat(pending).containsExactly(second);
        assertThat(database.tasks().find(second).orElseThrow().status()).isEqualTo(TaskStatus.PENDING);
    }

    private UUID stepOf(UUID flow, String step) {
        return database.tasks().list(TaskFilter.all().workflow(flow), PageRequest.first(10)).tasks().stream()
                .filter(task -> task.step().orElseThrow().equals(step))
                .findFirst()
                .orElseThrow()
                .id();
    }

    @Test
    void whoWaitsForTheTaskHearsAfterTheCommit() {
        List<UUID> ended = new ArrayList<>();
        database.tasks().onNews(news -> ended.addAll(news.ended()));
        database.complete(run, handle -> assertThat(ended).isEmpty());
        assertThat(ended).containsExactly(run.task().id());
    }

    @Test
    void theNextTaskMayBeSubmittedInTheSameTransaction() {
        try (ReferenceQueue queue = new ReferenceQueue(10)) {
            TaskService tasks = new TaskService(database.tasks(), queue);
            List<UUID> next = new ArrayList<>();
            database.complete(run, handle -> {
                row(handle, "1");
                next.add(tasks.in(database.joined(handle))
                        .submit(Fixtures.newTask())
                        .id());
                assertThat(queue.depth()).isZero();
            });
            assertThat(database.tasks().find(next)).hasSize(1);
            assertThat(queue.depth()).isEqualTo(1);
            tasks.submit(Fixtures.newTask());
        }
    }

    @Test
    void theNextTaskIsRolledBackWithTheRest() {
        List<UUID> next = new ArrayList<>();
        List<String> heard = new ArrayList<>();
        assertThatThrownBy(() -> database.complete(run, handle -> {
                    handle.afterCommit(() -> heard.add("commit"));
                    handle.afterRollback(() -> heard.add("rollback"));
                    next.add(database.joined(handle)
                            .tasks()
                            .create(Fixtures.draft(), null)
                            .task()
                            .id());
                    throw new IllegalArgumentException("not today");
                }))
                .hasMessage("not today");
        assertThat(database.tasks().find(next)).isEmpty();
        assertThat(heard).containsExactly("rollback");
        assertStillRunning();
    }

    @Test
    void theCallbackCannotEndTheTransaction() {
        database.complete(run, handle -> {
            assertThat(handle.isInTransaction()).isTrue();
            assertThatThrownBy(handle::begin).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(handle::commit).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(handle::rollback).isInstanceOf(IllegalStateException.class);
            handle.useTransaction(inner -> row(inner, "1"));
            handle.savepoint("before");
            row(handle, "2");
            handle.rollbackToSavepoint("before");
            handle.releaseSavepoint("before");
        });
        assertThat(rows()).containsExactly("1");
        assertThat(now().status()).isEqualTo(TaskStatus.COMPLETED);
    }

    @Test
    void aRunThatNobodyHoldsIsRefused() {
        Task free = database.tasks().create(Fixtures.draft(), null).task();
        assertThatThrownBy(() -> database.complete(new GivenRun(free), handle -> row(handle, "1")))
                .isInstanceOf(InvalidInputException.class);
        assertThat(rows()).isEmpty();
    }

    /** A run of which nothing but the task is asked. */
    private record GivenRun(Task task) implements TaskRun {

        @Override
        public boolean shouldStop() {
            return false;
        }

        @Override
        public void progress(int percent, String text) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void log(LogLevel level, String message) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Task taskOf(String step) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <R> R resultOf(String step, Class<R> type) {
            throw new UnsupportedOperationException();
        }
    }
}
