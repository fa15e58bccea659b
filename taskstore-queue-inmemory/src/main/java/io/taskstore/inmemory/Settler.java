package io.taskstore.inmemory;

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
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Records the ends of runs, in batches: what ends while one is committed makes the next. An end that cannot be recorded is kept
 * and tried again. Ends are added from any thread, and recorded by one.
 */
final class Settler {

    private static final int AT_ONCE = 500;
    /** How long what handlers say may wait for an end to be recorded with. */
    private static final Duration IDLE = Duration.ofMillis(400);

    /** The end of a run that is to be recorded. */
    record End(Task task, Settlement settlement) {}

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
        ends.add(new End(task, settlement));
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

    private void flushAndRecord() {
        // what a handler said comes before its end
        journal.flush();
        ends.drainTo(batch, AT_ONCE - batch.size());
        taken = batch.size();
        if (!batch.isEmpty()) {
            try {
                record(batch);
                batch.clear();
            } catch (StorageUnavailableException | StorageBusyException | StorageFullException e) {
                throw e;
            } catch (RuntimeException e) {
                recordOneByOne();
            } finally {
                taken = batch.size();
            }
        }
    }

    /** One end that the storage will not have keeps none of the others. */
    private void recordOneByOne() {
        RuntimeException last = null;
        for (End end : List.copyOf(batch)) {
            try {
                record(List.of(end));
                batch.remove(end);
            } catch (RuntimeException e) {
                last = e;
            }
        }
        if (last != null) {
            // so that they do not stand before those that come
            ends.addAll(batch);
            batch.clear();
            throw last;
        }
    }

    private void record(List<End> some) {
        List<Settled> answers =
                claims.settle(some.stream().map(End::settlement).toList());
        List<Claim> done = answers.stream().map(Settled::claim).toList();
        runs.settled(done);
        for (int i = 0; i < some.size(); i++) {
            tell(some.get(i), answers.get(i));
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
