package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Hint;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.Slots;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskRepository.News;
import io.taskstore.TaskRepository.Subscription;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.SettledAndClaimed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a worker gets that records ends of runs, and claims what goes on through them with the same commit. */
abstract class GoingOnContract extends RunContract {

    GoingOnContract(StorageContract contract) {
        super(contract);
    }

    /** {@return a task, and these that wait for it} */
    private List<Task> fan(NewTask... waiting) {
        NewWorkflow flow = NewWorkflow.of("a workflow").task("first", newTask());
        for (int i = 0; i < waiting.length; i++) {
            flow = flow.task("then-" + i, waiting[i]).after("first");
        }
        return createWorkflow(flow);
    }

    private SettledAndClaimed complete(Task running, ClaimRequest request) {
        return claims().settleAndClaim(List.of(completed(running)), request);
    }

    @Test
    void theEndOfATaskAndTheClaimOfTheNextAreOne() {
        List<Task> flow = fan(newTask());
        WorkerId worker = worker();
        Task first = claim(worker, flow.get(0));

        SettledAndClaimed answer = complete(first, due(worker, 1));

        assertThat(answer.settled()).containsExactly(became(first, TaskStatus.COMPLETED));
        assertThat(ids(answer.claimed())).containsExactly(flow.get(1).id());
        Task next = answer.claimed().get(0);
        assertStored(next);
        assertThat(next.attempt()).isEqualTo(1);
        assertThat(workerOf(next)).isEqualTo(worker);
        assertThat(history(next.id()).changes())
                .extracting(StatusChange::to)
                .containsExactly(TaskStatus.WAITING, TaskStatus.PENDING, TaskStatus.RUNNING);
        assertThat(settle(completed(next))).isEqualTo(became(next, TaskStatus.COMPLETED));
    }

    @Test
    void nothingButWhatGoesOnThroughTheseEndsIsClaimed() {
        Task urgent = create(newTask().priority(9));
        List<Task> flow = fan(newTask());
        List<Task> other = fan(newTask());
        WorkerId worker = worker();

        SettledAndClaimed answer = complete(claim(worker, flow.get(0)), due(worker, 10));

        assertThat(ids(answer.claimed())).containsExactly(flow.get(1).id());
        assertThat(read(urgent.id()).status()).isEqualTo(TaskStatus.PENDING);
        assertThat(read(other.get(0).id()).status()).isEqualTo(TaskStatus.PENDING);
    }

    @Test
    void asManyAreClaimedAsThereAreSlotsThoseOfTheHighestPriorityFirst() {
        List<Task> flow = fan(newTask(), newTask().priority(3), newTask().priority(7));
        WorkerId worker = worker();

        SettledAndClaimed answer = complete(claim(worker, flow.get(0)), due(worker, 2));

        assertThat(ids(answer.claimed()))
                .containsExactly(flow.get(3).id(), flow.get(2).id());
        assertThat(read(flow.get(1).id()).status()).isEqualTo(TaskStatus.PENDING);
    }

    @Test
    void theSlotsOfAQueueAreKeptTo() {
        List<Task> flow = fan(
                newTask().queue("narrow"), newTask().queue("narrow"), newTask().queue("wide"));
        WorkerId worker = worker();
        Slots slots = new Slots(3, Map.of("narrow", 1), true);

        SettledAndClaimed answer = complete(claim(worker, flow.get(0)), due(worker, slots));

        assertThat(answer.claimed()).extracting(Task::queue).containsExactlyInAnyOrder("narrow", "wide");
    }

    @Test
    void tasksOfTypesThatWereNotAskedForAreLeftToOthers() {
        List<Task> flow = fan(newTask());
        WorkerId worker = worker();
        ClaimRequest request = ClaimRequest.due(worker, Set.of("something-else"), Slots.of(1));

        assertThat(complete(claim(worker, flow.get(0)), request).claimed()).isEmpty();
        assertThat(ids(claim(worker(), 1))).containsExactly(flow.get(1).id());
    }

    @Test
    void whatIsNotDueYetOrInAPausedQueueIsNotClaimed() {
        List<Task> flow =
                fan(newTask().runAt(now().plus(Duration.ofHours(1))), newTask().queue("paused"));
        storage().queues().pause("paused");
        WorkerId worker = worker();

        assertThat(complete(claim(worker, flow.get(0)), due(worker, 2)).claimed())
                .isEmpty();
        assertThat(read(flow.get(1).id()).status()).isEqualTo(TaskStatus.PENDING);
        assertThat(read(flow.get(2).id()).status()).isEqualTo(TaskStatus.PENDING);
    }

    @Test
    void whatStillWaitsForAnotherTaskIsNotClaimed() {
        List<Task> flow = createWorkflow(NewWorkflow.of("a workflow")
                .task("one", newTask())
                .task("other", newTask())
                .task("join", newTask())
                .after("one", "other"));
        WorkerId worker = worker();
        Task one = claim(worker, flow.get(0));
        Task other = claim(worker, flow.get(1));

        assertThat(complete(one, due(worker, 1)).claimed()).isEmpty();
        assertThat(ids(complete(other, due(worker, 1)).claimed()))
                .containsExactly(flow.get(2).id());
    }

    @Test
    void aDeadWorkerClaimsNothing() {
        List<Task> flow = fan(newTask());
        Task first = claim(worker(), flow.get(0));
        WorkerId dead = worker();
        kill(dead);

        SettledAndClaimed answer = complete(first, due(dead, 1));

        assertThat(answer.settled()).containsExactly(became(first, TaskStatus.COMPLETED));
        assertThat(answer.claimed()).isEmpty();
        assertThat(read(flow.get(1).id()).status()).isEqualTo(TaskStatus.PENDING);
    }

    @Test
    void anEndThatIsLostClaimsNothing() {
        List<Task> flow = fan(newTask());
        Task first = claim(worker(), flow.get(0));
        crash(first);

        SettledAndClaimed answer = complete(first, due(worker(), 1));

        assertThat(answer.settled()).containsExactly(lost(first));
        assertThat(answer.claimed()).isEmpty();
        assertThat(read(flow.get(1).id()).status()).isEqualTo(TaskStatus.WAITING);
    }

    @Test
    void anEndThatWasRecordedBeforeClaimsNothing() {
        List<Task> flow = fan(newTask(), newTask());
        WorkerId worker = worker();
        Task first = claim(worker, flow.get(0));
        Task next = complete(first, due(worker, 1)).claimed().get(0);

        SettledAndClaimed again = complete(first, due(worker, 1));

        assertThat(again.settled()).containsExactly(became(first, TaskStatus.COMPLETED));
        assertThat(again.claimed()).isEmpty();
        assertThat(claims().held(worker)).extracting(held -> held.claim()).containsExactly(Claim.of(next));
    }

    @Test
    void aFailureThatOthersWaitForLetsThemGoOnToo() {
        List<Task> flow = createWorkflow(NewWorkflow.of("a workflow")
                .task("first", newTask())
                .task("report", newTask())
                .afterEnded("first")
                .task("doomed", newTask())
                .after("first"));
        WorkerId worker = worker();
        Task first = claim(worker, flow.get(0));

        SettledAndClaimed answer = claims().settleAndClaim(List.of(failed(first)), due(worker, 2));

        assertThat(ids(answer.claimed())).containsExactly(flow.get(1).id());
        assertThat(read(flow.get(2).id()).status()).isEqualTo(TaskStatus.CANCELLED);
    }

    @Test
    @SuppressWarnings("try") // the subscription hears without being spoken to
    void whatWasClaimedIsNoNewsAndWhatWasNotIs() {
        List<Task> flow = fan(newTask(), newTask());
        WorkerId worker = worker();
        Task first = claim(worker, flow.get(0));
        List<News> told = new ArrayList<>();

        Subscription subscription = tasks().onNews(told::add);
        Task claimed = complete(first, due(worker, 1)).claimed().get(0);
        subscription.close();

        Task left = claimed.id().equals(flow.get(1).id()) ? flow.get(2) : flow.get(1);
        assertThat(told).flatExtracting(News::claimable).containsExactly(Hint.of(read(left.id())));
    }

    @Test
    void theEndsOfManyRunsLetMuchGoOnAtOnce() {
        List<Task> firsts = new ArrayList<>();
        List<UUID> thens = new ArrayList<>();
        WorkerId worker = worker();
        for (int i = 0; i < 20; i++) {
            List<Task> flow = fan(newTask());
            firsts.add(claim(worker, flow.get(0)));
            thens.add(flow.get(1).id());
        }

        SettledAndClaimed answer = claims().settleAndClaim(
                        firsts.stream().map(RunContract::completed).toList(), due(worker, 20));

        assertThat(answer.settled())
                .containsExactlyElementsOf(firsts.stream()
                        .map(first -> became(first, TaskStatus.COMPLETED))
                        .toList());
        assertThat(answer.claimed()).extracting(Task::id).containsExactlyInAnyOrderElementsOf(thens);
    }

    @Test
    void noEndsLetNothingGoOn() {
        SettledAndClaimed answer = claims().settleAndClaim(List.of(), due(worker(), 1));

        assertThat(answer.settled()).isEmpty();
        assertThat(answer.claimed()).isEmpty();
    }
}
