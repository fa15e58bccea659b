package io.taskstore.rabbitmq;

import static io.taskstore.rabbitmq.Stage.hints;
import static io.taskstore.rabbitmq.Stage.pollHints;
import static io.taskstore.rabbitmq.Stage.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Health;
import io.taskstore.Hint;
import io.taskstore.inmemory.InMemoryTaskQueue;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/** What the broker has confirmed it still has after it was killed. */
@NeedsBroker
@Timeout(120)
final class RestartTest {

    @Test
    @EnabledIf(
            value = "io.taskstore.rabbitmq.TestBroker#isInstalled",
            disabledReason = "the broker that TASKSTORE_TEST_AMQP_URL names is not ours to kill")
    void aConfirmedHintOutlivesTheBroker() throws Exception {
        try (TestBroker broker = TestBroker.started();
                RabbitTaskQueue submitting = RabbitTaskQueue.open(broker.ownUrl(), new InMemoryTaskQueue());
                RabbitTaskQueue working = RabbitTaskQueue.open(broker.ownUrl(), new InMemoryTaskQueue())) {
            List<Hint> hints = hints(10);
            hints.forEach(submitting::offer);
            Await.until("all are confirmed", () -> submitting.statistics().published() == 10);

            broker.kill();
            awaitHealth(working, Health.Level.DEGRADED);
            broker.start();

            assertThat(pollHints(working, wanted(10), 10)).containsExactlyInAnyOrderElementsOf(hints);
            awaitHealth(submitting, Health.Level.UP);
        }
    }

    private static void awaitHealth(RabbitTaskQueue queue, Health.Level level) throws Exception {
        Await.until("the health is " + level, () -> queue.health().level() == level);
    }
}
