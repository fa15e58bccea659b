package io.taskstore.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A connection to the broker that is made again whenever it breaks, with a thread that serves it. It is thread-safe.
 *
 * <p>The client could recover connections itself. This library does it, because a new connection is a new session: what was not
 * confirmed is given up and what was not acknowledged comes again, so that nothing of the old session is carried over.
 */
final class Link {

    private static final long FIRST_PAUSE = Duration.ofMillis(100).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofSeconds(5).toNanos();
    private static final long LASTING = Duration.ofSeconds(1).toNanos();
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final int ABORT_MILLIS = 500;

    /** What is done with a connection. */
    interface Side {

        /** {@return what the connection is for} */
        String purpose();

        /** Serves the channel until it or the queue is closed. */
        void serve(Channel channel, Runnable ready) throws IOException, InterruptedException, TimeoutException;
    }

    private final Broker broker;
    private final Side side;
    private final Ledger ledger;
    private final Complaints complaints;
    private final ExecutorService deliveries;
    private final CountDownLatch tried = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private volatile @Nullable String problem = "it was not reached yet";
    private volatile @Nullable Connection connection;
    private volatile @Nullable Socket socket;

    /** Belongs to the thread. */
    private long pause = FIRST_PAUSE;

    /** Belongs to the thread. */
    private boolean served;

    /** Belongs to the thread. */
    private long servedSince;

    Link(Broker broker, Side side, Ledger ledger, Complaints complaints, ExecutorService deliveries) {
        this.broker = broker;
        this.side = side;
        this.ledger = ledger;
        this.complaints = complaints;
        this.deliveries = deliveries;
    }

    void start() {
        new Threads(side.purpose()).newThread(this::run).start();
    }

    /** Waits until the first attempt to connect has succeeded or failed. */
    void awaitFirst(long nanos) throws InterruptedException {
        tried.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** {@return what is wrong with the connection, if anything} */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    private void run() {
        try {
            while (!ledger.isClosed()) {
                session();
                tried.countDown();
                pause();
            }
        } finally {
            tried.countDown();
            ended.countDown();
        }
    }

    private void session() {
        try {
            Connection opened = broker.connect(deliveries, side.purpose(), made -> socket = made);
            connection = opened;
            opened.addShutdownListener(cause -> ledger.ring());
            opened.addBlockedListener(reason -> problem = "it takes nothing more: " + reason, () -> problem = null);
            try {
                Channel channel = opened.createChannel();
                channel.addShutdownListener(cause -> ledger.ring());
                side.serve(channel, this::ready);
                failed(channel.getCloseReason());
            } finally {
                opened.abort(ABORT_MILLIS);
            }
        } catch (Throwable e) {
            // whatever it was, the thread goes on; nobody but code of the host interrupts it
            failed(e);
        } finally {
            connection = null;
            socket = null;
        }
    }

    private void ready() {
        problem = null;
        served = true;
        servedSince = System.nanoTime();
        tried.countDown();
    }

    /** A channel that is open still was left because the queue is closed. */
    private void failed(@Nullable Throwable thrown) {
        if (thrown != null && !ledger.isClosed()) {
            problem = Broker.reason(thrown);
            complaints.about("RabbitMQ at " + broker.place() + " is away, work goes on by polling: " + problem);
        }
    }

    /** A connection that breaks again at once is no reason to hurry. */
    private void pause() {
        if (served && System.nanoTime() - servedSince > LASTING) {
            pause = FIRST_PAUSE;
        }
        served = false;
        // an interrupt would have it not pause at all
        boolean unused = Thread.interrupted();
        try {
            ledger.awaitClosing(pause);
        } catch (InterruptedException e) {
            // then it hurries this once
        }
        pause = Math.min(2 * pause, LONGEST_PAUSE);
    }

    /** Ends whatever hangs because nobody reads what is written, which the client would wait for when it closes the connection. */
    private void cut() {
        Socket open = socket;
        if (open != null) {
            try {
                // without a word that somebody would have to read
                open.setSoLinger(true, 0);
                open.close();
            } catch (IOException e) {
                // it is broken already
            }
        }
    }

    /** Waits until the thread has ended, and ends its connection if it does not. The ledger is closed before. */
    void close() {
        boolean interrupted = Thread.interrupted();
        long end = System.nanoTime() + CLOSE.toNanos();
        boolean over = false;
        while (!over) {
            try {
                over = ended.await(end - System.nanoTime(), TimeUnit.NANOSECONDS) || end - System.nanoTime() <= 0;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        cut();
        Connection open = connection;
        if (open != null) {
            open.abort(ABORT_MILLIS);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
