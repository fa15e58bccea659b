package io.taskstore.rabbitmq;

import static io.taskstore.rabbitmq.Stage.OTHER_TYPE;
import static io.taskstore.rabbitmq.Stage.TYPE;
import static io.taskstore.rabbitmq.Stage.hint;
import static io.taskstore.rabbitmq.Stage.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.impl.AMQImpl;
import io.taskstore.Wanted;
import io.taskstore.inmemory.InMemoryTaskQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the two threads say on their channels, with no broker behind these. */
@Timeout(60)
final class SidesTest {

    private static final int PREFETCH = 3;

    private final Complaints complaints = new Complaints(System::nanoTime);
    private final Broker broker = Broker.at("amqp://localhost", "taskstore", Thread::new, complaints);
    private final Ledger ledger = new Ledger(
            new InMemoryTaskQueue(),
            new RabbitTaskQueueBuilder.Settings(PREFETCH, 100),
            new Counters(),
            System::nanoTime);
    private final TestChannel channel = new TestChannel();
    private final Thread thread = new Thread(this::serve);
    private Link.Side side = new Publishing(broker, ledger, complaints);

    private void serve() {
        try {
            side.serve(channel.channel(), () -> {});
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        ledger.close();
        thread.join();
    }

    private void await(String name, long times) throws Exception {
        Await.until(name + " " + times + " times", () -> channel.times(name) == times);
    }

    /** It does not read what it is told or asked then, and who waits for its answer loses the session. */
    @Test
    void aBrokerThatTakesNothingIsNeitherToldNorAsked() throws Exception {
        thread.start();
        Await.until("hints are taken", () -> ledger.offer(hint()));
        await("basicPublish", 1);
        channel.block(true);
        long before = channel.times("queueDeclare");

        ledger.offer(hint());
        ledger.offer(hint(OTHER_TYPE, "default"));
        long rounds = channel.times("isOpen");
        Await.until("it has looked around, also for the next round", () -> channel.times("isOpen") > rounds + 3);

        assertThat(channel.times("queueDeclare")).isLessThanOrEqualTo(before + 1);
        assertThat(channel.times("basicPublish")).isEqualTo(1);
        channel.block(false);
        await("basicPublish", 3);
    }

    /** Its queue was deleted while it was cancelled, and there is another by the time the word comes. */
    @Test
    void theEndOfAnEarlierConsumerIsNotThatOfThePresentOne() throws Exception {
        side = new Consuming(broker, ledger, PREFETCH);
        Wanted wanted = wanted(1);
        thread.start();
        ledger.begin(wanted);
        await("basicConsume", 1);
        ledger.end(wanted.worker(), false);
        await("basicCancel", 1);
        ledger.begin(wanted);
        await("basicConsume", 2);

        channel.consumers().get(0).handleCancel("consumer-1");
        ledger.end(wanted.worker(), false);

        await("basicCancel", 2);
        assertThat(channel.times("basicConsume")).isEqualTo(2);
    }

    @Test
    void aTypeWhoseQueueCannotBeUsedIsLeftAloneForHalfAMinute() {
        AtomicLong now = new AtomicLong();
        Aside aside = new Aside(now::get);
        AMQP.Channel.Close close = new AMQImpl.Channel.Close(AMQP.PRECONDITION_FAILED, "inequivalent arg", 50, 10);

        aside.failed(TYPE, new IOException(new ShutdownSignalException(false, false, close, null)));

        assertThat(aside.contains(TYPE)).isTrue();
        assertThat(aside.contains(OTHER_TYPE)).isFalse();
        assertThat(aside.problem().orElseThrow()).contains(TYPE, "inequivalent arg");
        now.addAndGet(Duration.ofSeconds(30).toNanos());
        assertThat(aside.contains(TYPE)).isFalse();
        assertThat(aside.problem()).isEmpty();
    }

    @Test
    void aBrokenConnectionIsNoFaultOfTheType() {
        Aside aside = new Aside(System::nanoTime);
        aside.failed(TYPE, new IOException("reset"));
        aside.failed(TYPE, new IOException(new ShutdownSignalException(true, false, null, null)));
        assertThat(aside.contains(TYPE)).isFalse();
    }
}
