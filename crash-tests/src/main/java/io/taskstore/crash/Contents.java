package io.taskstore.crash;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a database holds in the end.
 *
 * @param tasks by id
 * @param history the changes of each task in their order; also of tasks that are not there
 * @param workers those that the database knows
 */
record Contents(Map<UUID, Stored> tasks, Map<UUID, List<Change>> history, Set<String> workers) {

    /** A task. */
    record Stored(
            UUID id,
            String status,
            int attempt,
            int seq,
            int crashes,
            @Nullable String worker,
            @Nullable String errorKind) {

        boolean hasEnded() {
            return status.equals("COMPLETED") || status.equals("FAILED") || status.equals("CANCELLED");
        }
    }

    /**
     * A change of status.
     *
     * @param settledAs the kind of the settlement that asked for it; null where nobody did
     * @param nanos when, by the clock of the journals
     */
    record Change(
            int seq,
            @Nullable String from,
            String to,
            int attempt,
            @Nullable String worker,
            @Nullable String errorKind,
            @Nullable String settledAs,
            long nanos) {

        boolean closes(int number) {
            return "RUNNING".equals(from) && attempt == number;
        }

        boolean isCrash() {
            return "CRASH".equals(errorKind) || "POISON".equals(errorKind);
        }
    }

    List<Change> historyOf(UUID id) {
        return history.getOrDefault(id, List.of());
    }
}
