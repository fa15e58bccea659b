package io.taskstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Slots;
import io.taskstore.Wanted;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What happens when the queue is full: nobody waits, and no worker relies on hints that were never taken. */
abstract class RefusalContract extends QueueGroup {

    private static final int RACES = 200;

    RefusalContract(QueueContract contract) {
        super(contract);
    }

    /** Fills the queue with hints that the workers of these tests cannot start. */
    private void fillWithOthers(int capacity) {
        open(capacity);
        for (int i = 0; i < capacity; i++) {
            assertThat(queue().offer(hint(OTHER_TYPE, QUEUE))).isTrue();
        }
    }

    @Test
    void aFullQueueRefusesAndTakesAgainWhenThereIsRoom() throws InterruptedException {
        open(3);
        List<Hint> hints = hints(3);
        offer(hints);

        assertThat(queue().offer(hint())).isFalse();
        assertThat(queue().offer(hint())).isFalse();

        Wanted wanted = wanted(1);
        List<Hint> first = pollHints(wanted, 1);
        Hint late = hint();
        assertThat(queue().offer(late)).isTrue();
        assertThat(queue().offer(hint())).isFalse();
        List<Hint> rest = pollHints(wanted, 3);
        assertThat(first).containsExactly(hints.get(0));
        assertThat(rest).containsExactly(hints.get(1), hints.get(2), late);
        assertThat(queue().depth()).isZero();
    }

    @Test
    void aRefusalIsToldToEachWorkerOnce() throws InterruptedException {
        fillWithOthers(1);
        Wanted one = wanted(1);
        Wanted two = wanted(1);
        glance(one);
        glance(two);

        queue().offer(hint());
        queue().offer(hint());

        assertThat(poll(one).missed()).isTrue();
        assertThat(poll(two).missed()).isTrue();
        assertThat(glance(one).missed()).isFalse();
        assertThat(glance(two).missed()).isFalse();
    }

    /** A queue need not refuse what nobody who polls could take. */
    @Test
    void aRefusalIsToldWhateverTheHintWasAbout() throws InterruptedException {
        fillWithOthers(1);
        Wanted wanted = wanted(1);
        glance(wanted);

        boolean taken = queue().offer(hint("a-third-type", "elsewhere"));

        assertThat(taken || poll(wanted).missed()).isTrue();
    }

    @Test
    void aRefusalEndsWaitingPolls() throws InterruptedException {
        fillWithOthers(1);
        AsyncCall<Polled> one = start(wanted(1));
        AsyncCall<Polled> two = start(wanted(1));

        queue().offer(hint());

        assertThat(one.answer().missed()).isTrue();
        assertThat(two.answer().missed()).isTrue();
    }

    @Test
    void aRefusalThatWasToldIsToldAgainWhenThereIsAnother() throws InterruptedException {
        fillWithOthers(1);
        Wanted wanted = wanted(1);
        glance(wanted);
        queue().offer(hint());
        poll(wanted);

        queue().offer(hint());

        assertThat(poll(wanted).missed()).isTrue();
    }

    /** Its first scan may have been before the refusal. */
    @Test
    void aRefusalBeforeTheFirstPollOfAWorkerIsToldByIt() throws InterruptedException {
        fillWithOthers(1);
        Wanted early = wanted(1);
        glance(early);
        queue().offer(hint());
        assertThat(poll(early).missed()).isTrue();

        Wanted late = wanted(1);
        assertThat(poll(late).missed()).isTrue();
        assertThat(glance(late).missed()).isFalse();
    }

    @Test
    void aRefusalDoesNotKeepTheHintsThatWereTaken() throws InterruptedException {
        open(2);
        Wanted wanted = wanted(5);
        glance(wanted);
        List<Hint> taken = hints(2);
        offer(taken);
        queue().offer(hint());

        boolean missed = false;
        int polled = 0;
        while (polled < 2 || !missed) {
            var next = poll(wanted);
            assertThat(next.isNothing()).isFalse();
            assertThat(taken).containsAll(next.hints());
            missed |= next.missed();
            polled += next.hints().size();
        }

        assertThat(polled).isEqualTo(2);
    }

    @Test
    void anInterruptedPollKeepsTheRefusalForTheNext() throws InterruptedException {
        fillWithOthers(1);
        Wanted wanted = wanted(1);
        glance(wanted);
        queue().offer(hint());

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> queue().poll(wanted, LONG)).isInstanceOf(InterruptedException.class);

        assertThat(poll(wanted).missed()).isTrue();
    }

    /** The worker has scanned, found nothing, and is about to wait; whichever comes first, it hears of the refusal. */
    @Test
    void aRefusalAtTheVeryMomentAWorkerGoesIdleIsFoundAtOnce() throws InterruptedException {
        fillWithOthers(1);
        Wanted wanted = new Wanted(worker(), Set.of(TYPE), Slots.of(1), true);
        glance(wanted);
        for (int i = 0; i < RACES; i++) {
            CountDownLatch go = new CountDownLatch(1);
            Thread submitter = new Thread(() -> {
                Patience.until("the worker goes", () -> go.getCount() == 0);
                queue().offer(hint());
            });
            submitter.start();
            go.countDown();
            assertThat(queue().poll(wanted, Patience.LIMIT).missed())
                    .as("told in round %s", i)
                    .isTrue();
            submitter.join();
            assertThat(glance(wanted).missed()).isFalse();
        }
    }
}
