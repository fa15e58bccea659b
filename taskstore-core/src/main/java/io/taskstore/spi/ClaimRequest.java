package io.taskstore.spi;

import io.taskstore.Check;
import io.taskstore.Slots;
import io.taskstore.WorkerId;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Which tasks a worker wants to claim. It is immutable: each method that takes a value answers with a changed copy.
 *
 * @param worker who claims
 * @param types the names of the types it has handlers for
 * @param slots how many tasks at most, in all and of each queue
 * @param ids only these, which hints named; empty for whatever is due
 * @param oldestFirst whether the tasks that are due longest go before those of the highest priority
 * @param suspect whether at most one task that crashed a process before may be among them; otherwise none
 */
public record ClaimRequest(
        WorkerId worker,
        Set<String> types,
        Slots slots,
        Optional<Set<UUID>> ids,
        boolean oldestFirst,
        boolean suspect) {

    /** Checks the names, and copies the sets. */
    public ClaimRequest {
        Check.given("ClaimRequest.worker", worker);
        types = copy("ClaimRequest.types", types);
        types.forEach(type -> Check.name("ClaimRequest.types member", type));
        Check.given("ClaimRequest.slots", slots);
        ids = Check.given("ClaimRequest.ids", ids).map(set -> copy("ClaimRequest.ids", set));
    }

    /** {@return a request for whatever is due, by priority, without suspects} */
    public static ClaimRequest due(WorkerId worker, Set<String> types, Slots slots) {
        return new ClaimRequest(worker, types, slots, Optional.empty(), false, false);
    }

    /** {@return the same for these tasks only} */
    public ClaimRequest hinted(Set<UUID> ids) {
        Check.given("ids", ids);
        return new ClaimRequest(worker, types, slots, Optional.of(ids), oldestFirst, suspect);
    }

    /** {@return the same for the tasks that are due longest, whatever their priority} */
    public ClaimRequest withOldestFirst() {
        return new ClaimRequest(worker, types, slots, ids, true, suspect);
    }

    /** {@return the same with at most one task that crashed a process before} */
    public ClaimRequest withSuspect() {
        return new ClaimRequest(worker, types, slots, ids, oldestFirst, true);
    }

    private static <T> Set<T> copy(String field, Set<T> values) {
        Set<T> copy = new LinkedHashSet<>();
        for (T value : Check.given(field, values)) {
            copy.add(Check.given(field + " member", value));
        }
        return Set.copyOf(copy);
    }
}
