package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Created;
import io.taskstore.DuplicateTaskException;
import io.taskstore.NewTask;
import io.taskstore.NewTask.IfKeyTaken;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Held;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a storage gives a new task to a worker in the transaction that stores it. */
abstract class HandOverContract extends PortContract {

    private static final Duration MICRO = Duration.ofNanos(1_000);

    HandOverContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void aTaskCreatedForAWorkerIsRunningByIt() {
        WorkerId worker = worker();

        Created created = tasks().create(draft(), worker);

        Task task = created.task();
        assertThat(created.how()).isEqualTo(Created.How.CLAIMED);
        assertThat(task.status()).isEqualTo(TaskStatus.RUNNING);
        assertThat(task.worker()).contains(worker);
        assertThat(task.attempt()).isEqualTo(1);
        assertThat(task.version()).isEqualTo(2);
        assertThat(task.startedAt()).contains(clock.instant());
        assertThat(task.updatedAt()).isEqualTo(clock.instant());
        assertTask(read(task.id())).isEqualTo(task);
    }

    @Test
    void aTaskCreatedForAWorkerWasPendingBeforeItRan() {
        WorkerId worker = worker();

        Task task = tasks().create(draft(newTask().note("signed up")), worker).task();

        assertThat(history(task.id()).changes())
                .containsExactly(
                        new StatusChange(
                                1,
                                Optional.empty(),
                                TaskStatus.PENDING,
                                clock.instant(),
                                Optional.empty(),
                                0,
                                Optional.of("signed up"),
                                Optional.empty(),
                                Optional.empty()),
                        new StatusChange(
                                2,
                                Optional.of(TaskStatus.PENDING),
                                TaskStatus.RUNNING,
                                clock.instant(),
                                Optional.of(worker),
                                1,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()));
    }

    @Test
    void aTaskCreatedForAWorkerIsHeldByItAndGivenToNoOther() {
        WorkerId worker = worker();
        Task task = tasks().create(draft(), worker).task();

        assertThat(claims().held(worker)).containsExactly(new Held(Claim.of(task), false));
        assertThat(claim(worker(), 10)).isEmpty();
    }

    @Test
    void aTaskCreatedForAWorkerCanBeSettledByIt() {
        Task task = tasks().create(draft(), worker()).task();

        assertThat(complete(task).status()).contains(TaskStatus.COMPLETED);
    }

    @Test
    void aTaskWhoseTimeHasComeIsClaimed() {
        assertClaimed(newTask().runAt(clock.instant().minus(Duration.ofDays(1))));
    }

    @Test
    void aTaskWhoseTimeIsNowIsClaimed() {
        assertClaimed(newTask().runAt(clock.instant()));
    }

    @Test
    void aTaskWhoseTimeIsStillToComeIsNotClaimed() {
        assertStoredOnly(newTask().runAt(clock.instant().plus(MICRO)), worker());
    }

    @Test
    void aTaskInAPausedQueueIsNotClaimed() {
        storage().queues().pause("mail");

        assertStoredOnly(newTask().queue("mail"), worker());
    }

    @Test
    void aPausedQueueKeepsTasksOfNoOtherQueueFromBeingClaimed() {
        storage().queues().pause("mail");

        assertClaimed(newTask().queue("other"));
    }

    @Test
    void aTaskInAQueueThatWasResumedIsClaimed() {
        storage().queues().pause("mail");
        storage().queues().resume("mail");

        assertClaimed(newTask().queue("mail"));
    }

    @Test
    void aTaskCreatedForADeadWorkerIsNotClaimed() {
        WorkerId worker = worker();
        kill(worker);

        assertStoredOnly(newTask(), worker);
    }

    @Test
    void aTaskCreatedForARetiredWorkerIsNotClaimed() {
        WorkerId worker = worker();
        claims().retire(worker);

        assertStoredOnly(newTask(), worker);
    }

    @Test
    void aTaskCreatedForAnUnknownWorkerIsNotClaimed() {
        assertStoredOnly(newTask(), new WorkerId(CountingIds.number(1)));
    }

    @Test
    void aTaskThatExistsIsNotClaimed() {
        NewTask wanted = newTask().id(CountingIds.number(1));
        Task existing = create(wanted);

        Created again = tasks().create(draft(wanted), worker());

        assertThat(again.how()).isEqualTo(Created.How.EXISTING);
        assertTask(read(existing.id())).isEqualTo(existing);
    }

    @Test
    void theHolderOfAKeyIsNotClaimed() {
        Task holder = create(newTask().uniqueKey("a key"));

        Created again = tasks().create(draft(newTask().uniqueKey("a key", IfKeyTaken.ANSWER_EXISTING)), worker());

        assertThat(again.how()).isEqualTo(Created.How.EXISTING);
        assertTask(read(holder.id())).isEqualTo(holder);
    }

    @Test
    void aTaskThatIsRefusedIsNotClaimed() {
        create(newTask().uniqueKey("a key"));
        WorkerId worker = worker();

        assertThatThrownBy(() -> tasks().create(draft(newTask().uniqueKey("a key")), worker))
                .isInstanceOf(DuplicateTaskException.class);

        assertThat(claims().held(worker)).isEmpty();
    }

    @Test
    void aHandOverThatIsRepeatedAnswersWithTheTaskAsItRuns() {
        TaskDraft draft = draft();
        WorkerId worker = worker();
        Task first = tasks().create(draft, worker).task();

        Created again = tasks().create(draft, worker);

        assertThat(again.how()).isEqualTo(Created.How.EXISTING);
        assertTask(again.task()).isEqualTo(first);
        assertThat(claims().held(worker)).hasSize(1);
    }

    @Test
    void aHandOverRepeatedAtOnceClaimsTheTaskOnce() throws Exception {
        TaskDraft draft = draft();
        WorkerId worker = worker();

        List<Created> answers = Together.call(8, () -> tasks().create(draft, worker));

        assertThat(answers).extracting(Created::how).containsOnlyOnce(Created.How.CLAIMED);
        assertThat(answers).extracting(Created::how).doesNotContain(Created.How.NEW);
        assertThat(read(draft.id()).attempt()).isEqualTo(1);
    }

    private void assertClaimed(NewTask wanted) {
        Created created = tasks().create(draft(wanted), worker());

        assertThat(created.how()).isEqualTo(Created.How.CLAIMED);
        assertThat(read(created.task().id()).status()).isEqualTo(TaskStatus.RUNNING);
    }

    private void assertStoredOnly(NewTask wanted, WorkerId claimFor) {
        Created created = tasks().create(draft(wanted), claimFor);

        Task task = created.task();
        assertThat(created.how()).isEqualTo(Created.How.NEW);
        assertThat(task.status()).isEqualTo(TaskStatus.PENDING);
        assertThat(task.worker()).isEmpty();
        assertThat(task.attempt()).isZero();
        assertThat(task.version()).isEqualTo(1);
        assertThat(history(task.id()).changes()).hasSize(1);
        assertThat(claims().held(claimFor)).isEmpty();
        assertTask(read(task.id())).isEqualTo(task);
    }
}
