package io.taskstore.crash;

import io.taskstore.crash.Event.Kind;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Ends the process when it reaches one point for the n-th time. It is thread-safe. */
final class Points {

    /** What the process answers with that was ended here. */
    static final int HALTED = 77;

    private static final String LOST = "08006";
    private static final int IO_ERROR = 10;
    /** A transaction has several statements, and is to come to its commit more often than not. */
    private static final int STATEMENTS = 50;

    private static final long PART = Duration.ofMillis(1).toNanos() / 4;

    private final Optional<Point> chosen;
    private final AtomicInteger left;
    private final Journal journal;
    private final double faults;
    private final Random random;
    private volatile boolean failing;

    Points(Orders orders, Journal journal) {
        this.chosen = orders.mishaps().point();
        this.left = new AtomicInteger(orders.mishaps().times());
        this.journal = journal;
        this.faults = orders.mishaps().faults();
        this.random = new Random(orders.load().seed());
    }

    /** {@return whether anything is to happen at all} */
    boolean isArmed() {
        return chosen.isPresent() || faults > 0;
    }

    /** Lets things fail from now on, or no more. */
    void fail(boolean on) {
        failing = on;
    }

    /** Fails for a share of those who come here, in the words of either database. */
    void mayFail(String where) throws SQLException {
        mayFail(where, faults);
    }

    /** The same for a statement, of which a smaller share fails. */
    void statementMayFail(String where) throws SQLException {
        mayFail(where, faults / STATEMENTS);
    }

    private void mayFail(String where, double share) throws SQLException {
        if (failing && random.nextDouble() < share) {
            journal.add(Kind.FAULT, where);
            throw new SQLException("a failure made by a test " + where, LOST, IO_ERROR);
        }
    }

    void reached(Point point) {
        if (chosen.filter(point::equals).isPresent() && left.decrementAndGet() == 0) {
            journal.add(Kind.HALT, point.name());
            Runtime.getRuntime().halt(HALTED);
        }
    }

    /** Something has begun in which no point can be named: the process ends itself after so many quarters of a millisecond. */
    void entered(Point point) {
        if (chosen.filter(point::equals).isPresent()) {
            long end = System.nanoTime() + left.getAndSet(1) * PART;
            Thread clock = new Thread(() -> {
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
                reached(point);
            });
            clock.start();
        }
    }
}
