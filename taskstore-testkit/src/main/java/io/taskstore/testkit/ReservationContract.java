package io.taskstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Slots;
import io.taskstore.Task;
import io.taskstore.TaskQueue.Reservation;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Which slots can be reserved for a direct hand-over, and what a reservation keeps free. */
abstract class ReservationContract extends QueueGroup {

    private static final int SUBMITTERS = 8;

    ReservationContract(QueueContract contract) {
        super(contract);
    }

    @Test
    void noSlotCanBeReservedWhereNoWorkerPolls() throws InterruptedException {
        assertThat(queue().reserve(hint())).isEmpty();
        Wanted wanted = wanted(5);
        glance(wanted);

        assertThat(queue().reserve(hint())).as("between two polls").isEmpty();
        assertThat(queue().reserved(wanted.worker())).isEmpty();
    }

    @Test
    void aSlotOfAWorkerWhosePollWaitsCanBeReserved() {
        Wanted wanted = wanted(1);
        start(wanted);
        Hint hint = hint();

        Reservation slot = reserve(hint);

        assertThat(slot.worker()).isEqualTo(wanted.worker());
        assertThat(queue().reserved(wanted.worker())).containsExactly(hint.id());
    }

    @Test
    void noSlotCanBeReservedOnceThePollIsOver() throws InterruptedException {
        AsyncCall<Polled> poll = start(wanted(5));
        awaitReservable(hint());

        queue().wake();
        poll.answer();

        assertThat(queue().reserve(hint())).isEmpty();
    }

    @Test
    void noSlotCanBeReservedOfAWorkerThatIsNotCaughtUp() {
        WorkerId behind = worker();
        start(new Wanted(behind, Set.of(TYPE), Slots.of(5), false));

        assertThat(queue().reserve(hint())).isEmpty();

        start(wanted(1));
        awaitReservable(hint());
        assertThat(queue().reserved(behind)).isEmpty();
    }

    @Test
    void aSlotCanBeReservedForTheTypesOfItsWorkerOnly() {
        start(wanted(5));
        awaitReservable(hint());

        assertThat(queue().reserve(hint(OTHER_TYPE, QUEUE))).isEmpty();
    }

    @Test
    void aSlotCanBeReservedForTheQueuesOfItsWorkerOnly() {
        start(wanted(worker(), new Slots(5, Map.of("mail", 2), false)));
        awaitReservable(hint(TYPE, "mail"));

        assertThat(queue().reserve(hint(TYPE, "elsewhere"))).isEmpty();
    }

    @Test
    void eachSlotCanBeReservedOnce() {
        WorkerId worker = worker();
        start(wanted(worker, 3));
        List<Hint> hints = hints(3);
        hints.forEach(this::reserve);

        assertThat(queue().reserve(hint())).isEmpty();
        assertThat(queue().reserved(worker))
                .containsExactlyInAnyOrderElementsOf(
                        hints.stream().map(Hint::id).toList());
    }

    @Test
    void aWorkerWithoutFreeSlotsGivesNone() {
        start(wanted(0));
        start(wanted(1));
        reserve(hint());

        assertThat(queue().reserve(hint())).isEmpty();
    }

    @Test
    void eachSlotOfAQueueCanBeReservedOnce() {
        start(wanted(worker(), new Slots(10, Map.of("mail", 2), true)));
        reserve(hint(TYPE, "mail"));
        reserve(hint(TYPE, "mail"));

        assertThat(queue().reserve(hint(TYPE, "mail"))).isEmpty();
        assertThat(queue().reserve(hint(TYPE, "elsewhere"))).isPresent();
    }

    @Test
    void theSlotsOfSeveralWorkersCanBeReserved() {
        WorkerId one = worker();
        WorkerId two = worker();
        start(wanted(one, 1));
        start(wanted(two, 1));

        WorkerId first = reserve(hint()).worker();
        WorkerId second = reserve(hint()).worker();

        assertThat(List.of(first, second)).containsExactlyInAnyOrder(one, two);
        assertThat(queue().reserve(hint())).isEmpty();
    }

    @Test
    void submittersAtOnceReserveEachSlotOnce() throws InterruptedException {
        WorkerId worker = worker();
        start(wanted(worker, 5));
        awaitReservable(hint());
        AtomicInteger reserved = new AtomicInteger();
        List<Thread> submitters = new ArrayList<>();
        for (int i = 0; i < SUBMITTERS; i++) {
            Thread submitter = new Thread(() -> {
                if (queue().reserve(hint()).isPresent()) {
                    reserved.incrementAndGet();
                }
            });
            submitters.add(submitter);
            submitter.start();
        }
        for (Thread submitter : submitters) {
            submitter.join();
        }

        assertThat(reserved).hasValue(5);
        assertThat(queue().reserved(worker)).hasSize(5);
    }

    @Test
    void aReservedSlotIsNotGivenToAHint() throws InterruptedException {
        Wanted wanted = wanted(1);
        AsyncCall<Polled> poll = start(wanted);
        Hint handedOver = hint();
        Reservation slot = reserve(handedOver);
        Hint other = hint(TYPE, "another-queue");
        offer(List.of(other));
        queue().wake();

        assertThat(poll.answer().hints()).isEmpty();
        assertThat(glance(wanted).hints()).as("with the slot reserved still").isEmpty();
        deliver(slot, handedOver);

        Polled polled = poll(wanted);
        assertThat(polled.handedOver()).extracting(Task::id).containsExactly(handedOver.id());
        assertThat(polled.hints()).as("beside the task handed over").isEmpty();
        assertThat(poll(wanted).hints()).containsExactly(other);
    }

    @Test
    void aReservedSlotOfAQueueIsNotGivenToAHintOfThatQueue() throws InterruptedException {
        Wanted wanted = wanted(worker(), new Slots(10, Map.of("mail", 1), true));
        AsyncCall<Polled> poll = start(wanted);
        Hint handedOver = hint(TYPE, "mail");
        Reservation slot = reserve(handedOver);
        queue().wake();
        poll.answer();
        Hint mail = hint(TYPE, "mail");
        Hint elsewhere = hint(TYPE, "elsewhere");
        offer(List.of(mail, elsewhere));

        assertThat(poll(wanted).hints()).containsExactly(elsewhere);
        deliver(slot, handedOver);
        assertThat(poll(wanted).hints()).isEmpty();
        assertThat(poll(wanted).hints()).containsExactly(mail);
    }

    @Test
    void slotsThatAreDeliveredAndNotPolledStayReserved() throws InterruptedException {
        Wanted wanted = wanted(2);
        AsyncCall<Polled> poll = start(wanted);
        Hint first = hint();
        Hint second = hint();
        Reservation firstSlot = reserve(first);
        Reservation secondSlot = reserve(second);
        queue().wake();
        poll.answer();

        deliver(firstSlot, first);

        assertThat(queue().reserved(wanted.worker())).containsExactlyInAnyOrder(first.id(), second.id());
        assertThat(poll(wanted).handedOver()).extracting(Task::id).containsExactly(first.id());
        assertThat(queue().reserved(wanted.worker())).containsExactly(second.id());
        deliver(secondSlot, second);
        assertThat(poll(wanted).handedOver()).extracting(Task::id).containsExactly(second.id());
        assertThat(queue().reserved(wanted.worker())).isEmpty();
    }

    /** The poll is over with the delivery, though its thread may not know yet. */
    @Test
    void aDeliveredTaskHoldsItsSlotUntilThePollIsOver() throws InterruptedException {
        Wanted wanted = wanted(worker(), new Slots(2, Map.of("mail", 1), true));
        for (int i = 0; i < 50; i++) {
            AsyncCall<Polled> poll = start(wanted);
            Hint mail = hint(TYPE, "mail");
            Hint other = hint();
            Reservation ofMail = reserve(mail);
            Reservation ofOther = reserve(other);

            deliver(ofMail, mail);
            assertThat(queue().reserve(hint(TYPE, "mail"))).as("of the queue").isEmpty();
            assertThat(queue().reserve(hint())).as("in all").isEmpty();

            ofOther.release();
            assertThat(poll.answer().handedOver()).hasSize(1);
        }
    }

    /** Whoever compares what is RUNNING with what is reserved must see a task on its way at every moment. */
    @Test
    void aTaskIsReservedAllTheWayThroughItsDelivery() throws InterruptedException {
        int number = 300;
        Wanted wanted = wanted(number);
        AsyncCall<Polled> poll = start(wanted);
        List<Hint> hints = hints(number);
        List<Reservation> slots = hints.stream().map(this::reserve).toList();
        queue().wake();
        poll.answer();
        Thread submitter = new Thread(() -> {
            for (int i = 0; i < number; i++) {
                deliver(slots.get(i), hints.get(i));
            }
        });

        submitter.start();
        while (submitter.isAlive()) {
            assertThat(queue().reserved(wanted.worker())).hasSize(number);
        }

        assertThat(poll(wanted).handedOver()).hasSize(number);
    }

    /** The same task submitted twice at once: the storage decides, and each submit ends the reservation it got. */
    @Test
    void reservationsForTheSameTaskDoNotGetInEachOthersWay() {
        WorkerId worker = worker();
        start(wanted(worker, 2));
        Hint hint = hint();
        Reservation first = reserve(hint);
        Optional<Reservation> second = queue().reserve(hint);

        first.release();

        Set<Hint> more = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            Hint next = hint();
            queue().reserve(next).ifPresent(slot -> more.add(next));
        }
        assertThat(more).hasSize(second.isPresent() ? 1 : 2);
        assertThat(queue().reserved(worker).contains(hint.id())).isEqualTo(second.isPresent());
    }
}
