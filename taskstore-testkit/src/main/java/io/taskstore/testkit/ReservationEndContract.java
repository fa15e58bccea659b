package io.taskstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Task;
import io.taskstore.TaskQueue.Reservation;
import io.taskstore.Wanted;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a reservation ends: with a delivery, a release, the worker's leaving, or never. */
abstract class ReservationEndContract extends QueueGroup {

    ReservationEndContract(QueueContract contract) {
        super(contract);
    }

    private static List<Hint> none() {
        return List.of();
    }

    @Test
    void aReleasedSlotCanBeReservedAgain() throws InterruptedException {
        Wanted wanted = wanted(1);
        AsyncCall<Polled> poll = start(wanted);
        Reservation first = reserve(hint());
        assertThat(queue().reserve(hint())).isEmpty();

        first.release();

        assertThat(queue().reserved(wanted.worker())).isEmpty();
        Hint next = hint();
        deliver(queue().reserve(next).orElseThrow(), next);
        assertThat(poll.answer().handedOver()).extracting(Task::id).containsExactly(next.id());
    }

    @Test
    void aReleasedSlotIsGivenToAHintThatWaitedForIt() throws InterruptedException {
        AsyncCall<Polled> poll = start(wanted(1));
        Reservation slot = reserve(hint());
        Hint waiting = hint();
        offer(List.of(waiting));
        assertThat(poll.awaitWaiting().isOver()).isFalse();

        slot.release();

        assertThat(poll.answer().hints()).containsExactly(waiting);
    }

    @Test
    void aDeliveredTaskIsPolledOnceAsItWasDelivered() throws InterruptedException {
        Wanted wanted = wanted(1);
        AsyncCall<Polled> poll = start(wanted);
        Hint hint = hint();
        Reservation slot = reserve(hint);
        Task task = claimed(hint, slot.worker());

        assertThat(slot.deliver(task)).isTrue();

        Polled polled = poll.answer();
        assertThat(polled.handedOver()).containsExactly(task);
        assertThat(polled.hints()).isEqualTo(none());
        assertThat(polled.woken()).isFalse();
        assertThat(glance(wanted).isNothing()).isTrue();
        assertThat(queue().leave(wanted.worker())).isEmpty();
    }

    @Test
    void aTaskIsDeliveredToTheWorkerWhoseSlotItIs() throws InterruptedException {
        Wanted one = wanted(1);
        Wanted two = wanted(1);
        AsyncCall<Polled> pollOfOne = start(one);
        AsyncCall<Polled> pollOfTwo = start(two);
        Hint hint = hint();
        Reservation slot = reserve(hint);

        deliver(slot, hint);

        boolean itIsOne = slot.worker().equals(one.worker());
        assertThat((itIsOne ? pollOfOne : pollOfTwo).answer().handedOver()).hasSize(1);
        queue().wake();
        assertThat((itIsOne ? pollOfTwo : pollOfOne).answer().handedOver()).isEmpty();
    }

    @Test
    void aTaskDeliveredAfterThePollIsOverComesWithTheNext() throws InterruptedException {
        Wanted wanted = wanted(1);
        AsyncCall<Polled> poll = begin(wanted, Duration.ofMillis(300));
        Hint hint = hint();
        Reservation slot = reserve(hint);
        assertThat(poll.answer().isNothing()).isTrue();

        assertThat(deliver(slot, hint)).isTrue();

        assertThat(poll(wanted).handedOver()).extracting(Task::id).containsExactly(hint.id());
    }

    @Test
    void deliveringTwiceDeliversOnce() throws InterruptedException {
        Wanted wanted = wanted(2);
        AsyncCall<Polled> poll = start(wanted);
        Hint hint = hint();
        Reservation slot = reserve(hint);

        deliver(slot, hint);
        deliver(slot, hint);

        assertThat(poll.answer().handedOver()).hasSize(1);
        assertThat(glance(wanted).isNothing()).isTrue();
    }

    @Test
    void aDeliveryAfterTheReleaseDeliversNothing() throws InterruptedException {
        Wanted wanted = wanted(1);
        AsyncCall<Polled> poll = start(wanted);
        Hint hint = hint();
        Reservation slot = reserve(hint);
        slot.release();

        assertThat(deliver(slot, hint)).isFalse();

        queue().wake();
        assertThat(poll.answer().handedOver()).isEmpty();
        assertThat(glance(wanted).isNothing()).isTrue();
    }

    /** The usual way of a submit, which releases whatever happened before. */
    @Test
    void aReleaseAfterTheDeliveryTakesNothingBack() throws InterruptedException {
        Wanted wanted = wanted(1);
        AsyncCall<Polled> poll = start(wanted);
        Hint hint = hint();
        Reservation slot = reserve(hint);
        queue().wake();
        poll.answer();

        deliver(slot, hint);
        slot.release();

        assertThat(queue().reserved(wanted.worker())).containsExactly(hint.id());
        assertThat(poll(wanted).handedOver()).hasSize(1);
    }

    @Test
    void releasingTwiceGivesBackOneSlot() {
        start(wanted(2));
        Reservation first = reserve(hint());
        reserve(hint());

        first.release();
        first.release();

        assertThat(queue().reserve(hint())).isPresent();
        assertThat(queue().reserve(hint())).isEmpty();
    }

    /** The second reservation is of the slot that the first gave back, and for the same task. */
    @Test
    void releasingTwiceDoesNotEndALaterReservation() {
        Wanted wanted = wanted(1);
        start(wanted);
        Hint hint = hint();
        Reservation first = reserve(hint);
        first.release();
        reserve(hint);

        first.release();

        assertThat(queue().reserved(wanted.worker())).containsExactly(hint.id());
        assertThat(queue().reserve(hint())).isEmpty();
    }

    @Test
    void leavingVoidsTheReservations() throws InterruptedException {
        Wanted wanted = wanted(2);
        start(wanted);
        Hint delivered = hint();
        Hint released = hint();
        Reservation toDeliver = reserve(delivered);
        Reservation toRelease = reserve(released);

        assertThat(queue().leave(wanted.worker())).isEmpty();

        assertThat(queue().reserved(wanted.worker())).isEmpty();
        assertThat(queue().reserve(hint())).isEmpty();
        assertThat(deliver(toDeliver, delivered)).isFalse();
        toRelease.release();
        assertThat(glance(wanted).isNothing()).as("if it comes back").isTrue();
    }

    @Test
    void leavingAnswersWithWhatWasDeliveredAndNotPolled() throws InterruptedException {
        Wanted wanted = wanted(2);
        AsyncCall<Polled> poll = start(wanted);
        Hint one = hint();
        Hint two = hint();
        Reservation first = reserve(one);
        Reservation second = reserve(two);
        queue().wake();
        poll.answer();
        deliver(first, one);
        deliver(second, two);

        assertThat(queue().leave(wanted.worker())).extracting(Task::id).containsExactlyInAnyOrder(one.id(), two.id());
        assertThat(queue().leave(wanted.worker())).isEmpty();
        assertThat(glance(wanted).isNothing()).isTrue();
    }

    @Test
    void aReservationWhoseThreadDiesLeavesTheOtherSlotsUsable() throws InterruptedException {
        Wanted wanted = wanted(2);
        AsyncCall<Polled> poll = start(wanted);
        awaitReservable(hint());
        Thread dying = new Thread(() -> queue().reserve(hint()));
        dying.start();
        dying.join();

        for (int i = 0; i < 3; i++) {
            Hint hint = hint();
            deliver(reserve(hint), hint);
            assertThat(poll.answer().handedOver()).extracting(Task::id).containsExactly(hint.id());
            poll = start(wanted);
        }
        Hint hint = hint();
        offer(List.of(hint));
        assertThat(poll.answer().hints()).containsExactly(hint);
        assertThat(queue().reserved(wanted.worker())).hasSize(1);
    }
}
