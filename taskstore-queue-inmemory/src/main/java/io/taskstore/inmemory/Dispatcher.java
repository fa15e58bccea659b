package io.taskstore.inmemory;

import io.taskstore.InvalidInputException;
import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.PageRequest;
import io.taskstore.PayloadException;
import io.taskstore.Progress;
import io.taskstore.Task;
import io.taskstore.TaskEvent;
import io.taskstore.TaskFilter;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settlement;
import io.taskstore.spi.Storage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings claimed tasks to the threads of handlers, and what comes of them to the settler. It is thread-safe. */
final class Dispatcher implements Run.Home {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    /** How long a handler has to react to being interrupted before its task is given up; its timeout, if that is shorter. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private static final Duration SHORTEST_SNOOZE = Duration.ofSeconds(1);
    private static final Duration LONGEST_SNOOZE = Duration.ofMinutes(1);
    private static final String CANNOT_START = "no thread could be had for it";
    private static final String CLOSED = "its worker was closed before it began";
    private static final String DEAD = "its worker was not heard of before it began";

    private final Settings settings;
    private final Storage storage;
    private final Parts parts;
    private final Executor threads;
    private final Watchdog watchdog;
    private final Map<Run, Future<?>> deadlines = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * What runs have in common.
     *
     * @param onSuspectOver is called when there may be another suspect
     */
    record Parts(
            Runs runs,
            Settler settler,
            Journal journal,
            Events events,
            Tally tally,
            Pace pace,
            Suspects suspects,
            Runnable onSuspectOver) {}

    Dispatcher(Settings settings, Storage storage, Parts parts, Executor threads, Watchdog watchdog) {
        this.settings = settings;
        this.storage = storage;
        this.parts = parts;
        this.threads = threads;
        this.watchdog = watchdog;
    }

    /** Starts tasks that were claimed, in this order. Those that no thread can be had for are given back. */
    void start(List<Task> claimed) {
        parts.tally().claimed(claimed.size());
        RuntimeException failure = null;
        for (Task task : claimed) {
            Registration<?> registration = settings.registrations().get(task.type());
            if (registration == null) {
                giveBack(task, "its worker has no handler for its type");
                continue;
            }
            Run run = new Run(task, registration, settings.host(), this);
            if (!parts.runs().add(run)) {
                // an earlier run of it goes on here in spite of its timeout
                notYet(run);
                continue;
            }
            if (closed) {
                // after it was added: either this is seen here, or the run by whoever closed
                withdraw(run, CLOSED);
                continue;
            }
            try {
                threads.execute(run);
            } catch (RuntimeException | Error e) {
                failure = new IllegalStateException("the thread factory made no thread for " + run, e);
                withdraw(run, CANNOT_START);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Gives back all that has not begun, and starts nothing more: an answer to a claim may come when all have been told to stop. */
    void close() {
        closed = true;
        parts.runs().all().forEach(run -> withdraw(run, CLOSED));
    }

    private void notYet(Run run) {
        Duration delay = SHORTEST_SNOOZE.multipliedBy(Math.max(1, run.claim().attempt()));
        Duration bounded = delay.compareTo(LONGEST_SNOOZE) > 0 ? LONGEST_SNOOZE : delay;
        parts.runs().leaving(run.claim());
        end(run.task(), new Settlement.Snoozed(run.claim(), Optional.empty(), bounded));
    }

    /** Gives a task back that was claimed and has no run. */
    void giveBack(Task task, String why) {
        parts.runs().leaving(Claim.of(task));
        release(task, why);
    }

    /** Gives a task back that was claimed under an id that is dead, and has no run. */
    void lose(Task task) {
        parts.tally().claimed(1);
        giveBack(task, DEAD);
    }

    private void release(Task task, String why) {
        end(task, new Settlement.Released(Claim.of(task), Optional.empty(), why));
    }

    private void end(Task task, Settlement settlement) {
        parts.settler().add(task, settlement);
        suspectIsOver(settlement.claim());
    }

    private void suspectIsOver(Claim claim) {
        if (parts.suspects().isOver(claim)) {
            parts.onSuspectOver().run();
        }
    }

    /** Gives a run back that has not begun. {@return whether it had not} */
    boolean withdraw(Run run, String why) {
        boolean withdrawn = run.withdraw();
        if (withdrawn) {
            parts.runs().withdrawn(run);
            release(run.task(), why);
        }
        return withdrawn;
    }

    /** Tells a run that somebody wants its task cancelled. */
    void cancel(Run run) {
        if (!withdraw(run, "cancelled before it began")) {
            run.stop(Run.Stop.CANCEL);
        }
    }

    /**
     * Tells a run that the id is dead under which it was claimed. One that has not begun is given back all the same: otherwise it
     * waits until somebody takes it from the dead, and then counts as crashed.
     */
    void lose(Run run) {
        if (!withdraw(run, DEAD) && run.lose()) {
            parts.runs().settled(List.of(run.claim()));
            parts.events().add(TaskEvent.Kind.CLAIM_LOST, run.task(), Optional.empty(), Optional.empty());
            watch(run, GRACE, () -> {
                if (run.isRunning()) {
                    stuck(run, Optional.empty());
                }
            });
        }
    }

    /** Gives back what has waited for a thread longer than it takes to claim it: others may have threads. */
    void withdrawOverdue(long readySince) {
        for (Run run : parts.runs().all()) {
            if (run.isReadySince(readySince) && withdraw(run, "no thread became free in time")) {
                parts.pace().slow();
            }
        }
    }

    /** Does something at a time to come, unless the run is over by then. */
    private void watch(Run run, Duration delay, Runnable action) {
        Future<?> before = deadlines.put(run, watchdog.after(delay, action));
        if (before != null) {
            before.cancel(false);
        }
        if (!run.isRunning()) {
            forget(run);
        }
    }

    private void forget(Run run) {
        Future<?> deadline = deadlines.remove(run);
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    @Override
    public void begins(Run run) {
        parts.runs().begin(run);
        DueTime.beforeClaim(run.task()).ifPresent(due -> parts.tally().waited(due.plus(run.ready())));
        parts.events().add(TaskEvent.Kind.STARTED, run.task(), Optional.empty(), Optional.empty());
        run.timeout().ifPresent(timeout -> watch(run, timeout, () -> timeOut(run, timeout)));
    }

    private void timeOut(Run run, Duration timeout) {
        run.stop(Run.Stop.TIMEOUT);
        Duration grace = timeout.compareTo(GRACE) < 0 ? timeout : GRACE;
        watch(run, grace, () -> giveUp(run));
    }

    /** The task may go on elsewhere, though its handler does not let go of its thread. */
    private void giveUp(Run run) {
        run.giveUp().ifPresent(end -> {
            parts.settler().add(run.task(), end);
            stuck(run, end.ran());
        });
    }

    private void stuck(Run run, Optional<Duration> ran) {
        parts.runs().isStuck(run);
        parts.events().add(TaskEvent.Kind.STUCK, run.task(), Optional.empty(), ran);
    }

    @Override
    public void isOver(Run run, Duration ran, Optional<Settlement> end) {
        forget(run);
        parts.pace().ran(ran.toNanos());
        parts.tally().ran(ran);
        closeLog(run);
        end.ifPresentOrElse(
                settlement -> parts.settler().add(run, settlement),
                () -> parts.runs().isOver(run));
        suspectIsOver(run.claim());
    }

    /** Says how many lines are missing. An end is never lost for a line that tells of it. */
    private void closeLog(Run run) {
        long dropped = run.dropped();
        if (dropped == 0) {
            return;
        }
        int most = settings.bounds().logLines();
        long beyond = Math.max(0, run.lines() - most);
        String why = beyond == 0
                ? "too many were waiting to be stored"
                : String.format(Locale.ROOT, "the log of a run has %,d at most", most);
        String some = beyond == 0 || beyond == dropped
                ? ""
                : String.format(Locale.ROOT, ", %,d of them as too many were waiting to be stored", dropped - beyond);
        String message = String.format(Locale.ROOT, "%,d lines were dropped%s; %s", dropped, some, why);
        try {
            parts.journal().addLast(line(run, Math.min(run.lines(), most) + 1, LogLevel.WARN, message));
        } catch (RuntimeException e) {
            LOG.warn("the end of the log of task {} is dropped", run.claim().taskId(), e);
        }
    }

    @Override
    public boolean log(Run run, long line, LogLevel level, String message) {
        return line <= settings.bounds().logLines() && parts.journal().add(line(run, line, level, message));
    }

    private LogEntry line(Run run, long line, LogLevel level, String message) {
        Claim claim = run.claim();
        return new LogEntry(
                claim.taskId(), claim.attempt(), (int) line, storage.clock().instant(), level, message);
    }

    @Override
    public void progress(Run run, Progress progress) {
        parts.journal().add(run.claim(), progress);
    }

    @Override
    public Task taskOf(Task task, String step) {
        UUID workflow = task.workflowId()
                .orElseThrow(() -> new InvalidInputException(
                        "step", "asked for by a task of a workflow, which task " + task.id() + " is not", step));
        TaskFilter named = TaskFilter.all().workflow(workflow).step(step);
        return storage.tasks().list(named, PageRequest.first(1)).tasks().stream()
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(
                        "step", "the name of a task of the workflow of task " + task.id(), step));
    }

    @Override
    public <R> R resultOf(Task task, String step, Class<R> type) {
        Task other = taskOf(task, step);
        String json = other.result()
                .orElseThrow(() -> new InvalidInputException(
                        "step",
                        "the name of a task with a result, and task " + other.id() + " is " + other.status()
                                + " without one",
                        step));
        try {
            return settings.host().codec().decode(json, type);
        } catch (PayloadException e) {
            throw new PayloadException("the result of '" + step + "', task " + other.id() + ": " + e.getMessage(), e);
        }
    }
}
