package io.taskstore.rabbitmq;

import static io.taskstore.rabbitmq.Stage.OTHER_TYPE;
import static io.taskstore.rabbitmq.Stage.TYPE;
import static io.taskstore.rabbitmq.Stage.hint;
import static io.taskstore.rabbitmq.Stage.hints;
import static io.taskstore.rabbitmq.Stage.poll;
import static io.taskstore.rabbitmq.Stage.pollHints;
import static io.taskstore.rabbitmq.Stage.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Health;
import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Slots;
import io.taskstore.TaskQueue;
import io.taskstore.Wanted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several processes with one broker, each with a queue of its own. */
@NeedsBroker
@Timeout(120)
final class SharingTest {

    private Stage stage;

    @BeforeEach
    void openStage() throws Exception {
        stage = new Stage();
    }

    @AfterEach
    void closeStage() throws Exception {
        stage.close();
    }

    @Test
    void aHintGoesToTheProcessWhoseWorkerWaits() throws Exception {
        RabbitTaskQueue submitting = stage.open();
        RabbitTaskQueue working = stage.open();
        Hint hint = hint();
        assertThat(submitting.offer(hint)).isTrue();

        assertThat(poll(working, wanted(1)).hints()).containsExactly(hint);

        working.handled(hint);
        Await.until("it is acknowledged", () -> working.statistics().acknowledged() == 1);
        Await.until("the submitting process knows", () -> submitting.depth() == 0);
    }

    @Test
    void aWorkerThatWaitsHereGetsTheHintWithoutTheBroker() throws Exception {
        RabbitTaskQueue queue = stage.open();
        Wanted wanted = wanted(1);
        CompletableFuture<Polled> waiting = start(queue, wanted);
        Hint hint = hint();
        Await.until("the worker waits", () -> {
            Optional<TaskQueue.Reservation> slot = queue.reserve(hint());
            slot.ifPresent(TaskQueue.Reservation::release);
            return slot.isPresent();
        });

        queue.offer(hint);

        assertThat(waiting.get().hints()).containsExactly(hint);
        assertThat(queue.statistics().published()).isZero();
        assertThat(queue.statistics().received()).isZero();
    }

    private static CompletableFuture<Polled> start(RabbitTaskQueue queue, Wanted wanted) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return poll(queue, wanted);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                },
                SharingTest::onItsOwnThread);
    }

    /** The common pool has as few threads as the machine has cores, and whoever waits there for a hint keeps one of them. */
    private static void onItsOwnThread(Runnable runnable) {
        new Thread(runnable, "shares").start();
    }

    @Test
    void aProcessTakesNothingOfTypesThatItDoesNotHandle() throws Exception {
        RabbitTaskQueue submitting = stage.open();
        RabbitTaskQueue others = stage.open();
        CompletableFuture<Polled> waiting = start(others, wanted(OTHER_TYPE, Slots.of(5)));
        List<Hint> hints = hints(30);
        hints.forEach(submitting::offer);

        assertThat(pollHints(stage.open(), wanted(30), 30)).containsExactlyInAnyOrderElementsOf(hints);

        assertThat(others.statistics().received()).isZero();
        others.wake();
        assertThat(waiting.get().woken()).isTrue();
    }

    @Test
    void whatABusyProcessHasGoesToAnIdleOne() throws Exception {
        RabbitTaskQueue submitting = stage.open();
        RabbitTaskQueue busy = stage.open();
        List<Hint> hints = hints(8);
        hints.forEach(submitting::offer);
        Await.until("the broker has all", () -> stage.ready(TYPE) == 8);
        List<Hint> first = pollHints(busy, wanted(1), 1);
        Await.until("it holds what it cannot start", () -> busy.statistics().received() == 8);

        List<Hint> rest = pollHints(stage.open(), wanted(8), 7);

        assertThat(rest).doesNotContainAnyElementsOf(first).hasSize(7);
        assertThat(busy.statistics().givenBack()).isEqualTo(7);
    }

    @Test
    void aProcessThatClosesGivesBackWhatItDidNotHandle() throws Exception {
        RabbitTaskQueue submitting = stage.open();
        RabbitTaskQueue closing = stage.open();
        List<Hint> hints = hints(5);
        hints.forEach(submitting::offer);
        List<Hint> had = pollHints(closing, wanted(5), 5);
        closing.handled(had.get(2));

        closing.close();

        Set<Hint> unhandled = new HashSet<>(had);
        unhandled.remove(had.get(2));
        RabbitTaskQueue other = stage.open();
        Wanted wanted = wanted(10);
        assertThat(pollHints(other, wanted, 4)).containsExactlyInAnyOrderElementsOf(unhandled);
        assertThat(other.poll(wanted, Duration.ofMillis(200)).hints()).isEmpty();
    }

    @Test
    void eachHintComesToOneOfManyProcesses() throws Exception {
        int number = 2_000;
        RabbitTaskQueue submitting = stage.open();
        List<Hint> come = new CopyOnWriteArrayList<>();
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Void>> workers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            RabbitTaskQueue queue = stage.open();
            Wanted wanted = wanted(3);
            workers.add(CompletableFuture.runAsync(() -> work(queue, wanted, come, over), SharingTest::onItsOwnThread));
        }
        List<Hint> hints = hints(number);

        hints.forEach(hint -> assertThat(submitting.offer(hint)).isTrue());
        Await.until("all hints have come", () -> come.size() >= number);
        over.set(true);
        workers.forEach(CompletableFuture::join);

        assertThat(come).containsExactlyInAnyOrderElementsOf(hints);
    }

    private static void work(RabbitTaskQueue queue, Wanted wanted, List<Hint> come, AtomicBoolean over) {
        try {
            while (!over.get()) {
                List<Hint> hints = queue.poll(wanted, Duration.ofMillis(20)).hints();
                come.addAll(hints);
                hints.forEach(queue::handled);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void withAPrefetchOfOneEachOfFourProcessesGetsOneOfFourHints() throws Exception {
        RabbitTaskQueue submitting = stage.open();
        List<CompletableFuture<Polled>> polls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            polls.add(start(stage.open(TestBroker.url(), builder -> builder.prefetch(1)), wanted(1)));
        }
        Await.until("all four consume", () -> stage.channel().consumerCount(stage.broker(TYPE)) == 4);
        List<Hint> hints = hints(4);

        hints.forEach(submitting::offer);

        List<Hint> all = new ArrayList<>();
        for (CompletableFuture<Polled> poll : polls) {
            all.addAll(poll.get().hints());
        }
        assertThat(all).containsExactlyInAnyOrderElementsOf(hints);
    }

    /** The worker has used up its share of one queue, and is free for the others. */
    @Test
    void hintsThatCannotBeStartedNowDoNotKeepOthersAway() throws Exception {
        RabbitTaskQueue submitting = stage.open();
        RabbitTaskQueue working = stage.open(TestBroker.url(), builder -> builder.prefetch(4));
        Wanted noMail = wanted(TYPE, new Slots(5, Map.of("mail", 0), true));
        for (int i = 0; i < 20; i++) {
            submitting.offer(hint(TYPE, "mail"));
        }
        Hint other = hint();
        submitting.offer(other);

        assertThat(pollHints(working, noMail, 1)).containsExactly(other);

        working.handled(other);
        assertThat(pollHints(working, new Wanted(noMail.worker(), noMail.types(), Slots.of(30), true), 20))
                .hasSize(20);
    }

    @Test
    void theBrokerKeepsTenThousandHintsOfATypeAndRefusesMore() throws Exception {
        RabbitTaskQueue submitting = stage.open(TestBroker.url(), builder -> builder.capacity(100_000));
        hints(10_100).forEach(submitting::offer);

        Await.until("the broker has refused", () -> submitting.statistics().refused() == 100);
        Await.until("the rest is confirmed", () -> submitting.statistics().published() == 10_000);
        assertThat(submitting.depth()).isEqualTo(10_000);
        assertThat(submitting.poll(wanted(0), Duration.ZERO).missed()).isTrue();
    }

    @Test
    void aBacklogOfOneTypeLeavesRoomForOthers() throws Exception {
        RabbitTaskQueue submitting = stage.open();
        hints(10_100).forEach(submitting::offer);
        Await.until("the broker has refused", () -> submitting.statistics().refused() == 100);

        assertThat(submitting.offer(hint(OTHER_TYPE, "default"))).isTrue();
    }

    @Test
    void aQueueOfOtherPropertiesKeepsOnlyItsOwnTypeAway() throws Exception {
        stage.channel().queueDelete(stage.broker(OTHER_TYPE));
        stage.channel().queueDeclare(stage.broker(OTHER_TYPE), false, false, false, Map.of());
        RabbitTaskQueue submitting = stage.open();
        RabbitTaskQueue working = stage.open();
        Wanted wanted = new Wanted(wanted(5).worker(), Set.of(TYPE, OTHER_TYPE), Slots.of(5), true);
        Await.until("the worker knows", () -> {
            working.poll(wanted, Duration.ofMillis(20));
            return working.health().detail().contains("the type " + OTHER_TYPE);
        });
        Await.until("the submitter knows", () -> {
            submitting.offer(hint(OTHER_TYPE, "default"));
            return submitting.health().detail().contains("the type " + OTHER_TYPE);
        });

        Await.until(
                "both have gone on",
                () -> Stream.of(submitting, working)
                        .allMatch(queue -> queue.health().detail().contains("is there, but")));
        Hint hint = hint();
        Await.until("it is taken", () -> submitting.offer(hint));

        assertThat(pollHints(working, wanted, 1)).contains(hint);
        for (RabbitTaskQueue queue : List.of(submitting, working)) {
            assertThat(queue.health().level()).isEqualTo(Health.Level.DEGRADED);
            assertThat(queue.health().detail()).contains("is there, but");
        }
    }

    @Test
    void aQueueThatSomebodyDeletesComesBack() throws Exception {
        RabbitTaskQueue submitting = stage.open();
        RabbitTaskQueue working = stage.open();
        Wanted wanted = wanted(1);
        Hint first = hint();
        submitting.offer(first);
        assertThat(pollHints(working, wanted, 1)).containsExactly(first);
        working.handled(first);
        CompletableFuture<Polled> waiting = start(working, wanted);

        stage.channel().queueDelete(stage.broker(TYPE));

        Await.until("hints come again", () -> {
            submitting.offer(hint());
            return waiting.isDone();
        });
        assertThat(waiting.get().hints()).hasSize(1);
    }
}
