package io.taskstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Slots;
import io.taskstore.Task;
import io.taskstore.TaskQueue.Reservation;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many submitters and workers at once: each hint and each task comes to one worker, once. */
abstract class CrowdContract extends QueueGroup {

    private static final int SUBMITTERS = 8;
    private static final int WORKERS = 4;
    private static final int EACH = 250;
    private static final Duration SHORT = Duration.ofMillis(5);
    private static final long LIMIT_SECONDS = 60;

    private final ExecutorService threads = Executors.newFixedThreadPool(SUBMITTERS + WORKERS);

    private final Queue<UUID> offered = new ConcurrentLinkedQueue<>();
    private final Queue<UUID> refused = new ConcurrentLinkedQueue<>();
    private final Queue<UUID> delivered = new ConcurrentLinkedQueue<>();
    private final Queue<UUID> hinted = new ConcurrentLinkedQueue<>();
    private final Queue<UUID> handedOver = new ConcurrentLinkedQueue<>();
    private volatile boolean submitted;

    CrowdContract(QueueContract contract) {
        super(contract);
    }

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @Test
    void noHintIsLostOrDoubledAndEachTaskIsHandedOverOnce() throws Exception {
        open(SUBMITTERS * EACH);
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            workers.add(threads.submit(this::work));
        }

        submitAll();
        await(workers);

        assertThat(refused).isEmpty();
        assertThat(hinted).containsExactlyInAnyOrderElementsOf(offered);
        assertThat(handedOver).containsExactlyInAnyOrderElementsOf(delivered);
        assertThat(offered.size() + delivered.size()).isEqualTo(SUBMITTERS * EACH);
    }

    @Test
    void workersThatComeAndGoLoseAndDoubleNothing() throws Exception {
        open(SUBMITTERS * EACH);
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            workers.add(threads.submit(this::comeAndGo));
        }

        submitAll();
        await(workers);
        work();

        assertThat(hinted).containsExactlyInAnyOrderElementsOf(offered);
        assertThat(handedOver).containsExactlyInAnyOrderElementsOf(delivered);
        assertThat(offered.size() + delivered.size() + refused.size()).isEqualTo(SUBMITTERS * EACH);
    }

    @Test
    void whatIsRefusedIsToldToEveryWorker() throws Exception {
        open(10);
        offer(hints(10));
        List<Wanted> slow = List.of(wanted(1), wanted(1), wanted(1));
        for (Wanted wanted : slow) {
            queue().poll(new Wanted(wanted.worker(), wanted.types(), Slots.of(0), false), Duration.ZERO);
        }
        List<Future<?>> workers = new ArrayList<>();
        workers.add(threads.submit(this::work));

        submitAll();
        await(workers);

        assertThat(hinted).hasSize(offered.size() + 10).containsAll(offered);
        for (Wanted wanted : slow) {
            assertThat(glance(wanted).missed()).isEqualTo(!refused.isEmpty());
            assertThat(glance(wanted).isNothing()).isTrue();
        }
    }

    private void submitAll() throws Exception {
        List<Future<?>> submitters = new ArrayList<>();
        for (int i = 0; i < SUBMITTERS; i++) {
            submitters.add(threads.submit(this::submit));
        }
        await(submitters);
        submitted = true;
    }

    private static void await(List<Future<?>> all) throws InterruptedException, ExecutionException, TimeoutException {
        for (Future<?> one : all) {
            one.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Every third reservation is released, as where the storage did not claim the task. */
    private void submit() {
        for (int i = 0; i < EACH; i++) {
            Hint hint = hint(TYPE, i % 2 == 0 ? "even" : "odd");
            Optional<Reservation> slot = queue().reserve(hint);
            if (slot.isPresent() && i % 3 != 0 && deliver(slot.get(), hint)) {
                delivered.add(hint.id());
            } else {
                (queue().offer(hint) ? offered : refused).add(hint.id());
            }
            slot.ifPresent(Reservation::release);
        }
    }

    /** Polls until nothing comes any more, and answers how often. */
    private int work() throws InterruptedException {
        Wanted wanted = wanted(worker(), new Slots(5, Map.of("even", 2), true));
        int polls = 0;
        boolean mayEnd = false;
        while (true) {
            Polled polled = take(wanted);
            polls++;
            if (mayEnd && polled.isNothing()) {
                return polls;
            }
            mayEnd = submitted && queue().depth() == 0;
            polled.hints().forEach(this::handle);
        }
    }

    /** Polls once under a new name each time, handles only some of what it gets, and answers how often. */
    private int comeAndGo() throws InterruptedException {
        int polls = 0;
        while (!submitted) {
            polls++;
            WorkerId worker = worker();
            List<Hint> hints = take(wanted(worker, 6)).hints();
            hints.stream().filter(hint -> hint.id().hashCode() % 2 == 0).forEach(this::handle);
            queue().leave(worker).forEach(task -> handedOver.add(task.id()));
        }
        return polls;
    }

    private Polled take(Wanted wanted) throws InterruptedException {
        Polled polled = queue().poll(wanted, SHORT);
        int tasks = polled.handedOver().size() + polled.hints().size();
        long even =
                polled.hints().stream().map(Hint::queue).filter("even"::equals).count()
                        + polled.handedOver().stream()
                                .map(Task::queue)
                                .filter("even"::equals)
                                .count();
        assertThat(tasks).isLessThanOrEqualTo(wanted.slots().total());
        assertThat(even).isLessThanOrEqualTo(wanted.slots().free("even"));
        polled.handedOver().forEach(task -> handedOver.add(task.id()));
        return polled;
    }

    private void handle(Hint hint) {
        hinted.add(hint.id());
        queue().handled(hint);
    }
}
