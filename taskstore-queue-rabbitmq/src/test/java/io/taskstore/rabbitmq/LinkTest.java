package io.taskstore.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import io.taskstore.inmemory.InMemoryTaskQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What ends the thread of a connection. */
@NeedsBroker
@Timeout(60)
final class LinkTest {

    private final Complaints complaints = new Complaints(System::nanoTime);
    private final Ledger ledger = new Ledger(
            new InMemoryTaskQueue(), new RabbitTaskQueueBuilder.Settings(1, 1), new Counters(), System::nanoTime);
    private final AtomicInteger sessions = new AtomicInteger();

    private final class Failing implements Link.Side {

        @Override
        public String purpose() {
            return "failing";
        }

        @Override
        public void serve(Channel channel, Runnable ready) throws InterruptedException {
            ready.run();
            int session = sessions.incrementAndGet();
            if (session == 1) {
                throw new StackOverflowError();
            } else if (session == 2) {
                Thread.currentThread().interrupt();
            }
            ledger.awaitClosing(Long.MAX_VALUE);
        }
    }

    @Test
    void neitherAnErrorNorAnInterruptEndsItsThread() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool(new Threads("test"));
        Broker broker = Broker.at(TestBroker.url(), Stage.newName(), new Threads("test"), complaints);
        Link link = new Link(broker, new Failing(), ledger, complaints, threads);
        link.start();

        Await.until("the third session serves", () -> sessions.get() == 3);

        Await.until("nothing is wrong", () -> link.problem().isEmpty());
        ledger.close();
        link.close();
        threads.shutdownNow();
        assertThat(sessions).hasValue(3);
    }
}
