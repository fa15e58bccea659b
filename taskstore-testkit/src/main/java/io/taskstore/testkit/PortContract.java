package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.OTHER_WORK;
import static io.taskstore.testkit.Fixtures.WORK;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Created;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.PageRequest;
import io.taskstore.Slots;
import io.taskstore.StatusHistory;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskFilter;
import io.taskstore.TaskRepository;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.WorkflowDraft;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settled;
import io.taskstore.spi.Settlement;
import io.taskstore.spi.Storage;
import io.taskstore.spi.TaskClaims;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.RecursiveComparisonAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A group of contract tests: an empty storage before each, and the steps that many of them begin with. */
abstract class PortContract {

    static final Set<String> TYPES = Set.of(WORK.name(), OTHER_WORK.name());

    private final StorageContract contract;
    private @Nullable Storage opened;

    final ManualClock clock = ManualClock.create();

    PortContract(StorageContract contract) {
        this.contract = contract;
    }

    @BeforeEach
    void openStorage() {
        opened = contract.open(clock);
    }

    /** Whatever a test did: each task's history is whole, and ends where the task is. */
    @AfterEach
    void checkHistoriesAndClose() {
        for (TaskStatus status : TaskStatus.values()) {
            for (Task task : tasks().list(TaskFilter.all().status(status), PageRequest.first(100))) {
                assertThat(history(task.id()).current()).isEqualTo(status);
            }
        }
        storage().close();
    }

    Storage storage() {
        if (opened == null) {
            throw new IllegalStateException("no storage was opened");
        }
        return opened;
    }

    TaskRepository tasks() {
        return storage().tasks();
    }

    TaskClaims claims() {
        return storage().claims();
    }

    void kill(WorkerId worker) {
        contract.kill(storage(), worker);
    }

    Task create(NewTask task) {
        Created created = tasks().create(Fixtures.draft(task), null);
        assertThat(created.how()).isEqualTo(Created.How.NEW);
        return created.task();
    }

    Task create() {
        return create(Fixtures.newTask());
    }

    Task read(UUID id) {
        return tasks().find(id).orElseThrow();
    }

    StatusHistory history(UUID id) {
        return tasks().history(id).orElseThrow();
    }

    WorkerId worker() {
        return claims().register(new WorkerProfile("a worker", TYPES, Set.of()));
    }

    /** {@return what the worker gets when it asks for so many tasks of any kind and queue} */
    List<Task> claim(WorkerId worker, int slots) {
        return claims().claim(ClaimRequest.due(worker, TYPES, Slots.of(slots))).tasks();
    }

    /** {@return the task, claimed by the worker, which must get it by its id} */
    Task claim(WorkerId worker, Task task) {
        ClaimRequest request =
                ClaimRequest.due(worker, TYPES, Slots.of(1)).withSuspect().hinted(Set.of(task.id()));
        List<Task> claimed = claims().claim(request).tasks();
        assertThat(claimed).extracting(Task::id).containsExactly(task.id());
        return claimed.get(0);
    }

    Settled settle(Settlement settlement) {
        return claims().settle(List.of(settlement)).get(0);
    }

    Settled complete(Task running) {
        return settle(new Settlement.Completed(Claim.of(running), Optional.of(Duration.ofMillis(5)), Optional.empty()));
    }

    Settled fail(Task running) {
        TaskError error = new TaskError("Broken", "it broke");
        return settle(new Settlement.Failed(Claim.of(running), Optional.of(Duration.ofMillis(5)), error));
    }

    /** {@return a new task in the status, brought there on the usual way} */
    Task createIn(TaskStatus status) {
        return createIn(status, Fixtures.newTask());
    }

    /** {@return the task, new and brought to the status on the usual way} */
    Task createIn(TaskStatus status, NewTask wanted) {
        if (status == TaskStatus.WAITING) {
            return createWorkflow(NewWorkflow.of("a workflow")
                            .task("first", Fixtures.newTask())
                            .task("then", wanted)
                            .after("first"))
                    .get(1);
        }
        Task task = create(wanted);
        switch (status) {
            case WAITING, PENDING -> {}
            case RUNNING -> claim(worker(), task);
            case COMPLETED -> complete(claim(worker(), task));
            case FAILED -> fail(claim(worker(), task));
            case CANCELLED -> tasks().cancel(TaskFilter.all().id(task.id()), null);
        }
        return read(task.id());
    }

    /** {@return the tasks of the workflow, which is stored now, in its order} */
    List<Task> createWorkflow(NewWorkflow wanted) {
        WorkflowDraft draft = Fixtures.draft(wanted);
        storage().workflows().create(draft);
        return draft.tasks().stream().map(task -> read(task.id())).toList();
    }

    /** {@return the task, RUNNING by the host itself} */
    Task run(Task task) {
        return tasks().transition(task.id(), task.version(), TaskStatus.RUNNING, null);
    }

    /** Compares all that tasks say; how a storage built them does not count. */
    static RecursiveComparisonAssert<?> assertTask(Task task) {
        return assertThat(task).usingRecursiveComparison().usingOverriddenEquals();
    }
}
