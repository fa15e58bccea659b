package io.taskstore.rabbitmq;

import static io.taskstore.rabbitmq.Stage.OTHER_TYPE;
import static io.taskstore.rabbitmq.Stage.TYPE;
import static io.taskstore.rabbitmq.Stage.hint;
import static io.taskstore.rabbitmq.Stage.pollHints;
import static io.taskstore.rabbitmq.Stage.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.taskstore.Hint;
import io.taskstore.Slots;
import io.taskstore.Wanted;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages that anybody could send. */
@NeedsBroker
@Timeout(120)
final class HostileMessagesTest {

    private Stage stage;
    private RabbitTaskQueue queue;
    private final Wanted wanted = wanted(50);

    @BeforeEach
    void openStage() throws Exception {
        stage = new Stage();
        queue = stage.open();
        Hint first = hint();
        queue.offer(first);
        pollHints(queue, wanted, 1);
        queue.handled(first);
    }

    @AfterEach
    void closeStage() throws Exception {
        stage.close();
    }

    private void assertAllIsWell() throws Exception {
        Hint last = hint();
        stage.send(TYPE, HintMessage.encode(last));
        assertThat(pollHints(queue, wanted, 1)).containsExactly(last);
        queue.handled(last);
        Await.until(
                "all is acknowledged",
                () -> queue.statistics().acknowledged() == queue.statistics().received());
        queue.close();
        assertThat(stage.ready(TYPE)).isZero();
    }

    @Test
    void whatIsNoHintIsAcknowledgedAndCounted() throws Exception {
        Random random = new Random(4711);
        byte[] large = new byte[1_000_000];
        random.nextBytes(large);
        stage.send(TYPE, new byte[0]);
        stage.send(TYPE, large);
        stage.send(TYPE, "{\"id\":1}".getBytes(StandardCharsets.UTF_8));
        stage.send(TYPE, HintMessage.encode(hint(OTHER_TYPE, "default")));
        for (int i = 0; i < 100; i++) {
            byte[] body = new byte[random.nextInt(600)];
            random.nextBytes(body);
            stage.send(TYPE, body);
        }

        assertAllIsWell();

        assertThat(queue.statistics().malformed()).isEqualTo(104);
    }

    @Test
    void repeatedHintsAreAcknowledgedAndCounted() throws Exception {
        Hint hint = hint();
        for (int i = 0; i < 100; i++) {
            stage.send(TYPE, HintMessage.encode(hint));
        }
        Await.until("all have come", () -> {
            queue.poll(wanted, Duration.ofMillis(20)).hints().forEach(same -> {
                assertThat(same).isEqualTo(hint);
                queue.handled(same);
            });
            return queue.statistics().received() == 101;
        });
        queue.poll(wanted, Duration.ZERO).hints().forEach(queue::handled);

        assertAllIsWell();
    }

    @Test
    void aHintThatWaitsHereIsNotKeptTwice() throws Exception {
        Wanted others = wanted(TYPE, new Slots(1, Map.of("full", 0), true));
        queue.poll(others, Duration.ZERO);
        byte[] message = HintMessage.encode(hint(TYPE, "full"));
        for (int i = 0; i < 5; i++) {
            stage.send(TYPE, message);
        }
        Await.until("all have come", () -> {
            queue.poll(others, Duration.ofMillis(20));
            return queue.statistics().received() == 6;
        });

        Await.until("four are acknowledged", () -> queue.statistics().repeated() == 4);
        Await.until("one is left", () -> queue.depth() == 1);
    }

    /** A client that reads it would have to keep all of it in memory. */
    @Test
    void theBrokerRefusesWhatIsLargerThanAllHintsTogether() throws Exception {
        stage.channel().confirmSelect();
        stage.send(TYPE, new byte[6_000_000]);

        assertThat(stage.channel().waitForConfirms(10_000)).isFalse();
        assertAllIsWell();
    }

    @Test
    void aForgedNumberIsHarmless() throws Exception {
        Hint hint = hint();
        BasicProperties properties = new BasicProperties.Builder()
                .messageId("0190a1b2-c3d4-7e5f-8a6b-0123456789ab:-9223372036854775809")
                .correlationId("x".repeat(200))
                .priority(255)
                .build();
        stage.channel().basicPublish("", stage.broker(TYPE), properties, HintMessage.encode(hint));

        assertThat(pollHints(queue, wanted, 1)).containsExactly(hint);
        queue.handled(hint);
        assertAllIsWell();
    }
}
