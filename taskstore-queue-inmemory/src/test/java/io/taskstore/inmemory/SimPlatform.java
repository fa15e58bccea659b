package io.taskstore.inmemory;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A process on a stage: its threads are actors, and wait as those do. */
final class SimPlatform implements Platform {

    private final SimStage stage;
    private final String name;
    private final BooleanSupplier mayWork;
    private final SuspectSeat suspects = new SuspectSeat();
    private long actions;

    SimPlatform(SimStage stage, String name, BooleanSupplier mayWork) {
        this.stage = stage;
        this.name = name;
        this.mayWork = mayWork;
    }

    @Override
    public Ending start(String thread, Runnable body) {
        End end = new End();
        SimActor unused = stage.add(name + " " + thread.substring(thread.lastIndexOf('-') + 1), mayWork, () -> {
            try {
                body.run();
            } finally {
                end.hasCome();
            }
        });
        return end;
    }

    /** The end of an actor. */
    private final class End implements Ending {

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition came = condition(lock);
        private boolean over;

        void hasCome() {
            lock.lock();
            try {
                over = true;
                came.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean within(Duration timeout) throws InterruptedException {
            lock.lock();
            try {
                long left = timeout.toNanos();
                while (!over && left > 0) {
                    left = came.awaitNanos(left);
                }
                return over;
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public Condition condition(ReentrantLock lock) {
        return new SimCondition(stage, lock);
    }

    @Override
    public Handlers handlers(int threads, ThreadFactory factory) {
        return new Pool(threads, factory);
    }

    @Override
    public Watchdog watchdog(String thread) {
        return new Dog();
    }

    @Override
    public Runnable keepAlive(String thread) {
        return () -> {};
    }

    @Override
    public SuspectSeat suspects() {
        return suspects;
    }

    /** As the pool of the Java virtual machine: what waits when it is shut down still runs. */
    private final class Pool implements Handlers {

        private final int most;
        private final ThreadFactory factory;
        private final Deque<Runnable> waiting = new ArrayDeque<>();
        private final Deque<SimActor> idle = new ArrayDeque<>();
        private int threads;
        private boolean ends;

        Pool(int most, ThreadFactory factory) {
            this.most = most;
            this.factory = factory;
        }

        @Override
        public void execute(Runnable run) {
            if (ends) {
                throw new RejectedExecutionException("it is shut down");
            }
            if (idle.isEmpty() && threads < most) {
                if (factory.newThread(run) == null) {
                    throw new IllegalStateException("the thread factory returned null");
                }
                threads++;
                waiting.add(run);
                Ending unused = start("handler-" + threads, this::work);
            } else {
                waiting.add(run);
                SimActor next = idle.poll();
                if (next != null) {
                    boolean unused = stage.call(next);
                }
            }
        }

        private void work() {
            while (!ends || !waiting.isEmpty()) {
                Runnable run = waiting.poll();
                if (run == null) {
                    rest();
                } else {
                    run.run();
                    boolean unused = Thread.interrupted();
                }
            }
            threads--;
        }

        private void rest() {
            SimActor self = stage.current();
            idle.add(self);
            try {
                boolean unused = stage.park(SimStage.FOREVER);
            } catch (InterruptedException e) {
                // nobody interrupts a thread that works for no run, so that this is a fault of the engine
                throw new IllegalStateException("a thread was interrupted that works for nobody", e);
            } finally {
                idle.remove(self);
            }
        }

        @Override
        public void shutdown() {
            ends = true;
            idle.forEach(stage::call);
        }
    }

    /** An action to come. */
    private static final class Action extends CompletableFuture<Void> implements Comparable<Action> {

        private final long at;
        private final long number;
        private final Runnable action;

        Action(long at, long number, Runnable action) {
            this.at = at;
            this.number = number;
            this.action = action;
        }

        @Override
        public int compareTo(Action other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    /** A watchdog whose thread is an actor. */
    private final class Dog implements Watchdog {

        private final PriorityQueue<Action> coming = new PriorityQueue<>();
        private @Nullable SimActor actor;
        private boolean ends;

        @Override
        public Future<?> after(Duration delay, Runnable action) {
            if (ends) {
                return CompletableFuture.completedFuture(null);
            }
            Action added = new Action(stage.now() + delay.toNanos(), ++actions, action);
            coming.add(added);
            if (actor == null) {
                actor = stage.add(name + " watchdog", mayWork, this::watch);
            } else {
                boolean unused = stage.call(actor);
            }
            return added;
        }

        private void watch() {
            while (!ends) {
                Action next = coming.peek();
                if (next != null && next.isDone()) {
                    coming.remove();
                } else if (next != null && next.at <= stage.now()) {
                    coming.remove();
                    next.action.run();
                } else {
                    rest(next == null ? SimStage.FOREVER : next.at - stage.now());
                }
            }
        }

        private void rest(long nanos) {
            try {
                boolean unused = stage.park(nanos);
            } catch (InterruptedException e) {
                throw new IllegalStateException("the watchdog was interrupted", e);
            }
        }

        @Override
        public void close() {
            ends = true;
            coming.clear();
            if (actor != null) {
                boolean unused = stage.call(actor);
            }
        }
    }
}
