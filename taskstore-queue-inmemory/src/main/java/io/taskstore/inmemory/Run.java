package io.taskstore.inmemory;

import io.taskstore.Check;
import io.taskstore.LogLevel;
import io.taskstore.Outcome;
import io.taskstore.Progress;
import io.taskstore.RunScope;
import io.taskstore.Task;
import io.taskstore.TaskRun;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * One run of a task: its handler is called once, and its end is decided once. It may be told to stop from any thread, which
 * interrupts its own thread only while that works for it.
 */
final class Run implements TaskRun, Runnable {

    private static final String TASK_ID = "taskId";

    /** Why a run is to stop. */
    enum Stop {
        CANCEL,
        TIMEOUT,
        CLOSE
    }

    private enum State {
        READY,
        RUNNING,
        ENDED
    }

    /** What a run needs of the worker. */
    interface Home {

        /** Is told on the run's thread that it begins. */
        void begins(Run run);

        /** Is told on the run's thread that it is over, with its end unless that was decided before. */
        void isOver(Run run, Duration ran, Optional<Settlement> end);

        /** {@return whether the line is kept} */
        boolean log(Run run, long line, LogLevel level, String message);

        void progress(Run run, Progress progress);

        Task taskOf(Task task, String step);

        <R> R resultOf(Task task, String step, Class<R> type);
    }

    private final Task task;
    private final Claim claim;
    private final Registration<?> registration;
    private final Settings.Host host;
    private final Home home;
    private final AtomicLong lines = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();

    /** Guarded by this. */
    private State state = State.READY;

    /** The thread that works for this run and no other; guarded by this. */
    private @Nullable Thread thread;

    private final long made;

    /** When the handler began; written before any other thread can ask. */
    private volatile long began;

    /** The first reason to stop; guarded by this, and read without it by the handler. */
    private volatile @Nullable Stop stop;

    /** The reasons for which it was interrupted; guarded by this. */
    private final Set<Stop> told = EnumSet.noneOf(Stop.class);

    /** Whether the claim is gone; guarded by this, and read without it by the handler. */
    private volatile boolean lost;

    /** Whether it is decided what is to be recorded; guarded by this. */
    private boolean decided;

    Run(Task task, Registration<?> registration, Settings.Host host, Home home) {
        this.task = task;
        this.claim = Claim.of(task);
        this.registration = registration;
        this.host = host;
        this.home = home;
        this.made = host.nanos().getAsLong();
    }

    @Override
    public Task task() {
        return task;
    }

    Claim claim() {
        return claim;
    }

    /** {@return how long it may take} */
    Optional<Duration> timeout() {
        return task.timeout().or(registration::timeout);
    }

    @Override
    public void run() {
        if (!begin()) {
            return;
        }
        Ending ending = new Ending(claim, task, registration.retries(), host.random());
        String before = MDC.get(TASK_ID);
        try {
            home.begins(this);
            MDC.put(TASK_ID, task.id().toString());
            Outcome outcome = RunScope.call(this, () -> registration.decide(this, host.codec()));
            ending.returned(outcome, host.codec());
        } catch (Throwable e) {
            ending.threw(e);
        } finally {
            end(ending);
            restore(before);
        }
    }

    private static void restore(@Nullable String before) {
        if (before == null) {
            MDC.remove(TASK_ID);
        } else {
            MDC.put(TASK_ID, before);
        }
    }

    private synchronized boolean begin() {
        if (state != State.READY) {
            return false;
        }
        state = State.RUNNING;
        thread = Thread.currentThread();
        began = host.nanos().getAsLong();
        return true;
    }

    /** What is to be recorded is found out without the lock, for that is the host's code too; seldom twice. */
    private void end(Ending ending) {
        Duration ran = ran();
        Stop seen = stop;
        Settlement end = ending.settlement(ran, seen);
        if (!isOver(seen)) {
            seen = stop;
            end = ending.settlement(ran, seen);
            isOver(seen);
        }
        home.isOver(this, ran, decide() ? Optional.of(end) : Optional.empty());
    }

    /** Gives the thread up. {@return false if there is another reason to stop than was thought} */
    private synchronized boolean isOver(@Nullable Stop seen) {
        if (stop != seen) {
            return false;
        }
        state = State.ENDED;
        thread = null;
        return true;
    }

    /** {@return whether the end was not decided before} */
    private synchronized boolean decide() {
        boolean first = !decided;
        decided = true;
        return first;
    }

    /** Never negative, whatever the clock of the host does. */
    private Duration ran() {
        return Duration.ofNanos(Math.max(0, host.nanos().getAsLong() - began));
    }

    /** {@return how long it waited for its thread} */
    Duration ready() {
        return Duration.ofNanos(Math.max(0, began - made));
    }

    /** Keeps it from beginning. {@return whether it had not begun} */
    synchronized boolean withdraw() {
        if (state != State.READY) {
            return false;
        }
        state = State.ENDED;
        decided = true;
        return true;
    }

    /** Interrupts the handler, once for each reason; the first reason is the one that counts. */
    synchronized void stop(Stop reason) {
        if (state == State.ENDED || !told.add(reason)) {
            return;
        }
        if (stop == null) {
            stop = reason;
        }
        interrupt();
    }

    /** Tells that the claim is gone, so that nothing the handler does is recorded. {@return whether that is news} */
    synchronized boolean lose() {
        if (decided) {
            return false;
        }
        decided = true;
        lost = true;
        interrupt();
        return true;
    }

    private synchronized void interrupt() {
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Decides the end of a run that goes on in spite of being told to stop. {@return it, unless it was decided before} */
    Optional<Settlement> giveUp() {
        Stop why = stop;
        if (why == null || !isRunning() || isDecided()) {
            return Optional.empty();
        }
        Ending ending = new Ending(claim, task, registration.retries(), host.random());
        ending.threw(new InterruptedException());
        Settlement end = ending.settlement(ran(), why);
        return decide() ? Optional.of(end) : Optional.empty();
    }

    private synchronized boolean isDecided() {
        return decided;
    }

    /** {@return whether it waits for a thread since before the instant} */
    synchronized boolean isReadySince(long nanos) {
        return state == State.READY && made - nanos <= 0;
    }

    /** {@return whether no thread works for it any more, or ever will} */
    synchronized boolean hasEnded() {
        return state == State.ENDED;
    }

    /** {@return whether its thread works for it} */
    synchronized boolean isRunning() {
        return state == State.RUNNING;
    }

    @Override
    public boolean shouldStop() {
        return stop != null || lost;
    }

    @Override
    public void progress(int percent, String text) {
        home.progress(this, new Progress(percent, text));
    }

    @Override
    public void log(LogLevel level, String message) {
        Check.given("level", level);
        Check.given("message", message);
        if (!home.log(this, lines.incrementAndGet(), level, message)) {
            dropped.incrementAndGet();
        }
    }

    /** {@return how many lines its handler has logged} */
    long lines() {
        return lines.get();
    }

    /** {@return how many of those are not kept} */
    long dropped() {
        return dropped.get();
    }

    @Override
    public Task taskOf(String step) {
        return home.taskOf(task, step);
    }

    @Override
    public <R> R resultOf(String step, Class<R> type) {
        return home.resultOf(task, step, type);
    }

    @Override
    public String toString() {
        return "the run of task " + task.id() + " in attempt " + claim.attempt();
    }
}
