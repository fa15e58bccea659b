package io.taskstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.TaskQueue.Reservation;
import io.taskstore.Wanted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** How long a poll waits, and what ends it. */
abstract class WaitingContract extends QueueGroup {

    private static final int RACES = 200;

    WaitingContract(QueueContract contract) {
        super(contract);
    }

    @Test
    void aNudgeEndsTheWaitingPollOfItsWorkerAlone() throws InterruptedException {
        Wanted wanted = wanted(1);
        AsyncCall<Polled> poll = start(wanted);
        AsyncCall<Polled> other = start(wanted(1));

        queue().nudge(wanted.worker());

        assertThat(poll.answer().isNothing()).isTrue();
        assertThat(other.isOver()).isFalse();
    }

    @Test
    void aNudgeBetweenTwoPollsEndsTheSecondAndNoMore() throws InterruptedException {
        Wanted wanted = wanted(1);
        glance(wanted);
        queue().nudge(wanted.worker());

        assertThat(queue().poll(wanted, LONG).isNothing()).isTrue();
        AsyncCall<Polled> third = start(wanted);
        Hint hint = hint();
        queue().offer(hint);
        assertThat(third.answer().hints()).containsExactly(hint);
    }

    @Test
    void aNudgeTakesNothingFromThePollThatItEnds() throws InterruptedException {
        Wanted wanted = wanted(1);
        glance(wanted);
        Hint hint = hint();
        queue().offer(hint);
        queue().nudge(wanted.worker());

        assertThat(poll(wanted).hints()).containsExactly(hint);
    }

    @Test
    void aNudgeOfAWorkerThatNobodyKnowsDoesNothing() throws InterruptedException {
        Wanted wanted = wanted(1);
        queue().nudge(wanted.worker());

        AsyncCall<Polled> poll = start(wanted);
        Hint hint = hint();
        queue().offer(hint);
        assertThat(poll.answer().hints()).containsExactly(hint);
    }

    @Test
    void aPollThatMayNotWaitAnswersAtOnce() throws InterruptedException {
        assertThat(queue().poll(wanted(1), Duration.ZERO).isNothing()).isTrue();
        assertThat(queue().poll(wanted(1), Duration.ofDays(-1)).isNothing()).isTrue();
    }

    @Test
    void aPollThatGetsNothingWaitsForAllOfItsTimeout() throws InterruptedException {
        Duration timeout = Duration.ofMillis(40);
        long start = System.nanoTime();

        Polled polled = queue().poll(wanted(1), timeout);

        assertThat(polled.isNothing()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(timeout);
    }

    /** What concerns others goes on all the while, and neither prolongs nor ends the wait. */
    @Test
    void whatIsNotForAPollDoesNotChangeItsTimeout() throws InterruptedException {
        Wanted other = new Wanted(worker(), Set.of(OTHER_TYPE), wanted(9).slots(), true);
        Duration timeout = Duration.ofMillis(100);
        long start = System.nanoTime();
        AsyncCall<Polled> poll = begin(wanted(1), timeout);

        while (!poll.isOver()) {
            // hints that take their time must not fill the queue: a refusal concerns everybody
            if (queue().depth() < 100) {
                queue().offer(hint(OTHER_TYPE, QUEUE));
            }
            glance(other).hints().forEach(queue()::handled);
            queue().leave(other.worker());
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("the poll still waits after")
                    .isLessThan(Patience.LIMIT);
        }

        assertThat(poll.answer().isNothing()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(timeout);
    }

    @Test
    void theLongestTimeoutIsWaitedForToo() throws InterruptedException {
        AsyncCall<Polled> poll =
                begin(wanted(1), Duration.ofSeconds(Long.MAX_VALUE)).awaitWaiting();
        assertThat(poll.isOver()).isFalse();

        queue().wake();

        assertThat(poll.answer().woken()).isTrue();
    }

    @Test
    void anOfferEndsAWaitingPoll() throws InterruptedException {
        AsyncCall<Polled> poll = start(wanted(1));
        Hint hint = hint();

        offer(List.of(hint));

        assertThat(poll.answer().hints()).containsExactly(hint);
    }

    @Test
    void anOfferOfAnotherTypeLeavesAPollWaiting() throws InterruptedException {
        AsyncCall<Polled> poll = start(wanted(1));
        awaitReservable(hint());

        offer(List.of(hint(OTHER_TYPE, QUEUE)));

        awaitReservable(hint());
        assertThat(poll.isOver()).isFalse();
    }

    @Test
    void aDeliveryEndsAWaitingPoll() throws InterruptedException {
        AsyncCall<Polled> poll = start(wanted(1));
        Hint hint = hint();
        Reservation slot = reserve(hint);

        assertThat(deliver(slot, hint)).isTrue();

        assertThat(poll.answer().handedOver()).extracting(task -> task.id()).containsExactly(hint.id());
    }

    @Test
    void leavingEndsAWaitingPollWhichTakesNothingAnyMore() throws InterruptedException {
        Wanted wanted = wanted(1);
        AsyncCall<Polled> poll = start(wanted);

        queue().leave(wanted.worker());
        Hint hint = hint();
        offer(List.of(hint));

        assertThat(poll.answer().isNothing()).isTrue();
        assertThat(pollHints(wanted(1), 1)).containsExactly(hint);
    }

    @Test
    void wakingReachesEveryWorkerOnceWhetherItWaitsOrNot() throws InterruptedException {
        AsyncCall<Polled> waiting = start(wanted(1));
        Wanted between = wanted(1);
        glance(between);

        queue().wake();

        assertThat(waiting.answer().woken()).isTrue();
        assertThat(poll(between).woken()).isTrue();
        assertThat(glance(between).isNothing()).isTrue();
    }

    @Test
    void cancelRequestsReachEveryWorkerOnceWhetherItWaitsOrNot() throws InterruptedException {
        UUID one = UUID.randomUUID();
        UUID two = UUID.randomUUID();
        AsyncCall<Polled> waiting = start(wanted(1));
        Wanted between = wanted(1);
        glance(between);

        queue().cancelRequested(Set.of(one, two));

        assertThat(waiting.answer().cancelRequested()).containsExactlyInAnyOrder(one, two);
        assertThat(poll(between).cancelRequested()).containsExactlyInAnyOrder(one, two);
        assertThat(glance(between).isNothing()).isTrue();
    }

    @Test
    void whatComesBetweenTwoPollsWaitsForTheSecond() throws InterruptedException {
        Wanted wanted = wanted(5);
        glance(wanted);
        Hint hint = hint();
        Set<UUID> cancelled = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            UUID id = UUID.randomUUID();
            cancelled.add(id);
            queue().cancelRequested(Set.of(id));
        }
        queue().wake();
        offer(List.of(hint));

        Polled first = poll(wanted);

        assertThat(first.cancelRequested()).isEqualTo(cancelled);
        assertThat(first.woken()).isTrue();
        assertThat(first.hints().isEmpty() ? pollHints(wanted, 1) : first.hints())
                .containsExactly(hint);
    }

    @Test
    void anInterruptedThreadTakesNothing() throws InterruptedException {
        Wanted wanted = wanted(5);
        glance(wanted);
        Hint hint = hint();
        UUID cancelled = UUID.randomUUID();
        offer(List.of(hint));
        queue().cancelRequested(Set.of(cancelled));
        queue().wake();

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> queue().poll(wanted, LONG)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();

        Polled next = poll(wanted);
        assertThat(next.cancelRequested()).containsExactly(cancelled);
        assertThat(next.woken()).isTrue();
        assertThat(next.hints().isEmpty() ? pollHints(wanted, 1) : next.hints()).containsExactly(hint);
    }

    @Test
    void anInterruptEndsAWaitingPollAndTheNextOneGetsWhatComes() throws InterruptedException {
        Wanted wanted = wanted(1);
        AsyncCall<Polled> poll = start(wanted);
        Hint handedOver = hint();
        Reservation slot = reserve(handedOver);

        poll.interrupt();
        assertThat(poll.wasInterrupted()).isTrue();
        assertThat(deliver(slot, handedOver)).isTrue();

        assertThat(poll(wanted).handedOver()).extracting(task -> task.id()).containsExactly(handedOver.id());
    }

    @Test
    void aHintThatMeetsAnInterruptIsPolledOnceInAnyCase() throws InterruptedException {
        Wanted wanted = wanted(5);
        for (int i = 0; i < RACES; i++) {
            Hint hint = hint();
            AsyncCall<Polled> poll = start(wanted);
            AtomicBoolean go = new AtomicBoolean();
            AsyncCall<Boolean> submitter = AsyncCall.start(() -> {
                while (!go.get()) {
                    Thread.onSpinWait();
                }
                return queue().offer(hint);
            });
            go.set(true);
            poll.interrupt();
            assertThat(submitter.answer()).isTrue();
            List<Hint> polled = new ArrayList<>();
            if (!poll.wasInterrupted()) {
                polled.addAll(poll.answer().hints());
            }
            if (polled.isEmpty()) {
                polled.addAll(pollHints(wanted, 1));
            }
            assertThat(polled).containsExactly(hint);
            queue().handled(hint);
        }
        assertThat(glance(wanted).hints()).isEmpty();
    }
}
