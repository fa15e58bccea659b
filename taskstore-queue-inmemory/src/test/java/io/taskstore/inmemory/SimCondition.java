package io.taskstore.inmemory;

import java.util.Date;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A condition on which actors wait. Their stage never lets two work, so that nobody ever waits for the lock. */
final class SimCondition implements Condition {

    private final SimStage stage;
    private final ReentrantLock lock;
    private final Set<SimActor> waiting = new LinkedHashSet<>();

    SimCondition(SimStage stage, ReentrantLock lock) {
        this.stage = stage;
        this.lock = lock;
    }

    @Override
    public long awaitNanos(long nanos) throws InterruptedException {
        long until = nanos < SimStage.FOREVER - stage.now() ? stage.now() + Math.max(0, nanos) : SimStage.FOREVER;
        SimActor self = stage.current();
        waiting.add(self);
        lock.unlock();
        try {
            boolean unused = stage.park(until == SimStage.FOREVER ? until : until - stage.now());
        } finally {
            lock.lock();
            waiting.remove(self);
        }
        return until - stage.now();
    }

    @Override
    public void signal() {
        for (SimActor actor : waiting) {
            if (stage.call(actor)) {
                return;
            }
        }
    }

    @Override
    public void signalAll() {
        waiting.forEach(stage::call);
    }

    @Override
    @SuppressWarnings("WaitNotInLoop")
    public void await() throws InterruptedException {
        long unused = awaitNanos(SimStage.FOREVER);
    }

    @Override
    @SuppressWarnings("WaitNotInLoop")
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        return awaitNanos(unit.toNanos(time)) > 0;
    }

    @Override
    public void awaitUninterruptibly() {
        throw new UnsupportedOperationException("nobody waits so");
    }

    @Override
    public boolean awaitUntil(Date deadline) {
        throw new UnsupportedOperationException("nobody waits so");
    }
}
