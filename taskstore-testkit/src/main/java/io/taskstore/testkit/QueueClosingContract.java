package io.taskstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Health;
import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Task;
import io.taskstore.TaskQueue.Reservation;
import io.taskstore.Wanted;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is left of a queue that was closed. */
abstract class QueueClosingContract extends QueueGroup {

    QueueClosingContract(QueueContract contract) {
        super(contract);
    }

    @Test
    void closingEndsAllWaitingPollsWithNothing() throws InterruptedException {
        AsyncCall<Polled> one = start(wanted(1));
        AsyncCall<Polled> two = start(wanted(1));

        queue().close();

        assertThat(one.answer().isNothing()).isTrue();
        assertThat(two.answer().isNothing()).isTrue();
    }

    @Test
    void closingForgetsTheHints() throws InterruptedException {
        Wanted first = wanted(1);
        offer(hints(3));
        pollHints(first, 1);

        queue().close();
        queue().leave(first.worker());

        assertThat(queue().depth()).isZero();
        assertThat(queue().poll(wanted(5), LONG).isNothing()).isTrue();
    }

    @Test
    void laterCallsDoNothing() throws InterruptedException {
        Wanted wanted = wanted(5);
        glance(wanted);
        queue().close();

        assertThat(queue().offer(hint())).isFalse();
        assertThat(queue().reserve(hint())).isEmpty();
        assertThat(queue().reserved(wanted.worker())).isEmpty();
        queue().wake();
        queue().cancelRequested(Set.of(UUID.randomUUID()));
        queue().handled(hint());

        assertThat(queue().poll(wanted, LONG).isNothing()).isTrue();
        assertThat(queue().depth()).isZero();
        assertThat(queue().leave(wanted.worker())).isEmpty();
    }

    @Test
    void closingTwiceIsClosingOnce() {
        queue().close();
        queue().close();

        assertThat(queue().health().works()).isFalse();
    }

    @Test
    void theHealthTellsWhetherItIsClosed() {
        assertThat(queue().health().level()).isEqualTo(Health.Level.UP);

        queue().close();

        assertThat(queue().health().level()).isEqualTo(Health.Level.DOWN);
        assertThat(queue().health().detail()).isNotBlank();
    }

    @Test
    void anInterruptedThreadHearsOfItsInterruptFromAClosedQueueToo() {
        queue().close();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> queue().poll(wanted(1), LONG)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void closingVoidsTheReservations() throws InterruptedException {
        Wanted wanted = wanted(2);
        AsyncCall<Polled> poll = start(wanted);
        Hint hint = hint();
        Reservation toDeliver = reserve(hint);
        Reservation toRelease = reserve(hint());

        queue().close();

        assertThat(queue().reserve(hint())).isEmpty();
        assertThat(deliver(toDeliver, hint)).isFalse();
        toRelease.release();
        assertThat(poll.answer().isNothing()).isTrue();
        assertThat(queue().leave(wanted.worker())).isEmpty();
    }

    /** They are RUNNING by the worker, and only the worker can give them back. */
    @Test
    void whatWasDeliveredBeforeIsAnsweredByLeaving() throws InterruptedException {
        Wanted wanted = wanted(1);
        AsyncCall<Polled> poll = start(wanted);
        Hint hint = hint();
        Reservation slot = reserve(hint);
        queue().wake();
        poll.answer();
        deliver(slot, hint);

        queue().close();

        assertThat(queue().poll(wanted, LONG).isNothing()).isTrue();
        assertThat(queue().leave(wanted.worker())).extracting(Task::id).isEqualTo(List.of(hint.id()));
    }
}
