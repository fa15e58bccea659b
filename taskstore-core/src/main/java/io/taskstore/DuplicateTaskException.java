package io.taskstore;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task was not stored or not requeued because another one stands in its place: one with the same id and other
 * content, or one that has not ended yet and holds the same unique key.
 */
public final class DuplicateTaskException extends TaskStoreException {

    private final UUID id;
    private final UUID existingId;
    private final @Nullable String uniqueKey;

    private DuplicateTaskException(String message, UUID id, UUID existingId, @Nullable String uniqueKey) {
        super(message, null);
        this.id = id;
        this.existingId = existingId;
        this.uniqueKey = uniqueKey;
    }

    /** {@return the refusal of an id that a task or a workflow with other content has already} */
    public static DuplicateTaskException ofId(UUID id) {
        return new DuplicateTaskException("the id " + id + " is taken by other content", id, id, null);
    }

    /**
     * {@return the refusal of a unique key that another task holds}
     *
     * @param id the task that was refused
     * @param existingId the task that holds the key
     */
    public static DuplicateTaskException ofUniqueKey(String uniqueKey, UUID id, UUID existingId) {
        String message = "task " + id + " was refused: task " + existingId
                + " has not ended and holds the unique key \"" + uniqueKey + "\"";
        return new DuplicateTaskException(message, id, existingId, uniqueKey);
    }

    /** {@return the task that was refused} */
    public UUID id() {
        return id;
    }

    /** {@return the task that stands in its place; the same as {@link #id()} where the id itself is taken} */
    public UUID existingId() {
        return existingId;
    }

    /** {@return the unique key both ask for, or empty where the id itself is taken} */
    public Optional<String> uniqueKey() {
        return Optional.ofNullable(uniqueKey);
    }
}
