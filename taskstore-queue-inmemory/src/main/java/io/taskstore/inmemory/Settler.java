package io.taskstore.inmemory;

import io.taskstore.OutcomeUnknownException;
import io.taskstore.StorageBusyException;
import io.taskstore.StorageFullException;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskEvent;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settled;
import io.taskstore.spi.SettledAndClaimed;
import io.taskstore.spi.Settlement;
import io.taskstore.spi.TaskClaims;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records the ends of runs, in batches: what ends while one is committed makes the next. An end that cannot be recorded is kept
 * and tried again. Ends are added from any thread, and recorded by one.
 *
 * <p>While nothing else is known to be due, the end of a task of a workflow is recorded together with the claim of what goes on
 * through it, in the slot of the run that is over: a chain needs one commit for each of its tasks.
 */
final class Settler {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final int AT_ONCE = 1_000;

    /** How often an end is tried that the storage refuses for another reason than that it cannot be used. */
    private static final int TRIES = 5;

    private static final String UNRECORDABLE = "UNRECORDABLE";
    /** How long what handlers say may wait for an end to be recorded with. */
    private static final Duration IDLE = Duration.ofMillis(400);

    /** The end of a run that is to be recorded. */
    record End(Task task, Settlement settlement, int refusals) {}

    /** What is to be done about ends. */
    interface Calls {

        /** There is an end to be recorded. */
        void settle();

        /** So many ends were recorded at once. */
        void recorded(int ends);

        /** A task that was recorded is due again after this time. */
        void dueIn(Duration delay);

        /** {@return whether nothing is known to be due that has no slot, so that what goes on through an end may have its slot} */
        boolean isCalm();

        /** {@return what the worker takes in the places of runs that are over, so many of each queue; empty if it takes nothing} */
        Optional<ClaimRequest> wanted(Map<String, Integer> over);

        /** Starts tasks that were claimed with ends. */
        void start(WorkerId worker, List<Task> claimed);
    }

    private final TaskClaims claims;
    private final Runs runs;
    private final Journal journal;
    private final Events events;
    private final Calls calls;
    private final LinkedBlockingQueue<End> ends = new LinkedBlockingQueue<>();

    /** What was taken out and is not recorded; only the settling thread touches it. */
    private final List<End> batch = new ArrayList<>();

    /** Runs that are over, whose slots are kept until it is known whether what goes on through their ends takes them. */
    private final Map<Claim, Run> keeping = new ConcurrentHashMap<>();

    private final AtomicLong rounds = new AtomicLong();
    private volatile int taken;
    private volatile boolean failing;

    Settler(TaskClaims claims, Runs runs, Journal journal, Events events, Calls calls) {
        this.claims = claims;
        this.runs = runs;
        this.journal = journal;
        this.events = events;
        this.calls = calls;
    }

    void add(Task task, Settlement settlement) {
        ends.add(new End(task, settlement, 0));
        calls.settle();
    }

    /**
     * Adds the end of a run whose handler is done, and lets its slot go: at once, or, where others of its workflow may go on, when
     * the end is recorded.
     */
    void add(Run run, Settlement settlement) {
        boolean keeps = mayLetOthersGoOn(run.task(), settlement)
                && calls.isCalm()
                && !runs.isFull(run.task().queue());
        if (keeps) {
            keeping.put(run.claim(), run);
        }
        add(run.task(), settlement);
        if (!keeps) {
            runs.isOver(run);
        }
    }

    private static boolean mayLetOthersGoOn(Task task, Settlement settlement) {
        return task.workflowId().isPresent()
                && (settlement instanceof Settlement.Completed
                        || settlement instanceof Settlement.Failed
                        || settlement instanceof Settlement.Cancelled);
    }

    /** {@return how often it has begun to record} What it claimed before is known to the runs by then. */
    long rounds() {
        return rounds.get();
    }

    /** {@return how many ends are not recorded} */
    int waiting() {
        return ends.size() + taken;
    }

    /** {@return whether the last attempt to record failed} */
    boolean isFailing() {
        return failing;
    }

    /** A step of the settling thread. */
    Duration settleNext() {
        settleNow();
        return ends.isEmpty() ? IDLE : Duration.ZERO;
    }

    /** Records all there is, or throws; only one thread may do this. */
    void settleAll() {
        do {
            settleNow();
        } while (!ends.isEmpty());
    }

    private void settleNow() {
        rounds.incrementAndGet();
        boolean done = false;
        try {
            flushAndRecord();
            done = true;
        } finally {
            failing = !done;
            if (failing) {
                letGo(batch);
            }
        }
    }

    /** Lets slots go that were kept. */
    private void letGo(List<End> some) {
        for (End end : some) {
            Run run = keeping.remove(end.settlement().claim());
            if (run != null) {
                runs.isOver(run);
            }
        }
    }

    /** Ends are taken out before what handlers said is stored, so that all that a handler said comes before its end. */
    private void flushAndRecord() {
        ends.drainTo(batch, AT_ONCE - batch.size());
        taken = batch.size();
        journal.flush(batch.stream().map(end -> end.settlement().claim()).collect(Collectors.toSet()));
        if (!batch.isEmpty()) {
            try {
                record(batch);
                batch.clear();
            } catch (RuntimeException e) {
                if (isForNow(e)) {
                    throw e;
                }
                recordOneByOne();
            } finally {
                taken = batch.size();
            }
        }
    }

    /** {@return whether the same may be recorded later, also if it was recorded now} */
    static boolean isForNow(RuntimeException failure) {
        return failure instanceof StorageUnavailableException
                || failure instanceof StorageBusyException
                || failure instanceof StorageFullException
                || failure instanceof OutcomeUnknownException;
    }

    /** One end that the storage will not have keeps none of the others. */
    private void recordOneByOne() {
        RuntimeException last = null;
        for (End end : List.copyOf(batch)) {
            try {
                record(List.of(end));
                batch.remove(end);
            } catch (RuntimeException e) {
                if (isForNow(e)) {
                    throw e;
                }
                last = e;
                batch.remove(end);
                refused(end, e);
            }
        }
        if (last != null) {
            throw last;
        }
    }

    /** What is refused is tried again, then recorded as a failure, then given up: the comparison gives the task back. */
    private void refused(End end, RuntimeException failure) {
        if (end.refusals() < TRIES) {
            ends.add(new End(end.task(), end.settlement(), end.refusals() + 1));
        } else if (end.refusals() == TRIES) {
            Settlement given = end.settlement();
            TaskError error = new TaskError(UNRECORDABLE, failure.getClass().getName());
            Settlement instead = new Settlement.Failed(given.claim(), given.ran(), error);
            ends.add(new End(end.task(), instead, end.refusals() + 1));
        } else {
            LOG.error(
                    "the end of task {} cannot be recorded, and is given up",
                    end.task().id(),
                    failure);
            runs.settled(List.of(end.settlement().claim()));
        }
    }

    private void record(List<End> some) {
        List<UUID> tasks = some.stream().map(end -> end.task().id()).toList();
        events.hold(tasks);
        try {
            Optional<ClaimRequest> wanted = wanted(some);
            SettledAndClaimed answer = settle(some.stream().map(End::settlement).toList(), wanted);
            List<Settled> answers = answer.settled();
            List<Claim> done = answers.stream().map(Settled::claim).toList();
            runs.settled(done);
            calls.recorded(done.size());
            for (int i = 0; i < some.size(); i++) {
                tell(some.get(i), answers.get(i));
            }
            wanted.ifPresent(request -> calls.start(request.worker(), answer.claimed()));
        } finally {
            events.release(tasks);
            letGo(some);
        }
    }

    private Optional<ClaimRequest> wanted(List<End> some) {
        Map<String, Integer> over = new HashMap<>();
        for (End end : some) {
            if (keeping.containsKey(end.settlement().claim())) {
                over.merge(end.task().queue(), 1, Integer::sum);
            }
        }
        return over.isEmpty() || !calls.isCalm() ? Optional.empty() : calls.wanted(over);
    }

    private SettledAndClaimed settle(List<Settlement> settlements, Optional<ClaimRequest> wanted) {
        return wanted.map(request -> claims.settleAndClaim(settlements, request))
                .orElseGet(() -> new SettledAndClaimed(claims.settle(settlements), List.of()));
    }

    private void tell(End end, Settled answer) {
        Settlement settlement = end.settlement();
        Optional<Duration> delay = delay(settlement);
        if (answer.status().filter(TaskStatus.PENDING::equals).isPresent()) {
            delay.ifPresent(calls::dueIn);
        }
        events.add(kind(answer, settlement), end.task(), error(settlement), settlement.ran());
    }

    private static TaskEvent.Kind kind(Settled answer, Settlement settlement) {
        if (answer.isLost()) {
            return TaskEvent.Kind.CLAIM_LOST;
        }
        return switch (answer.status().orElseThrow()) {
            case COMPLETED -> TaskEvent.Kind.COMPLETED;
            case FAILED -> TaskEvent.Kind.FAILED;
            case CANCELLED -> TaskEvent.Kind.CANCELLED;
            default -> pending(settlement);
        };
    }

    private static TaskEvent.Kind pending(Settlement settlement) {
        if (settlement instanceof Settlement.Retried) {
            return TaskEvent.Kind.RETRIED;
        }
        return settlement instanceof Settlement.Snoozed ? TaskEvent.Kind.SNOOZED : TaskEvent.Kind.RELEASED;
    }

    private static Optional<Duration> delay(Settlement settlement) {
        if (settlement instanceof Settlement.Retried retried) {
            return Optional.of(retried.delay());
        }
        return settlement instanceof Settlement.Snoozed snoozed ? Optional.of(snoozed.delay()) : Optional.empty();
    }

    private static Optional<TaskError> error(Settlement settlement) {
        if (settlement instanceof Settlement.Retried retried) {
            return Optional.of(retried.error());
        }
        return settlement instanceof Settlement.Failed failed ? Optional.of(failed.error()) : Optional.empty();
    }
}
