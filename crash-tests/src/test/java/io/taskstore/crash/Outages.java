package io.taskstore.crash;

import io.taskstore.rabbitmq.TestBroker;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A broker that is killed and started again every few seconds, until that is ended. */
final class Outages implements AutoCloseable {

    private static final Duration UP = Duration.ofMillis(2_500);
    private static final Duration DOWN = Duration.ofMillis(500);

    private final TestBroker broker;
    private final Semaphore ended = new Semaphore(0);
    private final FutureTask<Integer> outages = new FutureTask<>(this::killAgainAndAgain);

    private Outages(TestBroker broker) {
        this.broker = broker;
    }

    static Outages of(TestBroker broker) {
        Outages outages = new Outages(broker);
        Thread thread = new Thread(outages.outages, "outages");
        thread.setDaemon(true);
        thread.start();
        return outages;
    }

    private int killAgainAndAgain() throws InterruptedException {
        int killed = 0;
        while (!ended.tryAcquire(UP.toMillis(), TimeUnit.MILLISECONDS)) {
            broker.kill();
            killed++;
            boolean last = ended.tryAcquire(DOWN.toMillis(), TimeUnit.MILLISECONDS);
            broker.start();
            if (last) {
                return killed;
            }
        }
        return killed;
    }

    /** {@return how often it was killed; it is there again} */
    int end() throws InterruptedException, ExecutionException {
        ended.release();
        return outages.get();
    }

    @Override
    public void close() throws ExecutionException {
        try {
            end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
