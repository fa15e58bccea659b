package io.taskstore;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A change may or may not have been committed: the answer to the commit was lost. A submit may be repeated with the same
 * ids and content, and there will be exactly one task of each; any other call should read before it repeats.
 */
public final class OutcomeUnknownException extends TaskStoreException {

    private static final int NAMED = 5;

    private final List<UUID> ids;

    /**
     * Reports a call whose outcome is unknown.
     *
     * @param operation the call, in the words of the API
     * @param ids the tasks it was about; empty where the call is about whatever a filter matches
     */
    public OutcomeUnknownException(String operation, List<UUID> ids, @Nullable Throwable cause) {
        super(message(operation, ids), cause);
        this.ids = List.copyOf(ids);
    }

    /** {@return the tasks the call was about; empty where it was about whatever a filter matches} */
    public List<UUID> ids() {
        return ids;
    }

    private static String message(String operation, List<UUID> ids) {
        String named =
                ids.size() <= NAMED ? ids.toString() : ids.subList(0, NAMED) + " and " + (ids.size() - NAMED) + " more";
        return "whether " + operation + " was committed is unknown; tasks " + named;
    }
}
