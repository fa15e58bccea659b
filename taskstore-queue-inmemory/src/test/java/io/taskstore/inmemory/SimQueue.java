package io.taskstore.inmemory;

import io.taskstore.Health;
import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Task;
import io.taskstore.TaskQueue;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import io.taskstore.inmemory.SimFaults.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The queue of a process: the real one, with hints that get lost, come late, twice, in another order, or from nowhere. */
final class SimQueue implements TaskQueue {

    private final SimStage stage;
    private final SimFaults faults;
    private final SplittableRandom dice;
    private final TaskQueue queue;
    private @Nullable Hint held;

    SimQueue(SimStage stage, SimFaults faults, SplittableRandom dice, TaskQueue queue) {
        this.stage = stage;
        this.faults = faults;
        this.dice = dice;
        this.queue = queue;
    }

    @Override
    public boolean offer(Hint hint) {
        if (faults.strikes(Kind.HINT_LOST)) {
            return true;
        }
        if (faults.strikes(Kind.HINT_FORGED)) {
            UUID nobody = new UUID(dice.nextLong(), dice.nextLong());
            pass(new Hint(dice.nextBoolean() ? nobody : hint.id(), "work", "b", 7));
        }
        if (faults.strikes(Kind.HINT_LATE)) {
            stage.at(stage.now() + dice.nextLong(5_000_000_000L), () -> pass(hint));
            return true;
        }
        if (held == null && faults.strikes(Kind.HINT_REORDERED)) {
            held = hint;
            return true;
        }
        boolean taken = pass(hint);
        if (faults.strikes(Kind.HINT_REPEATED)) {
            pass(hint);
        }
        Hint before = held;
        if (before != null) {
            held = null;
            pass(before);
        }
        return taken;
    }

    private boolean pass(Hint hint) {
        boolean taken = queue.offer(hint);
        if (!taken && !faults.ended()) {
            faults.count(Kind.HINT_REFUSED);
        }
        return taken;
    }

    @Override
    public Optional<Reservation> reserve(Hint hint) {
        return faults.strikes(Kind.NO_RESERVATION) ? Optional.empty() : queue.reserve(hint);
    }

    @Override
    public Set<UUID> reserved(WorkerId worker) {
        if (dice.nextBoolean()) {
            stage.pass();
        }
        return queue.reserved(worker);
    }

    @Override
    public Polled poll(Wanted wanted, Duration timeout) throws InterruptedException {
        if (dice.nextBoolean()) {
            stage.pass();
        }
        return queue.poll(wanted, timeout);
    }

    @Override
    public List<Task> leave(WorkerId worker) {
        return queue.leave(worker);
    }

    @Override
    public void handled(Hint hint) {
        queue.handled(hint);
    }

    @Override
    public void cancelRequested(Set<UUID> ids) {
        queue.cancelRequested(ids);
    }

    @Override
    public void wake() {
        queue.wake();
    }

    @Override
    public void nudge(WorkerId worker) {
        queue.nudge(worker);
    }

    @Override
    public long depth() {
        return queue.depth();
    }

    @Override
    public Health health() {
        return queue.health();
    }

    @Override
    public void close() {
        queue.close();
    }
}
