package io.taskstore.rabbitmq;

import static io.taskstore.rabbitmq.Stage.hints;
import static io.taskstore.rabbitmq.Stage.pollHints;
import static io.taskstore.rabbitmq.Stage.wanted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Hint;
import io.taskstore.InvalidInputException;
import io.taskstore.inmemory.InMemoryTaskQueue;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How queues are opened, and what is left of them. */
@NeedsBroker
@Timeout(120)
final class ClosingTest {

    @Test
    void nothingIsLeftOfAQueueThatWasClosed() throws Exception {
        try (Stage stage = new Stage()) {
            for (int i = 0; i < 5; i++) {
                RabbitTaskQueue queue = stage.open();
                List<Hint> hints = hints(20);
                hints.forEach(queue::offer);
                pollHints(queue, wanted(20), 20).forEach(queue::handled);
                queue.close();
            }
        }

        Await.until(
                "no thread is left",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("taskstore-rabbitmq-")));
    }

    @Test
    void whatWasOfferedRightBeforeTheClosingIsPublished() throws Exception {
        try (Stage stage = new Stage()) {
            RabbitTaskQueue submitting = stage.open();
            List<Hint> hints = hints(500);
            hints.forEach(submitting::offer);

            submitting.close();

            assertThat(pollHints(stage.open(), wanted(500), 500)).containsExactlyInAnyOrderElementsOf(hints);
        }
    }

    /** The last confirms may come later than it waits for them, on a machine that has other work, but not each time. */
    @Test
    void whatIsPublishedRightBeforeTheClosingIsNotSaidToBeLost() throws Exception {
        long lost = 1;
        for (int i = 0; i < 5 && lost > 0; i++) {
            try (Stage stage = new Stage()) {
                RabbitTaskQueue queue = stage.open();
                hints(500).forEach(queue::offer);
                queue.close();
                lost = queue.statistics().lost();
            }
        }
        assertThat(lost).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "http://u:secret@host", "amqp://u:secret@host:port", "amqps://u:secret@%"})
    void aUrlThatIsNoneIsRefusedAndNotTold(String url) {
        assertThatThrownBy(() -> RabbitTaskQueue.open(url, new InMemoryTaskQueue()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("url")
                .hasMessageNotContaining("secret")
                .hasNoCause();
    }

    @Test
    void aWrongPasswordIsToldWithoutThePassword() throws Exception {
        URI right = URI.create(TestBroker.url());
        String url = "amqp://guest:secret@" + right.getHost() + ":" + (right.getPort() < 0 ? 5672 : right.getPort());
        try (RabbitTaskQueue queue = RabbitTaskQueue.open(url, new InMemoryTaskQueue())) {
            Await.until("the broker has refused", () -> queue.health().detail().contains("ACCESS_REFUSED"));

            assertThat(queue.health().detail()).doesNotContain("secret");
            assertThat(queue.health().works()).isTrue();
        }
    }
}
