package io.taskstore.jdbi;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.ConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * A thread of the library's own that works on a line. When the line fails it opens another, after a pause that doubles from 100 ms
 * to 5 s while none can be had that serves. It keeps no process alive.
 */
final class LineThread {

    private static final long FIRST_PAUSE = Duration.ofMillis(100).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofSeconds(5).toNanos();

    /** A line that served for less was none. */
    private static final long SERVING = Duration.ofMillis(200).toNanos();

    /** What is done on the line. */
    interface Work {

        /** Goes on until it is told to end. */
        void on(Line line) throws SQLException, InterruptedException;

        /** Hears that the line has failed, or could not be opened. */
        void failed(Throwable failure);
    }

    private final ConnectionFactory connections;
    private final Duration patience;
    private final Work work;
    private final Thread thread;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile @Nullable Line line;
    private volatile boolean ended;

    /** Whether the last line did what it is there for; the thread's own. */
    private boolean served;

    LineThread(String name, ConnectionFactory connections, Duration patience, Work work) {
        this.connections = connections;
        this.patience = patience;
        this.work = work;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            long pause = FIRST_PAUSE;
            while (!ended && !workOnOne() && !ended) {
                pause = served ? FIRST_PAUSE : pause;
                rest(pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE);
            }
        } finally {
            over.countDown();
        }
    }

    /** An interrupt ends no pause. */
    private void rest(long pause) {
        long end = System.nanoTime() + pause;
        for (long left = pause; left > 0 && !ended; left = end - System.nanoTime()) {
            boolean unused = Thread.interrupted();
            LockSupport.parkNanos(left);
        }
    }

    /** {@return whether the work is over, because it was told to end} */
    private boolean workOnOne() {
        served = false;
        long began = System.nanoTime();
        try (Line opened = Line.open(connections, patience)) {
            line = opened;
            try {
                work.on(opened);
                return true;
            } catch (Throwable e) {
                served = opened.isOfUse() && System.nanoTime() - began > SERVING;
                opened.abort();
                throw e;
            }
        } catch (InterruptedException e) {
            // nobody but code of the host that got hold of this thread does that, and the thread goes on
            return false;
        } catch (Throwable e) {
            work.failed(e);
            return false;
        } finally {
            line = null;
        }
    }

    /** Breaks the line, and with it whatever the work waits for. */
    void abort() {
        Line open = line;
        if (open != null) {
            open.abort();
        }
    }

    /** Ends it after the work that is being done; work that takes longer than the time is broken off. */
    void end(Duration timeout) {
        ended = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        try {
            if (over.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        abort();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
