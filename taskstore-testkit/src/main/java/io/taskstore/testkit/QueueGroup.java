package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.OTHER_WORK;
import static io.taskstore.testkit.Fixtures.WORK;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Hint;
import io.taskstore.NewTask;
import io.taskstore.Polled;
import io.taskstore.Slots;
import io.taskstore.Task;
import io.taskstore.TaskQueue;
import io.taskstore.TaskQueue.Reservation;
import io.taskstore.TaskStatus;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A group of contract tests of a queue: an empty one for each, and the steps that many of them begin with. */
@Timeout(120)
abstract class QueueGroup {

    static final String TYPE = WORK.name();
    static final String OTHER_TYPE = OTHER_WORK.name();
    static final String QUEUE = NewTask.DEFAULT_QUEUE;
    static final Duration LONG = Duration.ofHours(1);

    private static final int CAPACITY = 1_000;

    private final QueueContract contract;
    private final List<AsyncCall<Polled>> polls = new ArrayList<>();
    private @Nullable TaskQueue opened;

    QueueGroup(QueueContract contract) {
        this.contract = contract;
    }

    /** Whatever a test did: closing the queue ends every poll. */
    @AfterEach
    void closeQueue() {
        if (opened != null) {
            opened.close();
        }
        polls.forEach(AsyncCall::join);
    }

    /** {@return the queue of this test, with room for more hints than the test has} */
    TaskQueue queue() {
        return opened == null ? open(CAPACITY) : opened;
    }

    /** Opens the queue of this test with room for so many hints. */
    TaskQueue open(int capacity) {
        TaskQueue queue = contract.open(capacity);
        opened = queue;
        return queue;
    }

    static WorkerId worker() {
        return new WorkerId(UUID.randomUUID());
    }

    static Hint hint() {
        return hint(TYPE, QUEUE);
    }

    static Hint hint(String type, String queue) {
        return new Hint(UUID.randomUUID(), type, queue, 0);
    }

    static List<Hint> hints(int number) {
        return Stream.generate(QueueGroup::hint).limit(number).toList();
    }

    /** {@return what a worker wants that is caught up and has so many free slots for one type} */
    static Wanted wanted(WorkerId worker, int slots) {
        return wanted(worker, Slots.of(slots));
    }

    static Wanted wanted(WorkerId worker, Slots slots) {
        return new Wanted(worker, Set.of(TYPE), slots, true);
    }

    static Wanted wanted(int slots) {
        return wanted(worker(), slots);
    }

    /** {@return the task that the hint tells of, as it is after its claim} */
    static Task claimed(Hint hint, WorkerId worker) {
        Instant now = ManualClock.create().instant();
        return Task.builder()
                .id(hint.id())
                .type(hint.type())
                .queue(hint.queue())
                .payload("{}")
                .status(TaskStatus.RUNNING)
                .worker(worker)
                .attempt(1)
                .version(2)
                .createdAt(now)
                .updatedAt(now)
                .build();
    }

    boolean deliver(Reservation reservation, Hint hint) {
        return reservation.deliver(claimed(hint, reservation.worker()));
    }

    /** {@return what there is within some seconds} */
    Polled poll(Wanted wanted) throws InterruptedException {
        return queue().poll(wanted, Patience.LIMIT);
    }

    /** {@return what there is now} */
    Polled glance(Wanted wanted) throws InterruptedException {
        return queue().poll(wanted, Duration.ZERO);
    }

    /**
     * {@return the hints that polls give one after the other, each with all slots free, until there are so many} What else there
     * is may be told before the first of them has come.
     */
    List<Hint> pollHints(Wanted wanted, int number) throws InterruptedException {
        List<Hint> all = new ArrayList<>();
        while (all.size() < number) {
            Polled next = poll(wanted);
            assertThat(next.isNothing())
                    .as("nothing after %s of %s hints", all.size(), number)
                    .isFalse();
            all.addAll(next.hints());
        }
        return all;
    }

    void offer(List<Hint> hints) {
        hints.forEach(hint -> assertThat(queue().offer(hint)).as("taken").isTrue());
    }

    /** {@return a poll that waits for a long time} */
    AsyncCall<Polled> start(Wanted wanted) {
        return begin(wanted, LONG).awaitWaiting();
    }

    AsyncCall<Polled> begin(Wanted wanted, Duration timeout) {
        TaskQueue queue = queue();
        AsyncCall<Polled> poll = AsyncCall.start(() -> queue.poll(wanted, timeout));
        polls.add(poll);
        return poll;
    }

    /** {@return a slot for the task; it can be had as soon as the poll of its worker waits} */
    Reservation reserve(Hint hint) {
        AtomicReference<@Nullable Reservation> reservation = new AtomicReference<>();
        Patience.until("a slot can be reserved", () -> {
            queue().reserve(hint).ifPresent(reservation::set);
            return reservation.get() != null;
        });
        Reservation had = reservation.get();
        if (had == null) {
            throw new AssertionError("the reservation is gone");
        }
        return had;
    }

    /** Waits until a slot for the task could be reserved, and leaves it free. */
    void awaitReservable(Hint hint) {
        reserve(hint).release();
    }
}
