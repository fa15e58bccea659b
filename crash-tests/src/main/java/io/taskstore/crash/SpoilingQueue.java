package io.taskstore.crash;

import io.taskstore.Hint;
import io.taskstore.Task;
import io.taskstore.TaskQueue;
import io.taskstore.TaskQueue.Reservation;
import io.taskstore.WorkerId;
import io.taskstore.crash.Event.Kind;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A queue with which one of so many of the hints that are offered, and of the tasks that are handed over, is lost, comes twice, or
 * late. What offers them is told that all is well. It is thread-safe.
 */
final class SpoilingQueue {

    private static final int LONGEST_DELAY_MILLIS = 200;

    private final TaskQueue queue;
    private final int oneOf;
    private final Random random;
    private final Journal journal;
    private final AtomicLong told = new AtomicLong();
    private final Executor later = Executors.newSingleThreadExecutor(body -> {
        Thread thread = new Thread(body, "late-hints");
        thread.setDaemon(true);
        return thread;
    });

    /** What becomes of a hint or a hand-over. */
    enum Fate {
        LOST,
        TWICE,
        LATE
    }

    private SpoilingQueue(TaskQueue queue, int oneOf, long seed, Journal journal) {
        this.queue = queue;
        this.oneOf = oneOf;
        this.random = new Random(seed);
        this.journal = journal;
    }

    static TaskQueue of(TaskQueue queue, Orders orders, Journal journal) {
        int oneOf = orders.hints().spoilt();
        if (oneOf == 0) {
            return queue;
        }
        SpoilingQueue spoiling = new SpoilingQueue(queue, oneOf, orders.load().seed(), journal);
        return (TaskQueue) Proxy.newProxyInstance(
                SpoilingQueue.class.getClassLoader(), new Class<?>[] {TaskQueue.class}, (self, method, arguments) -> {
                    try {
                        return switch (method.getName()) {
                            case "offer" -> spoiling.offer((Hint) arguments[0]);
                            case "reserve" -> queue.reserve((Hint) arguments[0]).map(slot -> spoiling.new Slot(slot));
                            default -> method.invoke(queue, arguments);
                        };
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }

    private boolean offer(Hint hint) {
        Optional<Fate> fate = fate("a hint");
        if (fate.isEmpty()) {
            return queue.offer(hint);
        }
        switch (fate.get()) {
            case LOST -> {}
            case TWICE -> {
                queue.offer(hint);
                queue.offer(hint);
            }
            case LATE -> late(() -> queue.offer(hint));
        }
        return true;
    }

    private Optional<Fate> fate(String of) {
        if (told.incrementAndGet() % oneOf != 0) {
            return Optional.empty();
        }
        Fate fate = Fate.values()[random.nextInt(Fate.values().length)];
        journal.add(Kind.FAULT, of + " " + fate);
        return Optional.of(fate);
    }

    private void late(Runnable telling) {
        CompletableFuture.delayedExecutor(random.nextInt(LONGEST_DELAY_MILLIS), TimeUnit.MILLISECONDS, later)
                .execute(telling);
    }

    /** The slot for a task that is handed over. What is lost is claimed, and nobody runs it until its worker notices that. */
    private final class Slot implements Reservation {

        private final Reservation slot;

        Slot(Reservation slot) {
            this.slot = slot;
        }

        @Override
        public WorkerId worker() {
            return slot.worker();
        }

        @Override
        public boolean deliver(Task claimed) {
            Optional<Fate> fate = fate("a hand-over");
            if (fate.isEmpty()) {
                return slot.deliver(claimed);
            }
            switch (fate.get()) {
                case LOST -> slot.release();
                case TWICE -> {
                    slot.deliver(claimed);
                    slot.deliver(claimed);
                }
                case LATE -> late(() -> slot.deliver(claimed));
            }
            return true;
        }

        @Override
        public void release() {
            slot.release();
        }
    }
}
