package io.taskstore.rabbitmq;

import static io.taskstore.rabbitmq.Stage.hint;
import static io.taskstore.rabbitmq.Stage.hints;
import static io.taskstore.rabbitmq.Stage.pollHints;
import static io.taskstore.rabbitmq.Stage.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Health;
import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Wanted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The broker goes away and comes back. */
@NeedsBroker
@Timeout(120)
final class OutageTest {

    private Stage stage;
    private TestWire wire;

    @BeforeEach
    void openStage() throws Exception {
        stage = new Stage();
        wire = new TestWire();
    }

    @AfterEach
    void closeStage() throws Exception {
        wire.mend();
        stage.close();
        wire.close();
    }

    private static void awaitHealth(RabbitTaskQueue queue, Health.Level level) throws Exception {
        Await.until("the health is " + level, () -> queue.health().level() == level);
    }

    @Test
    void whileTheBrokerIsAwayHintsStayHereAndTheHealthSaysSo() throws Exception {
        RabbitTaskQueue queue = stage.open(wire.url(), builder -> builder);
        Wanted wanted = wanted(5);
        wire.cut();
        awaitHealth(queue, Health.Level.DEGRADED);
        Await.until("what nobody here could start is refused", () -> !queue.offer(hint()));

        assertThat(queue.poll(wanted, Duration.ZERO).missed()).isTrue();
        Hint known = hint();
        assertThat(queue.offer(known)).isTrue();

        assertThat(queue.poll(wanted, Await.LIMIT).hints()).containsExactly(known);
        assertThat(queue.health().works()).isTrue();
        assertThat(queue.health().detail()).contains("127.0.0.1").doesNotContain("guest");
    }

    @Test
    void hintsComeAgainWhenTheBrokerIsBackAndWorkersScanForTheRest() throws Exception {
        RabbitTaskQueue submitting = stage.open();
        RabbitTaskQueue working = stage.open(wire.url(), builder -> builder);
        Wanted wanted = wanted(5);
        working.poll(wanted, Duration.ZERO);
        wire.cut();
        awaitHealth(working, Health.Level.DEGRADED);
        List<Hint> hints = hints(5);
        hints.forEach(submitting::offer);

        wire.mend();

        awaitHealth(working, Health.Level.UP);
        Polled first = working.poll(wanted, Await.LIMIT);
        assertThat(first.woken()).isTrue();
        List<Hint> come = new ArrayList<>(first.hints());
        come.addAll(pollHints(working, wanted, 5 - come.size()));
        assertThat(come).containsExactlyInAnyOrderElementsOf(hints);
    }

    @Test
    void aQueueThatIsOpenedWithoutABrokerConnectsWhenItIsThere() throws Exception {
        wire.cut();
        RabbitTaskQueue queue = stage.open(wire.url(), builder -> builder);
        assertThat(queue.health().level()).isEqualTo(Health.Level.DEGRADED);

        wire.mend();

        awaitHealth(queue, Health.Level.UP);
        Hint hint = hint();
        queue.offer(hint);
        assertThat(pollHints(stage.open(), wanted(1), 1)).containsExactly(hint);
    }

    /** A broker closes the channel for a tag that it does not know. */
    @Test
    void tagsOfAnEarlierSessionAreDropped() throws Exception {
        RabbitTaskQueue submitting = stage.open();
        RabbitTaskQueue working = stage.open(wire.url(), builder -> builder);
        Wanted wanted = wanted(20);
        List<Hint> hints = hints(10);
        hints.forEach(submitting::offer);
        pollHints(working, wanted, 10);
        wire.cut();
        awaitHealth(working, Health.Level.DEGRADED);
        wire.mend();
        awaitHealth(working, Health.Level.UP);

        hints.forEach(working::handled);

        List<Hint> again = pollHints(working, wanted, 10);
        assertThat(again).containsExactlyInAnyOrderElementsOf(hints);
        again.forEach(working::handled);
        Await.until("all is acknowledged", () -> working.statistics().acknowledged() == 10);
        working.close();
        assertThat(stage.ready(Stage.TYPE)).isZero();
        assertThat(wire.connections()).as("two before and two after").isEqualTo(4);
    }

    @Test
    void hintsThatWereNotConfirmedAreGivenUpAndTold() throws Exception {
        RabbitTaskQueue submitting = stage.open(wire.url(), builder -> builder);
        submitting.poll(wanted(0), Duration.ZERO);
        wire.freeze();
        List<Hint> hints = hints(20);
        hints.forEach(hint -> assertThat(submitting.offer(hint)).isTrue());
        assertThat(submitting.depth()).isEqualTo(20);

        wire.cut();

        Await.until("they are given up", () -> submitting.statistics().lost() == 20);
        assertThat(submitting.depth()).isZero();
        assertThat(submitting.poll(wanted(0), Duration.ZERO).missed()).isTrue();
    }

    @Test
    void aBrokerThatSaysNothingKeepsNobodyWaiting() throws Exception {
        RabbitTaskQueue queue = stage.open(wire.url(), builder -> builder.capacity(30_000));
        Wanted wanted = wanted(5);
        // what is published then has no answer to wait for, and fills the way until nobody takes it any more
        queue.offer(hint());
        Await.until("the queue for the type is there", () -> queue.statistics().published() == 1);
        pollHints(stage.open(), wanted(1), 1).forEach(queue::handled);
        wire.freeze();
        long start = System.nanoTime();

        int taken = 0;
        for (Hint hint : hints(60_000)) {
            taken += queue.offer(hint) ? 1 : 0;
        }
        queue.poll(wanted, Duration.ZERO);
        queue.handled(hint());
        queue.leave(wanted.worker());

        assertThat(taken).isBetween(29_999, 30_000);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        Thread closing = new Thread(queue::close, "closes");
        closing.start();
        closing.join(Duration.ofSeconds(10).toMillis());
        assertThat(closing.isAlive()).as("it closes for more than ten seconds").isFalse();
    }
}
