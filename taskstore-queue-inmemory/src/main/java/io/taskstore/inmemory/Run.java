package io.taskstore.inmemory;

import io.taskstore.LogLevel;
import io.taskstore.Outcome;
import io.taskstore.Progress;
import io.taskstore.RunScope;
import io.taskstore.Task;
import io.taskstore.TaskRun;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
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

        void log(Run run, int line, LogLevel level, String message);

        void progress(Run run, Progress progress);

        <R> R resultOf(Task task, String step, Class<R> type);
    }

    private final Task task;
    private final Claim claim;
    private final Registration<?> registration;
    private final Settings.Host host;
    private final Home home;
    private final AtomicInteger lines = new AtomicInteger();

    /** Guarded by this. */
    private State state = State.READY;

    /** The thread that works for this run and no other; guarded by this. */
    private @Nullable Thread thread;

    /** When the handler began; guarded by this. */
    private long began;

    /** The first reason to stop; guarded by this, and read without it by the handler. */
    private volatile @Nullable Stop stop;

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
        home.begins(this);
        Ending ending = new Ending(claim, task, registration.retries(), host.random());
        MDC.put(TASK_ID, task.id().toString());
        try {
            Outcome outcome = RunScope.call(this, () -> registration.decide(this, host.codec()));
            ending.returned(outcome, host.codec());
        } catch (Throwable e) {
            ending.threw(e);
        }
        end(ending);
        MDC.clear();
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

    private void end(Ending ending) {
        Optional<Settlement> end;
        Duration ran;
        synchronized (this) {
            state = State.ENDED;
            thread = null;
            ran = ran();
            end = decided ? Optional.empty() : Optional.of(ending.settlement(ran, stop));
            decided = true;
        }
        // whoever interrupted it meant this run, and not the next one on this thread
        boolean unused = Thread.interrupted();
        home.isOver(this, ran, end);
    }

    /** Never negative, whatever the clock of the host does. */
    private Duration ran() {
        return Duration.ofNanos(Math.max(0, host.nanos().getAsLong() - began));
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
        if (state == State.ENDED || stop == reason) {
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
    synchronized Optional<Settlement> giveUp() {
        Stop why = stop;
        if (decided || state != State.RUNNING || why == null) {
            return Optional.empty();
        }
        decided = true;
        Ending ending = new Ending(claim, task, registration.retries(), host.random());
        ending.threw(new InterruptedException());
        return Optional.of(ending.settlement(ran(), why));
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
        home.log(this, lines.incrementAndGet(), level, message);
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
