package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.drafts;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Changed;
import io.taskstore.Created;
import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.Task;
import io.taskstore.TaskEdit;
import io.taskstore.TaskFilter;
import io.taskstore.TaskNotFoundException;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What a delete takes away, what it refuses to take, and what is free again afterwards. */
abstract class DeletingContract extends PortContract {

    private static final UUID ID = CountingIds.number(17);

    DeletingContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void oneTaskIsDeletedByItsId() {
        Task task = create();
        Task other = create();

        assertThat(delete(task)).isEqualTo(new Changed(1, Set.of(), Set.of()));

        assertThat(tasks().find(task.id())).isEmpty();
        assertTask(read(other.id())).isEqualTo(other);
    }

    @Test
    void tasksOfEveryStatusButRunningAreDeleted() {
        for (TaskStatus status :
                List.of(TaskStatus.PENDING, TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED)) {
            createIn(status);
        }

        assertThat(tasks().delete(TaskFilter.all())).isEqualTo(new Changed(4, Set.of(), Set.of()));
        assertThat(tasks().count(TaskFilter.all(), 10).value()).isZero();
    }

    @Test
    void manyTasksAreDeletedByAFilter() {
        create();
        create(newTask().queue("mail"));
        create(newTask().queue("mail"));

        assertThat(tasks().delete(TaskFilter.all().queue("mail")).count()).isEqualTo(2);
        assertThat(tasks().count(TaskFilter.all(), 10).value()).isEqualTo(1);
    }

    @Test
    void aFilterThatNothingPassesDeletesNothing() {
        create();

        assertThat(tasks().delete(TaskFilter.all().queue("mail"))).isEqualTo(new Changed(0, Set.of(), Set.of()));
        assertThat(tasks().count(TaskFilter.all(), 10).value()).isEqualTo(1);
    }

    @Test
    void aTaskThatAWorkerRunsIsRefusedAndNamed() {
        assertRefused(createIn(TaskStatus.RUNNING));
    }

    @Test
    void aTaskThatTheHostRunsIsRefusedAndNamed() {
        assertRefused(run(create()));
    }

    @Test
    void tasksOfAWorkflowAreRefusedAndNamedInWhateverStatus() {
        List<Task> tasks = createWorkflow(NewWorkflow.of("a workflow")
                .task("first", newTask())
                .task("then", newTask())
                .after("first"));
        complete(claim(worker(), tasks.get(0)));

        assertRefused(read(tasks.get(0).id()));
        assertRefused(read(tasks.get(1).id()));
    }

    @Test
    void aWaitingTaskIsRefusedAndNamed() {
        assertRefused(createIn(TaskStatus.WAITING));
    }

    @Test
    void whatIsRefusedDoesNotKeepTheOthersFromBeingDeleted() {
        create();
        Task running = createIn(TaskStatus.RUNNING);
        Task ofWorkflow = createWorkflow(NewWorkflow.of("a workflow").task("only", newTask()))
                .get(0);
        createIn(TaskStatus.COMPLETED);

        Changed changed = tasks().delete(TaskFilter.all());

        assertThat(changed.count()).isEqualTo(2);
        assertThat(changed.refused()).containsExactlyInAnyOrder(running.id(), ofWorkflow.id());
    }

    @Test
    void hundredsThatAreRefusedDoNotHideHundredsThatAreNot() {
        tasks().createAll(drafts(600));
        assertThat(claim(worker(), 600)).hasSize(600);
        tasks().createAll(drafts(600));

        Changed changed = tasks().delete(TaskFilter.all());

        assertThat(changed.count()).isEqualTo(600);
        assertThat(changed.refused()).hasSize(600);
        assertThat(tasks().count(TaskFilter.all(), 10_000).value()).isEqualTo(600);
    }

    @Test
    void nothingTellsOfATaskThatIsGone() {
        Task task = loggedAndCompleted(newTask());

        delete(task);

        assertThat(tasks().history(task.id())).isEmpty();
        assertThat(tasks().situation(task.id())).isEmpty();
        assertThat(logs(task.id())).isEmpty();
        assertThatThrownBy(() -> tasks().update(task.id(), task.version(), TaskEdit.nothing()))
                .isInstanceOf(TaskNotFoundException.class);
    }

    @Test
    void aDeleteLeavesTheHistoryAndTheLogsOfOthersAlone() {
        Task task = loggedAndCompleted(newTask());
        Task other = loggedAndCompleted(newTask());

        delete(task);

        assertThat(history(other.id()).changes()).hasSize(3);
        assertThat(logs(other.id())).hasSize(1);
    }

    @Test
    void anIdIsFreeForAnotherTaskAfterADelete() {
        delete(create(newTask().id(ID)));

        Created created = tasks().create(draft(newTask().id(ID).title("other")), null);

        assertThat(created.how()).isEqualTo(Created.How.NEW);
        assertThat(created.task().title()).contains("other");
    }

    @Test
    void aTaskWithTheIdOfOneThatIsGoneHasNothingOfIt() {
        delete(loggedAndCompleted(newTask().id(ID).metadata("tenant", "acme")));

        Task task = create(newTask().id(ID));

        assertThat(task.version()).isEqualTo(1);
        assertThat(task.attempt()).isZero();
        assertThat(history(ID).changes()).hasSize(1);
        assertThat(logs(ID)).isEmpty();
        assertThat(tasks().count(TaskFilter.all().metadata("tenant", "acme"), 10)
                        .value())
                .isZero();
    }

    @Test
    void aKeyIsFreeForAnotherTaskAfterADelete() {
        NewTask wanted = newTask().uniqueKey("a key");
        delete(create(wanted));

        assertThat(tasks().create(draft(wanted), null).how()).isEqualTo(Created.How.NEW);
    }

    @Test
    void aTaskThatIsGoneIsNotClaimed() {
        delete(create());

        assertThat(claim(worker(), 10)).isEmpty();
    }

    @Test
    void deletesAtOnceCountEachTaskOnce() throws Exception {
        tasks().createAll(drafts(200));

        List<Long> counts =
                Together.call(4, () -> tasks().delete(TaskFilter.all()).count());

        assertThat(counts.stream().mapToLong(Long::longValue).sum()).isEqualTo(200);
        assertThat(tasks().count(TaskFilter.all(), 10).value()).isZero();
    }

    @Test
    void ofADeleteAndAClaimAtOnceEachTaskGoesToOne() throws Exception {
        tasks().createAll(drafts(100));
        WorkerId worker = worker();
        Callable<Long> delete = () -> tasks().delete(TaskFilter.all()).count();
        Callable<Long> claim = () -> (long) claim(worker, 50).size();

        List<Long> counts = Together.call(List.of(delete, claim));

        long left = tasks().count(TaskFilter.all(), 1_000).value();
        assertThat(left).isEqualTo(100 - counts.get(0));
        assertThat(tasks().count(TaskFilter.all().status(TaskStatus.RUNNING), 1_000)
                        .value())
                .isEqualTo(counts.get(1));
        assertThat(claims().held(worker)).hasSize(counts.get(1).intValue());
    }

    private Changed delete(Task task) {
        return tasks().delete(TaskFilter.all().id(task.id()));
    }

    private void assertRefused(Task task) {
        assertThat(delete(task)).isEqualTo(new Changed(0, Set.of(), Set.of(task.id())));
        assertTask(read(task.id())).isEqualTo(task);
        assertThat(tasks().history(task.id())).isPresent();
    }

    private Task loggedAndCompleted(NewTask wanted) {
        Task running = claim(worker(), create(wanted));
        LogEntry line = new LogEntry(running.id(), running.attempt(), 1, clock.instant(), LogLevel.INFO, "half done");
        storage().runLog().append(List.of(line));
        complete(running);
        return read(running.id());
    }

    private List<LogEntry> logs(UUID id) {
        return storage().reports().logs(id, 0, LogLevel.DEBUG, null, 10);
    }
}
