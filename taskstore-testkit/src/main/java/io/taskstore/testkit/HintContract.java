package io.taskstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Slots;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How hints come from submits to workers. */
abstract class HintContract extends QueueGroup {

    HintContract(QueueContract contract) {
        super(contract);
    }

    @Test
    void anOfferedHintIsPolledAsItIsAndOnlyOnce() throws InterruptedException {
        Hint hint = new Hint(UUID.randomUUID(), TYPE, "mail", 7);
        Wanted wanted = wanted(10);
        assertThat(queue().offer(hint)).isTrue();

        Polled polled = poll(wanted);

        assertThat(polled.hints()).containsExactly(hint);
        assertThat(polled.handedOver()).isEmpty();
        assertThat(polled.cancelRequested()).isEmpty();
        assertThat(polled.missed()).isFalse();
        assertThat(glance(wanted).hints()).isEmpty();
    }

    @Test
    void everyNameThatIsAllowedComesThrough() throws InterruptedException {
        String name = "aZ9._:/+@#-" + "x".repeat(89);
        Hint least = new Hint(UUID.randomUUID(), name, name, -1_000);
        Hint greatest = new Hint(UUID.randomUUID(), name, "#", 1_000);
        Wanted wanted = new Wanted(worker(), Set.of(name), Slots.of(5), true);
        offer(List.of(least, greatest));

        assertThat(pollHints(wanted, 2)).containsExactlyInAnyOrder(least, greatest);
    }

    @Test
    void hintsThatAreAlikeComeInTheOrderInWhichTheyWereOffered() throws InterruptedException {
        List<Hint> hints = hints(20);
        offer(hints);

        assertThat(pollHints(wanted(3), 20)).containsExactlyElementsOf(hints);
    }

    @Test
    void aWorkerGetsHintsOfItsTypesOnlyAndTheOthersStayForWhoWantsThem() throws InterruptedException {
        Hint other = hint(OTHER_TYPE, QUEUE);
        Hint own = hint();
        Wanted wanted = wanted(10);
        offer(List.of(other, own));

        assertThat(poll(wanted).hints()).containsExactly(own);
        assertThat(glance(wanted).hints()).isEmpty();
        assertThat(poll(new Wanted(worker(), Set.of(OTHER_TYPE), Slots.of(1), true))
                        .hints())
                .containsExactly(other);
    }

    @Test
    void aWorkerGetsHintsOfItsQueuesOnly() throws InterruptedException {
        Hint elsewhere = hint(TYPE, "elsewhere");
        Hint mail = hint(TYPE, "mail");
        Wanted wanted = wanted(worker(), new Slots(10, Map.of("mail", 10), false));
        offer(List.of(elsewhere, mail));

        assertThat(poll(wanted).hints()).containsExactly(mail);
        assertThat(glance(wanted).hints()).isEmpty();
        assertThat(poll(wanted(1)).hints()).containsExactly(elsewhere);
    }

    @Test
    void aWorkerGetsNoMoreHintsThanItHasSlots() throws InterruptedException {
        Wanted wanted = wanted(3);
        List<Hint> hints = hints(7);
        offer(hints);

        List<Hint> all = new ArrayList<>();
        while (all.size() < 7) {
            List<Hint> some = poll(wanted).hints();
            assertThat(some).hasSizeBetween(1, 3);
            all.addAll(some);
        }

        assertThat(all).containsExactlyInAnyOrderElementsOf(hints);
    }

    @Test
    void aWorkerGetsNoMoreHintsOfAQueueThanItHasSlotsForAndThoseOfOthersPassThem() throws InterruptedException {
        List<Hint> mail = List.of(hint(TYPE, "mail"), hint(TYPE, "mail"), hint(TYPE, "mail"));
        Hint behind = hint();
        WorkerId worker = worker();
        Wanted wanted = wanted(worker, new Slots(10, Map.of("mail", 1), true));
        Wanted rest = wanted(worker, new Slots(9, Map.of("mail", 0), true));
        offer(mail);
        offer(List.of(behind));

        Set<Hint> some = new HashSet<>();
        while (some.size() < 2) {
            List<Hint> next =
                    poll(some.stream().anyMatch(mail::contains) ? rest : wanted).hints();
            assertThat(next).isNotEmpty();
            some.addAll(next);
        }

        assertThat(some).hasSize(2).contains(behind);
        assertThat(glance(rest).hints()).isEmpty();
    }

    @Test
    void aWorkerWithoutFreeSlotsGetsNoHintAndHearsTheRest() throws InterruptedException {
        Wanted full = wanted(0);
        offer(hints(1));
        glance(full);
        UUID cancelled = UUID.randomUUID();
        queue().cancelRequested(Set.of(cancelled));

        Polled polled = poll(full);

        assertThat(polled.hints()).isEmpty();
        assertThat(polled.cancelRequested()).containsExactly(cancelled);
        assertThat(poll(wanted(1)).hints()).hasSize(1);
    }

    @Test
    void aHintGoesToOneWorkerOnly() throws InterruptedException {
        AsyncCall<Polled> one = start(wanted(5));
        AsyncCall<Polled> two = start(wanted(5));
        Hint hint = hint();
        offer(List.of(hint));
        Patience.until("one of the workers has the hint", () -> one.isOver() || two.isOver());
        AsyncCall<Polled> lucky = one.isOver() ? one : two;
        AsyncCall<Polled> other = one.isOver() ? two : one;

        assertThat(lucky.answer().hints()).containsExactly(hint);
        assertThat(other.isOver()).isFalse();
        queue().wake();
        assertThat(other.answer().hints()).isEmpty();
    }

    @Test
    void hintsThatAWorkerHadNotHandledWhenItLeftGoToAnother() throws InterruptedException {
        Wanted first = wanted(5);
        List<Hint> hints = hints(3);
        offer(hints);
        List<Hint> had = pollHints(first, 3);
        queue().handled(had.get(1));

        assertThat(queue().leave(first.worker())).isEmpty();

        Wanted second = wanted(5);
        assertThat(pollHints(second, 2)).containsExactlyInAnyOrder(had.get(0), had.get(2));
        assertThat(glance(second).hints()).isEmpty();
    }

    @Test
    void hintsThatComeBackWakeAWaitingWorker() throws InterruptedException {
        Wanted first = wanted(1);
        Hint hint = hint();
        offer(List.of(hint));
        pollHints(first, 1);
        AsyncCall<Polled> second = start(wanted(1));

        queue().leave(first.worker());

        assertThat(second.answer().hints()).containsExactly(hint);
    }

    @Test
    void hintsThatComeBackPushNoOthersOutOfAFullQueue() throws InterruptedException {
        open(2);
        Wanted first = wanted(2);
        List<Hint> before = hints(2);
        offer(before);
        pollHints(first, 2);
        List<Hint> after = hints(2);
        offer(after);

        queue().leave(first.worker());

        assertThat(pollHints(wanted(2), 4)).containsAll(before).containsAll(after);
    }

    @Test
    void leavingGivesBackHintsOnceHoweverOftenItIsCalled() throws InterruptedException {
        Wanted first = wanted(5);
        offer(hints(1));
        pollHints(first, 1);

        queue().leave(first.worker());
        queue().leave(first.worker());
        assertThat(queue().leave(worker())).as("of a worker that never polled").isEmpty();

        Wanted second = wanted(5);
        assertThat(pollHints(second, 1)).hasSize(1);
        assertThat(glance(second).hints()).isEmpty();
    }

    @Test
    void aWorkerThatLeftMayComeBack() throws InterruptedException {
        Wanted wanted = wanted(5);
        Hint hint = hint();
        offer(List.of(hint));
        pollHints(wanted, 1);
        queue().leave(wanted.worker());

        assertThat(pollHints(wanted, 1)).containsExactly(hint);
    }

    @Test
    void repeatedHintsAreHarmless() throws InterruptedException {
        Hint hint = hint();
        Hint last = hint();
        Wanted first = wanted(5);
        offer(List.of(hint, hint, hint, last));

        List<Hint> polled = new ArrayList<>();
        while (!polled.contains(last)) {
            polled.addAll(poll(first).hints());
        }
        assertThat(polled).hasSizeBetween(2, 4).containsOnly(hint, last);
        polled.forEach(queue()::handled);
        queue().leave(first.worker());

        assertThat(glance(wanted(5)).hints()).isEmpty();
    }

    @Test
    void wordsAboutWhatTheQueueDoesNotKnowAreHarmless() throws InterruptedException {
        Wanted wanted = wanted(5);
        glance(wanted);

        queue().handled(hint());
        queue().leave(worker());
        queue().cancelRequested(Set.of());
        assertThat(queue().reserved(worker())).isEmpty();
        queue().offer(hint("a-type-nobody-handles", "a-queue-nobody-serves"));
        Hint known = hint();
        queue().offer(known);

        assertThat(pollHints(wanted, 1)).containsExactly(known);
    }

    @Test
    void theDepthIsTheNumberOfHintsThatWait() throws InterruptedException {
        Wanted wanted = wanted(1);
        assertThat(queue().depth()).isZero();
        offer(hints(3));
        Patience.until("three hints wait", () -> queue().depth() == 3);

        List<Hint> polled = pollHints(wanted, 2);

        Patience.until("one hint waits", () -> queue().depth() == 1);
        polled.forEach(queue()::handled);
        assertThat(queue().depth()).isEqualTo(1);
        assertThat(queue().health().works()).isTrue();
    }
}
