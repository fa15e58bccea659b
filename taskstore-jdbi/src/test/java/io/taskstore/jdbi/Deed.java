package io.taskstore.jdbi;

import io.taskstore.IllegalTransitionException;
import io.taskstore.NewWorkflow;
import io.taskstore.Slots;
import io.taskstore.StaleTaskException;
import io.taskstore.Task;
import io.taskstore.TaskEdit;
import io.taskstore.TaskError;
import io.taskstore.TaskFilter;
import io.taskstore.TaskNotFoundException;
import io.taskstore.WorkerId;
import io.taskstore.WorkflowDraft;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settlement;
import io.taskstore.testkit.Fixtures;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * What a session does to a task that others are at, too.
 *
 * @param name what it is
 * @param deed does it
 */
record Deed(String name, BiConsumer<TaskDatabase, Scene> deed) {

    private static final Set<String> TYPES = Set.of("work");
    private static final Duration LATER = Duration.ofDays(1);

    /** What is there before. */
    enum Stage {
        PENDING,
        RUNNING,
        ITS_WORKER_DEAD,
        /** RUNNING, and another waits for its end. */
        IN_A_CHAIN,
        FAILED;

        Scene scene(TaskDatabase database) {
            WorkerId worker = Operation.worker(database);
            Task task = this == IN_A_CHAIN ? chain(database) : Operation.create(database);
            if (this != PENDING) {
                claim(database, worker);
            }
            if (this == ITS_WORKER_DEAD) {
                database.kill(worker);
            }
            Scene scene = new Scene(task, worker, Operation.worker(database));
            if (this == FAILED) {
                TaskError error = new TaskError("Broken", "it broke");
                database.claims().settle(List.of(new Settlement.Failed(scene.claim(), Optional.empty(), error)));
            }
            return scene;
        }

        private static Task chain(TaskDatabase database) {
            WorkflowDraft draft = Fixtures.draft(NewWorkflow.of("a chain")
                    .task("first", Fixtures.newTask())
                    .task("second", Fixtures.newTask())
                    .after("first"));
            database.workflows().create(draft);
            return database.tasks().find(draft.tasks().get(0).id()).orElseThrow();
        }
    }

    /**
     * Whom it is about.
     *
     * @param task the task
     * @param worker whose task it is, or may become, and who may die
     * @param other who lives, and may take the task
     */
    record Scene(Task task, WorkerId worker, WorkerId other) {

        Claim claim() {
            return new Claim(task.id(), worker, 1);
        }

        List<Settlement> end() {
            return List.of(new Settlement.Completed(claim(), Optional.empty(), Optional.of("1")));
        }

        TaskFilter filter() {
            return TaskFilter.all().ids(List.of(task.id()));
        }
    }

    static final Deed CLAIM = new Deed("claim", (database, scene) -> claim(database, scene.other()));

    static final Deed CLAIM_MANY = new Deed(
            "claim with many slots",
            (database, scene) ->
                    database.claims().claim(ClaimRequest.due(scene.other(), TYPES, Slots.of(JdbiClaims.MANY))));

    static final Deed CLAIM_AND_DIE =
            new Deed("claim for the one that dies", (database, scene) -> claim(database, scene.worker()));

    static final Deed SETTLE =
            new Deed("settle", (database, scene) -> database.claims().settle(scene.end()));

    static final Deed SETTLE_AND_CLAIM = new Deed(
            "settle and claim",
            (database, scene) -> database.claims().settleAndClaim(scene.end(), request(scene.worker())));

    static final Deed RECOVER =
            new Deed("recover", (database, scene) -> database.claims().recover());

    static final Deed CANCEL =
            new Deed("cancel", (database, scene) -> database.tasks().cancel(scene.filter(), "not wanted"));

    /** Nothing, if it is too late. */
    static final Deed POSTPONE = new Deed("postpone", (database, scene) -> {
        Task task = scene.task();
        TaskEdit later = TaskEdit.nothing().runAt(task.createdAt().plus(LATER));
        try {
            Task unused = database.tasks().update(task.id(), task.version(), later);
        } catch (StaleTaskException | IllegalTransitionException | TaskNotFoundException e) {
            return;
        }
    });

    static final Deed DIE = new Deed("lose the lease", (database, scene) -> database.kill(scene.worker()));

    static final Deed DELETE =
            new Deed("delete", (database, scene) -> database.tasks().delete(scene.filter()));

    /** What is left of it when one transaction deletes it and stores another, of another type, under its id; nothing, if it is too late. */
    static final Deed REPLACE = new Deed(
            "replace",
            (database, scene) -> database.transactions()
                    .write(
                            Call.of("replace"),
                            session -> session.update("""
                            UPDATE taskstore_task
                               SET type = 'other', fingerprint = fingerprint + 1
                             WHERE id = :id
                               AND status = 'PENDING'""")
                                    .bind("id", scene.task().id())
                                    .execute()));

    static final Deed GIVE_BACK = new Deed(
            "give back",
            (database, scene) -> database.claims()
                    .settle(List.of(new Settlement.Released(scene.claim(), Optional.empty(), "closing"))));

    static final Deed GIVE_BACK_AND_CLAIM = new Deed("give back and claim", (database, scene) -> {
        GIVE_BACK.on(database, scene);
        CLAIM.on(database, scene);
    });

    static final Deed REQUEUE =
            new Deed("requeue", (database, scene) -> database.tasks().requeue(scene.filter(), "again"));

    static final Deed REQUEUE_AND_CLAIM = new Deed("requeue and claim", (database, scene) -> {
        REQUEUE.on(database, scene);
        CLAIM.on(database, scene);
    });

    static final List<Deed> ALL =
            List.of(CLAIM, CLAIM_AND_DIE, SETTLE, SETTLE_AND_CLAIM, RECOVER, CANCEL, DIE, GIVE_BACK, REQUEUE);

    /** What may become of a task between the look of a claim and its transaction. */
    static final List<Deed> BESIDE_A_CLAIM =
            List.of(CLAIM, CLAIM_AND_DIE, CLAIM_MANY, CANCEL, POSTPONE, DELETE, REPLACE);

    /** {@return what is done at a stage, each beside each} */
    static List<Deed> at(Stage stage) {
        return switch (stage) {
            case PENDING -> List.of(CLAIM, CLAIM_AND_DIE, SETTLE, RECOVER, CANCEL, DIE);
            case RUNNING, ITS_WORKER_DEAD -> List.of(CLAIM, SETTLE, RECOVER, CANCEL, DIE);
            case IN_A_CHAIN -> List.of(CLAIM, CLAIM_AND_DIE, SETTLE, SETTLE_AND_CLAIM, RECOVER, CANCEL, DIE);
            case FAILED -> List.of(REQUEUE, REQUEUE_AND_CLAIM);
        };
    }

    static void claim(TaskDatabase database, WorkerId worker) {
        database.claims().claim(request(worker));
    }

    private static ClaimRequest request(WorkerId worker) {
        return ClaimRequest.due(worker, TYPES, Slots.of(5));
    }

    void on(TaskDatabase database, Scene scene) {
        deed.accept(database, scene);
    }

    @Override
    public String toString() {
        return name;
    }
}
