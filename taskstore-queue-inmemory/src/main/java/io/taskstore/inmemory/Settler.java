package io.taskstore.inmemory;

import io.taskstore.OutcomeUnknownException;
import io.taskstore.StorageBusyException;
import io.taskstore.StorageFullException;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskEvent;
import io.taskstore.TaskStatus;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settled;
import io.taskstore.spi.Settlement;
import io.taskstore.spi.TaskClaims;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records the ends of runs, in batches: what ends while one is committed makes the next. An end that cannot be recorded is kept
 * and tried again. Ends are added from any thread, and recorded by one.
 */
final class Settler {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final int AT_ONCE = 500;

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

        /** A task that was recorded is due again after this time. */
        void dueIn(Duration delay);
    }

    private final TaskClaims claims;
    private final Runs runs;
    private final Journal journal;
    private final Events events;
    private final Calls calls;
    private final LinkedBlockingQueue<End> ends = new LinkedBlockingQueue<>();

    /** What was taken out and is not recorded; only the settling thread touches it. */
    private final List<End> batch = new ArrayList<>();

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
        boolean done = false;
        try {
            flushAndRecord();
            done = true;
        } finally {
            failing = !done;
        }
    }

    /** Ends are taken out before what handlers said is stored, so that all that a handler said comes before its end. */
    private void flushAndRecord() {
        ends.drainTo(batch, AT_ONCE - batch.size());
        taken = batch.size();
        journal.flush();
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
            List<Settled> answers =
                    claims.settle(some.stream().map(End::settlement).toList());
            List<Claim> done = answers.stream().map(Settled::claim).toList();
            runs.settled(done);
            for (int i = 0; i < some.size(); i++) {
                tell(some.get(i), answers.get(i));
            }
        } finally {
            events.release(tasks);
        }
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
