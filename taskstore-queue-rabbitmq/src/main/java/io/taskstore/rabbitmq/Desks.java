package io.taskstore.rabbitmq;

import io.taskstore.Hint;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/** The workers of this process and what they want. Not thread-safe: the ledger guards it. */
final class Desks {

    /** So long a type stays wanted after the last poll that wanted it, which bridges the time between two polls. */
    static final Duration GRACE = Duration.ofMillis(100);

    private final LongSupplier nanos;
    private final Map<WorkerId, Desk> desks = new LinkedHashMap<>();
    /** Until when each type is wanted without a poll. */
    private final Map<String, Long> wantedUntil = new HashMap<>();
    /** Whether a hint was refused that workers who never polled before should hear of. */
    private boolean missed;

    Desks(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** {@return whether the poll should answer at once, since the worker is to be told of a refusal} */
    boolean begin(Wanted wanted) {
        Desk desk = desks.computeIfAbsent(wanted.worker(), unknown -> new Desk(missed));
        desk.begin(wanted);
        return desk.isMissed();
    }

    /** Ends the poll of a worker, which got something to start or not. */
    void end(WorkerId worker, boolean inVain) {
        Desk desk = desks.get(worker);
        if (desk != null) {
            long until = nanos.getAsLong() + GRACE.toNanos();
            if (desk.isInterested()) {
                desk.types().forEach(type -> wantedUntil.put(type, until));
            }
            desk.end(inVain, until);
        }
    }

    void leave(WorkerId worker) {
        end(worker, false);
        desks.remove(worker);
    }

    void clear() {
        desks.clear();
        wantedUntil.clear();
    }

    boolean takeMissed(WorkerId worker) {
        Desk desk = desks.get(worker);
        return desk != null && desk.takeMissed();
    }

    /** {@return the workers, who are all to be told that a hint was refused} */
    Set<WorkerId> miss() {
        missed = true;
        desks.values().forEach(Desk::miss);
        return desks.keySet();
    }

    /** {@return whether a worker that waits can start the task, for which it then has one slot less} */
    boolean take(Hint hint) {
        long now = nanos.getAsLong();
        return desks.values().stream().anyMatch(desk -> desk.take(hint, now));
    }

    /** {@return whether a worker here starts such tasks at all} */
    boolean areFor(Hint hint) {
        return desks.values().stream().anyMatch(desk -> desk.isFor(hint));
    }

    /** {@return whether a poll waits now that has a slot for anything, and handles the type} */
    boolean waitFor(String type) {
        return desks.values().stream()
                .anyMatch(desk -> desk.isInterested() && desk.types().contains(type));
    }

    /** {@return the types that polls wait for, or waited for a moment ago} */
    Set<String> wanted() {
        long now = nanos.getAsLong();
        wantedUntil.values().removeIf(until -> now - until >= 0);
        Set<String> types = new HashSet<>(wantedUntil.keySet());
        desks.values().stream().filter(Desk::isInterested).forEach(desk -> types.addAll(desk.types()));
        return types;
    }

    /** {@return whether something is wanted only for the moment} */
    boolean areFading() {
        return !wantedUntil.isEmpty();
    }
}
