package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.OTHER_WORK;
import static io.taskstore.testkit.Fixtures.WORK;
import static io.taskstore.testkit.Fixtures.drafts;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Slots;
import io.taskstore.Task;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.spi.ClaimRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** In which order a claim takes tasks, which it passes over, and what it tells of the rest. */
abstract class ClaimOrderContract extends RunContract {

    ClaimOrderContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void theHighestPriorityGoesFirst() {
        Task low = create(newTask().priority(-1));
        Task high = create(newTask().priority(2));
        Task middle = create();
        create(newTask().priority(-2));

        assertThat(ids(claim(worker(), 3))).containsExactly(high.id(), middle.id(), low.id());
    }

    @Test
    void amongEqualPrioritiesTheLongestDueGoesFirst() {
        Task storedFirst = create();
        clock.advance(Duration.ofSeconds(2));
        Task dueSecond = create(newTask().runAt(now().minusSeconds(1)));
        Task dueFirst = create(newTask().runAt(now().minusSeconds(3)));
        create(newTask().runAt(now()));

        assertThat(ids(claim(worker(), 3))).containsExactly(dueFirst.id(), storedFirst.id(), dueSecond.id());
    }

    @Test
    void amongThoseDueAtTheSameTimeTheOldestGoesFirst() {
        Instant due = now().plusSeconds(10);
        Task older = create(newTask().id(id("8")).runAt(due));
        clock.advance(Duration.ofSeconds(1));
        Task younger = create(newTask().id(id("7")).runAt(due));
        clock.set(due);
        Task youngest = create(newTask().id(id("6")));
        create(newTask().id(id("9")));

        assertThat(ids(claim(worker(), 3))).containsExactly(older.id(), younger.id(), youngest.id());
    }

    @Test
    void amongThoseOfTheSameAgeTheOrderIsThatOfTheTextOfTheirIds() {
        for (String digit : List.of("8", "0", "f", "7")) {
            create(newTask().id(id(digit)));
        }
        WorkerId worker = worker();

        assertThat(ids(claim(worker, 3))).containsExactly(id("0"), id("7"), id("8"));
        assertThat(ids(claim(worker, 3))).containsExactly(id("f"));
    }

    @Test
    void aClaimForTheOldestLooksAtNoPriority() {
        Task second = create(newTask().priority(5));
        Task first = create(newTask().runAt(now().minusSeconds(1)));
        clock.advance(Duration.ofSeconds(1));
        create(newTask().priority(9));

        assertThat(ids(claims().claim(due(worker(), 2).withOldestFirst()).tasks()))
                .containsExactly(first.id(), second.id());
    }

    @Test
    void aTaskThatCrashedBeforeIsPassedOver() {
        Task suspect = crashed(create(newTask().priority(9)), 1);
        Task other = create();
        WorkerId worker = worker();

        assertThat(ids(claim(worker, 10))).containsExactly(other.id());
        assertThat(claims().claim(due(worker, 10).hinted(Set.of(suspect.id()))).tasks())
                .isEmpty();
    }

    @Test
    void aClaimThatAsksForASuspectGetsAtMostOne() {
        Task worse = crashed(create(newTask().priority(9)), 2);
        Task bad = crashed(create(newTask().priority(8)), 1);
        Task good = create();
        ClaimRequest request = due(worker(), 10).withSuspect();

        assertThat(ids(claims().claim(request).tasks())).containsExactly(worse.id(), good.id());
        assertThat(ids(claims().claim(request).tasks())).containsExactly(bad.id());
    }

    @Test
    void aClaimThatNamesSuspectsGetsAtMostOneToo() {
        Task low = crashed(create(), 1);
        Task high = crashed(create(newTask().priority(1)), 1);
        Set<UUID> both = Set.of(low.id(), high.id());

        assertThat(ids(claims().claim(due(worker(), 10).withSuspect().hinted(both))
                        .tasks()))
                .containsExactly(high.id());
    }

    @Test
    void aSuspectHasNoPrecedenceOverOtherTasks() {
        crashed(create(), 1);
        Task good = create(newTask().priority(1));

        assertThat(ids(claims().claim(due(worker(), 1).withSuspect()).tasks())).containsExactly(good.id());
    }

    @Test
    void aTaskThatFailedOrWasGivenBackIsNoSuspect() {
        Task failed = running();
        settle(retried(failed, Duration.ZERO));
        Task released = running();
        settle(released(released));

        assertThat(ids(claim(worker(), 10))).containsExactlyInAnyOrder(failed.id(), released.id());
    }

    @Test
    void thereIsMoreIfTheTotalOfSlotsWasTheLimit() {
        tasks().createAll(drafts(3));
        create(newTask().runAt(now().plusSeconds(1)));
        WorkerId worker = worker();

        var first = claims().claim(due(worker, 2));
        var second = claims().claim(due(worker, 2));

        assertThat(first.more()).isTrue();
        assertThat(first.dueIn()).isEmpty();
        assertThat(second.more()).isFalse();
        assertThat(second.dueIn()).contains(Duration.ofSeconds(1));
    }

    @Test
    void thatTheSlotsOfOneQueueWereTheLimitSaysNothingOfMoreToDo() {
        create(newTask().queue("mail"));
        create(newTask().queue("mail"));

        var claimed = claims().claim(due(worker(), new Slots(10, Map.of("mail", 1), true)));

        assertThat(claimed.tasks()).hasSize(1);
        assertThat(claimed.more()).isFalse();
    }

    @Test
    void thereIsMoreIfThereWereNoSlotsAtAll() {
        create();

        assertThat(claims().claim(due(worker(), 0)).more()).isTrue();
    }

    @Test
    void thereIsNoMoreIfNothingElseMayBeTaken() {
        create();
        create(of(OTHER_WORK));
        create(newTask().queue("post"));
        create(newTask().queue("paused"));
        create(newTask().runAt(now().plusSeconds(1)));
        storage().queues().pause("paused");
        Slots slots = new Slots(10, Map.of("default", 10, "paused", 10), false);

        var claimed = claims().claim(ClaimRequest.due(worker(), Set.of(WORK.name()), slots));

        assertThat(claimed.tasks()).hasSize(1);
        assertThat(claimed.more()).isFalse();
    }

    @Test
    void aSuspectThatIsPassedOverIsNotMore() {
        crashed(create(), 1);
        crashed(create(), 1);
        WorkerId worker = worker();

        assertThat(claims().claim(due(worker, 10)).more()).isFalse();
        assertThat(claims().claim(due(worker, 10).withSuspect()).more()).isFalse();
    }

    @Test
    void theNextDueIsTheEarliestToCome() {
        create();
        create(newTask().runAt(now().plusSeconds(3)));
        Task next = create(newTask().runAt(now().plusSeconds(2)).priority(-1));
        WorkerId worker = worker();

        assertThat(claims().claim(due(worker, 10)).dueIn())
                .contains(Duration.between(now(), next.runAt().orElseThrow()));
        clock.advance(Duration.ofSeconds(2));
        assertThat(claims().claim(due(worker, 10)).dueIn()).contains(Duration.ofSeconds(1));
    }

    @Test
    void theNextDueIsEmptyIfNothingIsToCome() {
        create();

        assertThat(claims().claim(due(worker(), 10)).dueIn()).isEmpty();
    }

    @Test
    void theNextDueIsOneThatTheRequestWouldTake() {
        create(of(OTHER_WORK).runAt(now().plusSeconds(1)));
        create(newTask().queue("post").runAt(now().plusSeconds(2)));
        create(newTask().queue("paused").runAt(now().plusSeconds(3)));
        Task cancelled = create(newTask().runAt(now().plusSeconds(4)));
        cancel(cancelled);
        Task driven = create(newTask().runAt(now().plusSeconds(4)));
        tasks().transition(driven.id(), driven.version(), TaskStatus.RUNNING, null);
        Task next = create(newTask().runAt(now().plusSeconds(5)));
        storage().queues().pause("paused");
        Slots slots = new Slots(10, Map.of("default", 10, "paused", 10), false);

        var claimed = claims().claim(ClaimRequest.due(worker(), Set.of(WORK.name()), slots));

        assertThat(claimed.dueIn())
                .contains(Duration.between(now(), next.runAt().orElseThrow()));
    }

    @Test
    void theNextDueIsStillToComeAlsoWhereASuspectIsPassedOver() {
        Task suspect = crashed(create(), 1);
        settle(retried(claim(worker(), suspect), Duration.ZERO));
        clock.advance(Duration.ofSeconds(1));

        var claimed = claims().claim(due(worker(), 10));

        assertThat(claimed.tasks()).isEmpty();
        assertThat(claimed.dueIn()).isEmpty();
    }

    @Test
    void theNextDueKnowsOfRetries() {
        settle(retried(running()));

        assertThat(claims().claim(due(worker(), 10)).dueIn()).contains(DELAY);
    }
}
