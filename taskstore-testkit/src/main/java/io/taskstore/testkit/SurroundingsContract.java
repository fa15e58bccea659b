package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Created;
import io.taskstore.Health;
import io.taskstore.Hint;
import io.taskstore.NewWorkflow;
import io.taskstore.QueueRepository;
import io.taskstore.Situation;
import io.taskstore.Task;
import io.taskstore.TaskEdit;
import io.taskstore.TaskFilter;
import io.taskstore.TaskRepository.Subscription;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.WorkflowDraft;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What surrounds tasks: paused queues, their situation, the news of their end, the commit, health. */
abstract class SurroundingsContract extends PortContract {

    SurroundingsContract(StorageContract contract) {
        super(contract);
    }

    private QueueRepository queues() {
        return storage().queues();
    }

    @Test
    void aPausedQueueGivesNothingOutUntilItIsResumed() {
        Task mail = create(newTask().queue("mail"));
        Task other = create(newTask().queue("other"));

        queues().pause("mail");
        assertThat(claim(worker(), 10)).extracting(Task::id).containsExactly(other.id());
        queues().resume("mail");
        assertThat(claim(worker(), 10)).extracting(Task::id).containsExactly(mail.id());
    }

    @Test
    void pausingAndResumingTwiceIsAsGoodAsOnce() {
        queues().pause("mail");
        queues().pause("mail");
        queues().pause("other");
        assertThat(queues().paused()).containsExactlyInAnyOrder("mail", "other");

        queues().resume("mail");
        queues().resume("mail");
        queues().resume("never-paused");
        assertThat(queues().paused()).containsExactly("other");
    }

    @Test
    void aRunThatWasClaimedBeforeThePauseGoesOn() {
        Task running = claim(worker(), create(newTask().queue("mail")));

        queues().pause("mail");

        assertThat(complete(running).status()).contains(TaskStatus.COMPLETED);
    }

    @Test
    void aTaskOfAPausedQueueIsStoredAndNotHandedOver() {
        queues().pause("mail");

        Created created = tasks().create(draft(newTask().queue("mail")), worker());

        assertThat(created.how()).isEqualTo(Created.How.NEW);
        assertThat(created.task().status()).isEqualTo(TaskStatus.PENDING);
    }

    @Test
    void aSituationTellsWhatIsAroundATask() {
        Task task = create(newTask().queue("mail").note("signed up"));
        clock.advance(Duration.ofMinutes(3));
        queues().pause("mail");
        WorkerProfile profile = new WorkerProfile("ada's worker", TYPES, Set.of("mail"));
        WorkerId worker = claims().register(profile);
        WorkerId dead = worker();
        kill(dead);

        Situation situation = tasks().situation(task.id()).orElseThrow();

        assertThat(situation.task()).usingRecursiveComparison().isEqualTo(task);
        assertThat(situation.last()).contains(history(task.id()).last());
        assertThat(situation.now()).isEqualTo(clock.instant());
        assertThat(situation.queuePaused()).isTrue();
        assertThat(situation.liveWorkers()).containsEntry(worker, profile).doesNotContainKey(dead);
        assertThat(situation.blockedBy()).isEmpty();
    }

    @Test
    void aSituationNamesWhatBlocksATaskButNotMoreThanTen() {
        NewWorkflow wanted = NewWorkflow.of("flow").task("done", newTask());
        for (int i = 0; i < 12; i++) {
            wanted = wanted.task("b" + i, newTask());
        }
        List<String> before = new ArrayList<>(List.of("done"));
        wanted.steps().stream().skip(1).forEach(step -> before.add(step.name()));
        WorkflowDraft draft = draft(wanted.task("last", newTask()).after(before.toArray(String[]::new)));
        storage().workflows().create(draft);
        complete(claim(worker(), read(draft.tasks().get(0).id())));
        UUID last = draft.tasks().get(13).id();

        assertThat(tasks().situation(last).orElseThrow().blockedBy())
                .hasSize(10)
                .extracting(blocker -> blocker.step().orElse(""))
                .doesNotContain("done");
    }

    @Test
    void aTaskThatIsNotThereHasNoSituationAndNoHistory() {
        assertThat(tasks().situation(UUID.randomUUID())).isEmpty();
        assertThat(tasks().history(UUID.randomUUID())).isEmpty();
    }

    @Test
    void everyEndIsToldOnce() {
        List<UUID> told = new CopyOnWriteArrayList<>();
        tasks().onNews(news -> told.addAll(news.ended()));
        Task completed = createIn(TaskStatus.COMPLETED);
        complete(claimedAgain(completed));
        Task failed = createIn(TaskStatus.FAILED);
        Task cancelled = createIn(TaskStatus.CANCELLED);
        tasks().cancel(TaskFilter.all().id(cancelled.id()), null);

        assertThat(told).containsExactly(completed.id(), failed.id(), cancelled.id());
    }

    /** {@return the task as its worker saw it, for a settlement that comes twice} */
    private Task claimedAgain(Task completed) {
        WorkerId worker = history(completed.id()).last().worker().orElseThrow();
        return completed.toBuilder().status(TaskStatus.RUNNING).worker(worker).build();
    }

    @Test
    void anEditOfATaskThatHasEndedIsNoEnd() {
        Task ended = createIn(TaskStatus.COMPLETED);
        List<UUID> told = new CopyOnWriteArrayList<>();
        tasks().onNews(news -> told.addAll(news.ended()));

        tasks().update(ended.id(), ended.version(), TaskEdit.nothing().title("title"));

        assertThat(told).isEmpty();
    }

    @Test
    void endsByTransitionCascadeAndRecoveryAreToldToo() {
        WorkflowDraft draft = draft(
                NewWorkflow.of("flow").task("a", newTask()).task("b", newTask()).after("a"));
        storage().workflows().create(draft);
        WorkerId worker = worker();
        Task doomed = claim(worker, create());
        tasks().cancel(TaskFilter.all().id(doomed.id()), null);
        kill(worker);
        List<UUID> told = new CopyOnWriteArrayList<>();
        tasks().onNews(news -> told.addAll(news.ended()));

        UUID a = draft.tasks().get(0).id();
        tasks().transition(a, read(a).version(), TaskStatus.CANCELLED, null);
        assertThat(told).containsExactlyInAnyOrder(a, draft.tasks().get(1).id());
        claims().recover();

        assertThat(told).hasSize(3).contains(doomed.id());
    }

    @Test
    void whatDoesNotEndIsNotTold() {
        List<UUID> told = new CopyOnWriteArrayList<>();
        tasks().onNews(news -> told.addAll(news.ended()));

        Task running = claim(worker(), create());
        tasks().cancel(TaskFilter.all().id(running.id()), null);
        claims().retire(running.worker().orElseThrow());
        told.clear();
        Task snoozed = claim(worker(), create());
        settle(new Settlement.Snoozed(Claim.of(snoozed), Optional.empty(), Duration.ZERO));
        tasks().requeue(TaskFilter.all(), null);

        assertThat(told).isEmpty();
    }

    @Test
    void whatBecomesClaimableWithoutBeingNewIsToldAsAHint() {
        WorkflowDraft draft = draft(NewWorkflow.of("flow")
                .task("a", newTask())
                .task("b", newTask().queue("mail").priority(3))
                .after("a")
                .task("later", newTask().runAt(clock.instant().plusSeconds(9)))
                .after("a"));
        storage().workflows().create(draft);
        Task failed = createIn(TaskStatus.FAILED);
        Task first = claim(worker(), read(draft.tasks().get(0).id()));
        List<Hint> told = new CopyOnWriteArrayList<>();
        tasks().onNews(news -> told.addAll(news.claimable()));

        create();
        assertThat(told).isEmpty();
        complete(first);
        assertThat(told).containsExactly(new Hint(draft.tasks().get(1).id(), "work", "mail", 3));
        told.clear();
        tasks().requeue(TaskFilter.all().id(failed.id()), null);
        assertThat(told).extracting(Hint::id).containsExactly(failed.id());
    }

    @Test
    void whatIsGivenBackOrRecoveredIsToldAsAHint() {
        Task released = claim(worker(), create());
        WorkerId dead = worker();
        Task recovered = claim(dead, create());
        kill(dead);
        List<UUID> told = new CopyOnWriteArrayList<>();
        tasks().onNews(news -> news.claimable().forEach(hint -> told.add(hint.id())));

        settle(new Settlement.Released(Claim.of(released), Optional.empty(), "closing"));
        claims().recover();

        assertThat(told).containsExactly(released.id(), recovered.id());
    }

    @Test
    void aSubscriptionThatWasClosedHearsNothingMoreAndLeavesTheOthers() {
        List<UUID> told = new CopyOnWriteArrayList<>();
        Subscription first = tasks().onNews(news -> told.addAll(news.ended()));
        Subscription second = tasks().onNews(news -> told.addAll(news.ended()));

        createIn(TaskStatus.CANCELLED);
        assertThat(told).hasSize(2);
        first.close();
        first.close();
        createIn(TaskStatus.CANCELLED);
        assertThat(told).hasSize(3);
        second.close();
        createIn(TaskStatus.CANCELLED);

        assertThat(told).hasSize(3);
    }

    @Test
    void aListenerFindsTheTaskAsItHasEnded() {
        List<TaskStatus> found = new CopyOnWriteArrayList<>();
        tasks().onNews(news -> news.ended().forEach(id -> found.add(read(id).status())));

        createIn(TaskStatus.FAILED);

        assertThat(found).containsExactly(TaskStatus.FAILED);
    }

    @Test
    void whatIsToBeDoneAfterTheCommitIsDoneAtOnceWhereEachCallCommits() {
        List<String> done = new ArrayList<>();

        tasks().afterCommit(() -> done.add("done"));

        assertThat(done).containsExactly("done");
    }

    @Test
    void aStorageThatIsOpenIsUp() {
        assertThat(storage().health().level()).isEqualTo(Health.Level.UP);
        assertThat(tasks().health().level()).isEqualTo(Health.Level.UP);
    }

    @Test
    void theHealthOfAStorageTellsHowLongItTookToAnswer() {
        assertThat(storage().health().latency().orElseThrow()).isPositive();
        assertThat(tasks().health().latency().orElseThrow()).isPositive();
    }

    @Test
    void theClockOfAStorageIsTheOneItDatesBy() {
        assertThat(storage().clock().instant()).isEqualTo(clock.instant());
        clock.advance(Duration.ofDays(1));
        assertThat(create().createdAt()).isEqualTo(storage().clock().instant());
    }
}
