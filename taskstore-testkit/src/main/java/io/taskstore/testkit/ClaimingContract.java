package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.OTHER_WORK;
import static io.taskstore.testkit.Fixtures.WORK;
import static io.taskstore.testkit.Fixtures.drafts;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.NewWorkflow;
import io.taskstore.Slots;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.spi.ClaimRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which tasks a claim takes, and what it makes of them. */
abstract class ClaimingContract extends RunContract {

    ClaimingContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void aClaimMakesTheTaskRunningByTheWorker() {
        Task task = create(newTask().runAt(now()).uniqueKey("key"));
        WorkerId worker = worker();
        clock.advance(Duration.ofSeconds(1));

        Task claimed = claim(worker, task);

        assertThat(claimed)
                .usingRecursiveComparison()
                .isEqualTo(task.toBuilder()
                        .status(TaskStatus.RUNNING)
                        .worker(worker)
                        .attempt(1)
                        .startedAt(now())
                        .updatedAt(now())
                        .version(2)
                        .build());
        assertStored(claimed);
    }

    @Test
    void aClaimIsOneChangeInTheHistory() {
        Task claimed = running();

        assertThat(history(claimed.id()).changes()).hasSize(2);
        assertThat(lastChange(claimed))
                .isEqualTo(new StatusChange(
                        2,
                        Optional.of(TaskStatus.PENDING),
                        TaskStatus.RUNNING,
                        now(),
                        claimed.worker(),
                        1,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void aSecondClaimIsTheNextAttemptAndForgetsTheProgressOfTheFirst() {
        Task first = running();
        progress(first, HALF);
        settle(retried(first, Duration.ZERO));
        Task between = read(first.id());
        WorkerId worker = worker();

        Task second = claim(worker, first);

        assertThat(between.progress()).contains(HALF);
        assertThat(second)
                .usingRecursiveComparison()
                .isEqualTo(between.toBuilder()
                        .status(TaskStatus.RUNNING)
                        .worker(worker)
                        .attempt(2)
                        .progress(null)
                        .version(between.version() + 1)
                        .build());
        assertThat(lastChange(second).attempt()).isEqualTo(2);
    }

    @Test
    void onlyAPendingTaskIsClaimed() {
        createIn(TaskStatus.RUNNING);
        createIn(TaskStatus.COMPLETED);
        createIn(TaskStatus.FAILED);
        createIn(TaskStatus.CANCELLED);
        drivenByTheHost();

        assertThat(claim(worker(), 10)).isEmpty();
    }

    @Test
    void aTaskThatWaitsForItsWorkflowIsNotClaimed() {
        storage()
                .workflows()
                .create(Fixtures.draft(NewWorkflow.of("flow")
                        .task("first", newTask())
                        .task("second", newTask())
                        .after("first")));

        assertThat(claim(worker(), 10)).extracting(Task::step).containsExactly(Optional.of("first"));
    }

    @Test
    void aTaskOfATypeThatWasNotAskedForIsNotClaimed() {
        create(of(OTHER_WORK));
        Task wanted = create(of(WORK));

        assertThat(ids(claims().claim(ClaimRequest.due(worker(), Set.of(WORK.name()), Slots.of(10)))
                        .tasks()))
                .containsExactly(wanted.id());
    }

    @Test
    void aTaskOfAnyTypeAskedForIsClaimed() {
        Task one = create(of(OTHER_WORK));
        Task other = create(of(WORK));

        assertThat(ids(claim(worker(), 10))).containsExactlyInAnyOrder(one.id(), other.id());
    }

    @Test
    void aClaimThatAsksForNoTypeGetsNothing() {
        create();

        assertThat(claims().claim(ClaimRequest.due(worker(), Set.of(), Slots.of(10)))
                        .tasks())
                .isEmpty();
    }

    @Test
    void aTaskOfAPausedQueueIsNotClaimedUntilTheQueueIsResumed() {
        Task task = create(newTask().queue("mail"));
        Task other = create();
        WorkerId worker = worker();
        storage().queues().pause("mail");

        assertThat(ids(claim(worker, 10))).containsExactly(other.id());
        assertThat(claims().claim(due(worker, new Slots(10, Map.of("mail", 5), false)))
                        .tasks())
                .isEmpty();
        assertThat(claims().claim(due(worker, 10).hinted(Set.of(task.id()))).tasks())
                .isEmpty();
        storage().queues().resume("mail");
        assertThat(ids(claim(worker, 10))).containsExactly(task.id());
    }

    @Test
    void aWorkerThatNeverRegisteredGetsNothing() {
        create();
        create(newTask().runAt(now().plusSeconds(1)));

        var claimed = claims().claim(due(new WorkerId(UUID.randomUUID()), 10));

        assertThat(claimed.tasks()).isEmpty();
        assertThat(claimed.more()).isFalse();
        assertThat(claimed.dueIn()).isEmpty();
    }

    @Test
    void aTaskIsNotDueBeforeTheMicrosecondItIsToRunAt() {
        Task task = create(newTask().runAt(now().plusSeconds(1)));
        WorkerId worker = worker();

        clock.set(task.runAt().orElseThrow().minusNanos(1_000));
        assertThat(claim(worker, 10)).isEmpty();
        clock.set(task.runAt().orElseThrow().minusNanos(1));
        assertThat(claim(worker, 10)).isEmpty();
    }

    @Test
    void aTaskIsDueFromTheMicrosecondOnThatItIsToRunAt() {
        Task task = create(newTask().runAt(now().plusSeconds(1)));
        WorkerId worker = worker();

        clock.set(task.runAt().orElseThrow());

        assertThat(ids(claim(worker, 10))).containsExactly(task.id());
    }

    @Test
    void aTaskWithoutATimeToRunAtIsDueWhateverTheClockShows() {
        Task task = create();
        clock.advance(Duration.ofDays(-1));

        assertThat(ids(claim(worker(), 10))).containsExactly(task.id());
    }

    @Test
    void aClaimTakesNoMoreTasksThanItHasSlots() {
        tasks().createAll(drafts(5));
        WorkerId worker = worker();

        assertThat(claim(worker, 3)).hasSize(3);
        assertThat(claim(worker, 3)).hasSize(2);
        assertThat(claim(worker, 3)).isEmpty();
    }

    @Test
    void aClaimWithoutSlotsTakesNothing() {
        create();

        assertThat(claim(worker(), 0)).isEmpty();
    }

    @Test
    void aQueueWithSlotsOfItsOwnGetsNoMoreThanThese() {
        Task first = create(newTask().queue("mail").priority(9));
        Task second = create(newTask().queue("mail").priority(8));
        create(newTask().queue("mail").priority(7));
        Task other = create();
        create(newTask().queue("closed").priority(9));

        Slots slots = new Slots(10, Map.of("mail", 2, "closed", 0), true);

        assertThat(ids(claims().claim(due(worker(), slots)).tasks()))
                .containsExactly(first.id(), second.id(), other.id());
    }

    @Test
    void theSlotsOfAllQueuesTogetherAreNoMoreThanTheTotal() {
        Task mail = create(newTask().queue("mail").priority(9));
        Task other = create(newTask().priority(8));
        create(newTask().queue("mail").priority(7));
        create();

        Slots slots = new Slots(2, Map.of("mail", 5), true);

        assertThat(ids(claims().claim(due(worker(), slots)).tasks())).containsExactly(mail.id(), other.id());
    }

    @Test
    void otherQueuesAreLeftAloneIfTheSlotsSaySo() {
        create(newTask().priority(9));
        Task mail = create(newTask().queue("mail"));
        create(newTask().queue("post").priority(9));

        Slots slots = new Slots(10, Map.of("mail", 5), false);

        assertThat(ids(claims().claim(due(worker(), slots)).tasks())).containsExactly(mail.id());
    }

    @Test
    void aClaimThatNamesTasksTakesNothingElse() {
        create(newTask().priority(9));
        Task low = create();
        Task high = create(newTask().priority(1));
        create();

        var claimed = claims().claim(due(worker(), 10).hinted(Set.of(low.id(), high.id())));

        assertThat(ids(claimed.tasks())).containsExactly(high.id(), low.id());
    }

    @Test
    void aClaimThatNamesTasksTakesNoMoreThanItHasSlots() {
        Task low = create();
        Task high = create(newTask().priority(1));

        var claimed = claims().claim(due(worker(), 1).hinted(Set.of(low.id(), high.id())));

        assertThat(ids(claimed.tasks())).containsExactly(high.id());
    }

    @Test
    void aTaskThatCannotBeClaimedIsNotClaimedByItsNameEither() {
        Set<UUID> named = Set.of(
                UUID.randomUUID(),
                create(newTask().runAt(now().plusSeconds(1))).id(),
                create(of(OTHER_WORK)).id(),
                create(newTask().queue("mail")).id(),
                createIn(TaskStatus.RUNNING).id(),
                createIn(TaskStatus.COMPLETED).id());
        Slots noMail = new Slots(10, Map.of("mail", 0), true);

        var claimed = claims().claim(
                        ClaimRequest.due(worker(), Set.of(WORK.name()), noMail).hinted(named));

        assertThat(claimed.tasks()).isEmpty();
    }

    @Test
    void aClaimThatNamesNoTaskTakesNone() {
        create();

        assertThat(claims().claim(due(worker(), 10).hinted(Set.of())).tasks()).isEmpty();
    }

    @Test
    void aClaimThatNamesTasksTellsNothingOfWhatElseIsDue() {
        Task first = create();
        Task second = create();
        Task third = create(newTask().runAt(now().plusSeconds(1)));
        ClaimRequest request = due(worker(), 1).hinted(Set.of(first.id(), second.id(), third.id()));

        for (int i = 0; i < 3; i++) {
            var claimed = claims().claim(request);
            assertThat(claimed.more()).isFalse();
            assertThat(claimed.dueIn()).isEmpty();
        }
    }
}
