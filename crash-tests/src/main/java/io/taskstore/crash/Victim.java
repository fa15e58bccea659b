package io.taskstore.crash;

import io.taskstore.Outcome;
import io.taskstore.OutcomeUnknownException;
import io.taskstore.Progress;
import io.taskstore.TaskEvent;
import io.taskstore.TaskIds;
import io.taskstore.TaskQueue;
import io.taskstore.TaskRun;
import io.taskstore.TaskService;
import io.taskstore.TaskStoreException;
import io.taskstore.WorkflowService;
import io.taskstore.crash.Event.Kind;
import io.taskstore.crash.Work.Deed;
import io.taskstore.inmemory.Worker;
import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.jdbi.TaskDatabaseBuilder;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settlement;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A process with the library in it, that submits and runs tasks and workflows until it is killed, or told what else to do: {@code drain} to
 * submit no more, {@code pause} to submit a task that waits for its process to be stopped, {@code go} to end one that has
 * taken over such a task, {@code late} to write for the
 * runs in which it was, {@code stop} to close in good order. It ends with whoever started it.
 */
final class Victim {

    /** How many more tasks it submits than it runs. */
    private static final int AHEAD = 8;

    /** It submits all the same after so long: another process may have run what it submitted, and then nothing here makes room. */
    private static final long RUN_ELSEWHERE = Duration.ofSeconds(1).toNanos();

    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);
    /** The property that names the process that started this one. */
    static final String PARENT = "taskstore.crash.parent";

    /** What it answers with when that is gone. */
    static final int LEFT_ALONE = 3;

    private static final Duration POLL = Duration.ofMillis(50);

    /** A process that did not run for so long was stopped. */
    private static final long STOPPED = Duration.ofMillis(1_500).toNanos();

    private final Orders orders;
    private final Journal journal;
    private final Points points;
    private final Random random;
    private final Supplier<UUID> ids = TaskIds.standard();
    private final Semaphore window = new Semaphore(AHEAD);
    private final Set<Claim> paused = ConcurrentHashMap.newKeySet();
    private final Semaphore goAhead = new Semaphore(0);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean draining;

    private Victim(Orders orders) {
        this.orders = orders;
        this.journal = Journal.open(orders.journal(), orders.name());
        this.points = new Points(orders, journal);
        this.random = new Random(orders.load().seed());
    }

    /** The process. */
    public static void main(String... arguments) throws SQLException, InterruptedException {
        Orders orders = Orders.of(arguments);
        endWithParent(Long.getLong(PARENT, 0));
        Victim victim = new Victim(orders);
        if (victim.points.isArmed()) {
            LogPoints.tell(victim.points);
            PointedDriver.install(victim.points);
        }
        victim.live();
    }

    /** Its parent may have died while it started, and then it has another by now: the one to watch is the one it was told of. */
    private static void endWithParent(long pid) {
        daemon("watch", () -> {
            try {
                while (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()) {
                    Thread.sleep(LOOK_AGAIN.toMillis());
                }
            } catch (InterruptedException e) {
                System.err.println(e);
            }
            Runtime.getRuntime().halt(LEFT_ALONE);
        });
    }

    private void live() throws InterruptedException {
        Hints hints = orders.hints();
        String schema = orders.access().schema();
        try (TaskDatabase database = hints.opening(opening()).open();
                TaskQueue queue = hints.queue(database, schema);
                Worker worker = Worker.builder(
                                new ObservedStorage(database, new ObservedClaims(database.claims(), journal, points)),
                                seen(queue))
                        .name(orders.name())
                        .concurrency(orders.load().concurrency())
                        .pollInterval(POLL)
                        .decide(Work.TYPE, this::handle)
                        .listener(this::hear)
                        .codec(new WorkCodec())
                        .start()) {
            TaskService tasks = new TaskService(database.tasks(), seen(queue), new WorkCodec(), ids);
            Consumer<Request> submits = submitting(tasks, new WorkflowService(database.workflows(), tasks));
            journal.add(Kind.OPEN, worker.toString());
            points.fail(true);
            daemon("orders", () -> obey(database, submits));
            daemon("submits", () -> submit(submits));
            stopped.await();
        }
    }

    private TaskDatabaseBuilder opening() {
        Orders.Access access = orders.access();
        return TaskDatabase.builder(access.url())
                .schema(access.schema())
                .lease(access.lease())
                .migration(access.migration());
    }

    /** {@return the queue as those see it who work with it} */
    private TaskQueue seen(TaskQueue queue) {
        return ObservedQueue.of(SpoilingQueue.of(queue, orders, journal), points);
    }

    private static void daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** It never waits inside a read: a process that ends itself waits a third of a second for threads that do. */
    private void obey(TaskDatabase database, Consumer<Request> submits) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            while (true) {
                if (in.ready()) {
                    obey(database, submits, in.readLine());
                } else {
                    Thread.sleep(LOOK_AGAIN.toMillis());
                }
            }
        } catch (IOException | InterruptedException e) {
            System.err.println(e);
            Runtime.getRuntime().halt(LEFT_ALONE);
        }
    }

    private void obey(TaskDatabase database, Consumer<Request> submits, String order) {
        switch (order) {
            case "drain" -> draining = true;
            case "pause" -> submits.accept(Request.single(new Work(0, Deed.PAUSES), ids));
            case "go" -> goAhead.release();
            case "late" -> paused.forEach(claim -> writeLate(database, claim));
            case "stop" -> {
                points.fail(false);
                stopped.countDown();
            }
            default -> throw new IllegalArgumentException(order);
        }
    }

    private void submit(Consumer<Request> submits) {
        int left = orders.load().submits();
        Request next = Request.some(random, ids);
        long last = System.nanoTime();
        while (left > 0 && !draining) {
            if (mayGoOn(next.runs()) || System.nanoTime() - last > RUN_ELSEWHERE) {
                last = System.nanoTime();
                submits.accept(next);
                left -= next.size();
                next = Request.some(random, ids);
            }
        }
        journal.add(Kind.DRAINED, "");
    }

    private boolean mayGoOn(int runs) {
        try {
            return window.tryAcquire(runs, LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    private Consumer<Request> submitting(TaskService tasks, WorkflowService workflows) {
        return request -> {
            try {
                request.submit(tasks, workflows, journal);
            } catch (TaskStoreException e) {
                if (!(e instanceof OutcomeUnknownException)) {
                    request.refused(journal);
                }
                // if it is not there, nobody else makes room for the next
                window.release(request.runs());
                System.err.println(e);
            }
        };
    }

    private Outcome handle(Work work, TaskRun run) throws InterruptedException {
        points.reached(Point.BEFORE_HANDLER);
        Claim claim = Claim.of(run.task());
        long began = System.nanoTime();
        journal.add(Kind.START, claim.taskId(), claim.attempt(), Integer.toString(work.millis()));
        try {
            if (work.deed() == Deed.PAUSES && claim.attempt() > 1) {
                goAhead.acquire();
            } else if (work.deed() == Deed.PAUSES) {
                paused.add(claim);
                untilStopped(began);
            } else if (work.millis() > 0) {
                Thread.sleep(work.millis());
            }
            add(Kind.EFFECT, claim);
        } finally {
            add(Kind.END, claim);
            window.release();
        }
        points.reached(Point.AFTER_HANDLER);
        return work.deed() == Deed.FAILS ? Outcome.failed("REFUSED", "as it was told to") : Outcome.completed();
    }

    /**
     * Waits until the process was stopped, which it may have been as soon as its start was written down. Whether the worker finds
     * out first is not to matter: an interrupt does not end it.
     *
     * @param began when it was not stopped yet
     */
    private static void untilStopped(long began) {
        for (long last = began, now = System.nanoTime(); now - last < STOPPED; now = System.nanoTime()) {
            last = now;
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                // it goes on
            }
        }
    }

    private void add(Kind kind, Claim claim) {
        journal.add(kind, claim.taskId(), claim.attempt(), "");
    }

    private void hear(TaskEvent event) {
        if (event.kind() == TaskEvent.Kind.CLAIM_LOST) {
            journal.add(Kind.LOST, event.task().id(), event.task().attempt(), "");
        }
    }

    private void writeLate(TaskDatabase database, Claim claim) {
        Settlement completed = new Settlement.Completed(claim, Optional.empty(), Optional.of("\"late\""));
        boolean lost = database.claims().settle(List.of(completed)).get(0).isLost();
        boolean progressLost = !database.runLog()
                .progress(Map.of(claim, new Progress(1, "late")))
                .isEmpty();
        journal.add(
                Kind.LATE,
                claim.taskId(),
                claim.attempt(),
                lost && progressLost ? "lost" : "settled: " + !lost + ", progress: " + !progressLost);
    }
}
