package io.taskstore.rabbitmq;

import static io.taskstore.rabbitmq.Stage.TYPE;
import static io.taskstore.rabbitmq.Stage.hint;
import static io.taskstore.rabbitmq.Stage.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Hint;
import io.taskstore.Slots;
import io.taskstore.Wanted;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.rabbitmq.Ledger.Chores;
import io.taskstore.rabbitmq.Ledger.Letter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said to the broker, without one. */
final class LedgerTest {

    private static final int PREFETCH = 3;

    private final AtomicLong now = new AtomicLong();
    private final Counters counters = new Counters();
    private final InMemoryTaskQueue local = new InMemoryTaskQueue();
    private final Ledger ledger =
            new Ledger(local, new RabbitTaskQueueBuilder.Settings(PREFETCH, 100), counters, now::get);
    private final Object session = new Object();
    private long tag;

    @BeforeEach
    void openSession() {
        ledger.open(session);
    }

    private long arrive(Hint hint) {
        ledger.arrived(session, TYPE, ++tag, 0, HintMessage.encode(hint));
        return tag;
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private Chores chores() {
        return ledger.chores(Set.of(TYPE));
    }

    @Test
    void aTypeIsConsumedWhileAPollWaitsForItAndAMomentLonger() {
        Wanted wanted = wanted(1);
        assertThat(ledger.chores(Set.of()).isEmpty()).isTrue();

        ledger.begin(wanted);
        assertThat(ledger.chores(Set.of()).subscribe()).containsExactly(TYPE);
        pass(Duration.ofHours(1));
        assertThat(chores().isEmpty()).isTrue();

        ledger.end(wanted.worker(), true);
        pass(Desks.GRACE.minusNanos(1));
        assertThat(chores().isEmpty()).isTrue();
        pass(Duration.ofNanos(1));
        assertThat(chores().cancel()).containsExactly(TYPE);
    }

    @Test
    void aPollWithoutSlotsConsumesNothing() {
        ledger.begin(wanted(0));

        assertThat(ledger.chores(Set.of()).isEmpty()).isTrue();
    }

    @Test
    void aHintIsAcknowledgedWhenItIsHandledAndOnce() {
        ledger.begin(wanted(1));
        Hint hint = hint();
        long arrived = arrive(hint);
        assertThat(chores().acknowledge()).isEmpty();

        ledger.handled(hint);
        ledger.handled(hint);

        assertThat(chores().acknowledge()).containsExactly(arrived);
    }

    @Test
    void whatNobodyWaitsForGoesBackOnlyWhenItsConsumerIsCancelled() {
        Wanted wanted = wanted(1);
        ledger.begin(wanted);
        ledger.end(wanted.worker(), false);
        long arrived = arrive(hint());
        pass(Desks.GRACE);

        assertThat(chores().giveBack()).isEmpty();

        assertThat(ledger.chores(Set.of()).giveBack()).containsExactly(arrived);
        assertThat(ledger.depth()).isZero();
    }

    @Test
    void whatFillsTheWindowAndCannotBeStartedIsAcknowledgedAndLeftToTheLocalQueue() {
        ledger.begin(wanted(TYPE, new Slots(5, Map.of("mail", 0), true)));
        for (int i = 0; i < PREFETCH - 1; i++) {
            arrive(hint(TYPE, "mail"));
        }
        pass(Duration.ofSeconds(1));
        assertThat(chores().acknowledge()).as("with room in the window").isEmpty();

        arrive(hint(TYPE, "mail"));
        assertThat(chores().acknowledge()).containsExactly(1L, 2L);

        assertThat(local.depth()).isEqualTo(2);
    }

    @Test
    void nothingIsUnacknowledgedForMoreThanAMinute() {
        ledger.begin(wanted(1));
        long given = arrive(hint());
        long waiting = arrive(hint());
        pass(Duration.ofMinutes(1));
        assertThat(chores().acknowledge()).isEmpty();

        pass(Duration.ofNanos(1));

        assertThat(chores().acknowledge()).containsExactlyInAnyOrder(given, waiting);
    }

    @Test
    void whatComesInAnEarlierSessionIsStale() {
        ledger.begin(wanted(5));
        Hint before = hint();
        arrive(before);
        ledger.abandon(session);
        ledger.open(new Object());

        ledger.handled(before);
        arrive(hint());

        assertThat(chores().acknowledge()).isEmpty();
        assertThat(counters.read().received()).isEqualTo(1);
    }

    @Test
    void aHintThatTheLocalQueueRefusesWaitsForTheNextPoll() throws InterruptedException {
        InMemoryTaskQueue full = new InMemoryTaskQueue(1);
        Ledger ledger = new Ledger(full, new RabbitTaskQueueBuilder.Settings(PREFETCH, 100), counters, now::get);
        ledger.open(session);
        Wanted wanted = wanted(5);
        ledger.begin(wanted);
        Hint first = hint();
        Hint second = hint();
        ledger.arrived(session, TYPE, 1, 0, HintMessage.encode(first));
        ledger.arrived(session, TYPE, 2, 0, HintMessage.encode(second));
        assertThat(full.poll(wanted, Duration.ZERO).hints()).containsExactly(first);
        assertThat(ledger.chores(Set.of(TYPE)).acknowledge()).isEmpty();

        ledger.begin(wanted);

        assertThat(full.poll(wanted, Duration.ZERO).hints()).containsExactly(second);
    }

    @Test
    void aHintThatTheLocalQueueRefusesTwiceIsAcknowledgedAndLeftToTheScan() {
        Ledger ledger = new Ledger(
                new InMemoryTaskQueue(1), new RabbitTaskQueueBuilder.Settings(PREFETCH, 100), counters, now::get);
        ledger.open(session);
        Wanted wanted = wanted(5);
        ledger.begin(wanted);
        ledger.arrived(session, TYPE, 1, 0, HintMessage.encode(hint()));
        ledger.arrived(session, TYPE, 2, 0, HintMessage.encode(hint()));

        assertThat(ledger.chores(Set.of(TYPE)).acknowledge()).isEmpty();

        ledger.begin(wanted);

        assertThat(ledger.chores(Set.of(TYPE)).acknowledge()).containsExactly(2L);
    }

    @Test
    void aHintIsForAWorkerBetweenTwoPollsIfTheFirstWasInVain() {
        Wanted wanted = wanted(1);
        ledger.reachable();
        ledger.begin(wanted);
        ledger.end(wanted.worker(), true);

        assertThat(ledger.offer(hint())).isTrue();
        assertThat(ledger.offer(hint())).isTrue();

        assertThat(local.depth()).isEqualTo(1);
        assertThat(ledger.letters()).hasSize(1);
    }

    private static Wanted ofMailOnly() {
        return wanted(TYPE, new Slots(5, Map.of("mail", 5), false));
    }

    @Test
    void whatNoWorkerHereEverStartsIsAcknowledgedAndNotLeftToTheLocalQueue() {
        ledger.begin(ofMailOnly());
        for (int i = 0; i < PREFETCH; i++) {
            arrive(hint(TYPE, "elsewhere"));
        }
        pass(Duration.ofSeconds(1));

        assertThat(chores().acknowledge()).containsExactly(1L, 2L, 3L);

        assertThat(local.depth()).isZero();
    }

    @Test
    void whileTheBrokerIsAwayWhatNoWorkerHereEverStartsIsRefused() {
        ledger.begin(ofMailOnly());

        assertThat(ledger.offer(hint(TYPE, "elsewhere"))).isFalse();
        assertThat(ledger.offer(hint(TYPE, "mail"))).isTrue();

        assertThat(local.depth()).isEqualTo(1);
    }

    @Test
    void whatTheBrokerHadNoQueueForIsLostAndNotPublished() {
        ledger.reachable();
        ledger.offer(hint());
        ledger.offer(hint());
        List<Long> numbers = ledger.letters().stream().map(Letter::number).toList();

        ledger.returned(numbers.get(0));
        ledger.confirmed(numbers);

        assertThat(counters.read().published()).isEqualTo(1);
        assertThat(counters.read().lost()).isEqualTo(1);
    }
}
