package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.Slots;
import io.taskstore.TaskError;
import io.taskstore.TaskIds;
import io.taskstore.TaskService;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.WorkflowService;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settlement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * On PostgreSQL, whoever ends a task locks what waits for it in the order of the ids, so that two who end what the same tasks wait
 * for are never in a deadlock. Another transaction has locked the second of three, and sees which of the others is locked by then.
 */
final class LockOrderTest {

    /** Tables are read from their beginnings: an index of the ids would have their order. */
    private static final String OPTIONS =
            "options=-c%20enable_indexscan=off%20-c%20enable_bitmapscan=off%20-c%20lock_timeout=20s";

    private final Supplier<UUID> ids = TaskIds.standard();
    private final List<UUID> waiting = Stream.generate(ids).limit(3).toList();

    @Test
    void whatWaitsForATaskThatCompletesIsLockedInTheOrderOfTheIds() throws Exception {
        assertLockedInOrder(claim -> new Settlement.Completed(claim, Optional.empty(), Optional.of("1")));
    }

    @Test
    void whatWaitsForATaskThatFailsIsLockedInTheOrderOfTheIds() throws Exception {
        TaskError error = new TaskError("REFUSED", "as it was told to");
        assertLockedInOrder(claim -> new Settlement.Failed(claim, Optional.empty(), error));
    }

    private void assertLockedInOrder(Function<Claim, Settlement> end) throws Exception {
        try (PostgresDatabase other = PostgresDatabase.create()) {
            String url = other.url() + (other.url().contains("?") ? "&" : "?") + OPTIONS;
            try (TaskDatabase database =
                            TaskDatabase.builder(url).schema(other.schema()).open();
                    InMemoryTaskQueue queue = new InMemoryTaskQueue()) {
                TaskService tasks = new TaskService(database.tasks(), queue, new WorkCodec(), ids);
                new WorkflowService(database.workflows(), tasks).submit(workflow());
                Claim claim = claim(database);
                // the last is the first in the table now
                other.execute(moved(1), moved(0), "BEGIN", "SELECT FROM taskstore_task WHERE " + is(1) + " FOR UPDATE");
                FutureTask<Boolean> settled = new FutureTask<>(() -> database.claims()
                        .settle(List.of(end.apply(claim)))
                        .get(0)
                        .isLost());
                new Thread(settled).start();
                Scene.await("it waits for the second", () -> isAwaited(other));
                assertThat(unlocked(other)).containsExactly(waiting.get(1), waiting.get(2));
                other.execute("ROLLBACK");
                assertThat(settled.get(20, TimeUnit.SECONDS)).isFalse();
            }
        }
    }

    private NewWorkflow workflow() {
        NewWorkflow workflow = NewWorkflow.of("fan").id(ids.get()).task("first", task().id(ids.get()));
        for (UUID id : waiting) {
            workflow = workflow.task("waiting-" + id, task().id(id)).after("first");
        }
        return workflow;
    }

    private static NewTask task() {
        return NewTask.of(Work.TYPE, Work.lasting(0));
    }

    private static Claim claim(TaskDatabase database) {
        WorkerId worker = database.claims().register(new WorkerProfile("a worker", Set.of(Work.TYPE.name()), Set.of()));
        return Claim.of(database.claims()
                .claim(ClaimRequest.due(worker, Set.of(Work.TYPE.name()), Slots.of(1)))
                .tasks()
                .get(0));
    }

    private String is(int number) {
        return "id = '" + waiting.get(number) + "'";
    }

    private String moved(int number) {
        return "UPDATE taskstore_task SET title = 'moved' WHERE " + is(number);
    }

    private static boolean isAwaited(Database other) throws Exception {
        return !other.ask(
                        "SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))")
                .isEmpty();
    }

    /** {@return those that wait and that the other transaction could lock, its own among them} */
    private static List<UUID> unlocked(Database other) throws Exception {
        return other
                .ask("SELECT id FROM taskstore_task WHERE status = 'WAITING' ORDER BY id FOR UPDATE SKIP LOCKED")
                .stream()
                .map(UUID::fromString)
                .toList();
    }
}
