package io.taskstore.testkit;

import io.taskstore.DuplicateTaskException;
import io.taskstore.IllegalTransitionException;
import io.taskstore.InvalidInputException;
import io.taskstore.StaleTaskException;
import io.taskstore.TaskNotFoundException;
import io.taskstore.TaskStoreException;
import io.taskstore.WorkflowNotFoundException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How a call ended.
 *
 * @param value what it answered, or the {@link Thrown} that it threw
 * @param cause the exception, if it threw one
 */
record ModelAnswer(Object value, Optional<RuntimeException> cause) {

    /**
     * What is compared of an exception: its type and its fields, not its words.
     *
     * @param type the simple name of its class
     * @param fields the values of its fields by name
     */
    record Thrown(String type, Map<String, Object> fields) {

        static Thrown of(RuntimeException thrown) {
            Map<String, Object> fields = new LinkedHashMap<>();
            if (thrown instanceof DuplicateTaskException duplicate) {
                fields.put("id", duplicate.id());
                fields.put("existingId", duplicate.existingId());
                fields.put("uniqueKey", duplicate.uniqueKey());
            } else if (thrown instanceof StaleTaskException stale) {
                fields.put("id", stale.id());
                fields.put("expectedVersion", stale.expectedVersion());
                fields.put("actualVersion", stale.actualVersion());
            } else if (thrown instanceof IllegalTransitionException illegal) {
                fields.put("id", illegal.id());
                fields.put("status", illegal.status());
            } else if (thrown instanceof TaskNotFoundException missing) {
                fields.put("id", missing.id());
            } else if (thrown instanceof WorkflowNotFoundException missing) {
                fields.put("id", missing.id());
            } else if (!(thrown instanceof InvalidInputException)) {
                fields.put("message", String.valueOf(thrown.getMessage()));
            }
            return new Thrown(thrown.getClass().getSimpleName(), fields);
        }
    }

    static ModelAnswer of(ModelOperation operation, ModelSide side) {
        try {
            return new ModelAnswer(operation.on(side), Optional.empty());
        } catch (RuntimeException e) {
            return new ModelAnswer(Thrown.of(e), Optional.of(e));
        }
    }

    /** {@return this answer of the reference} Only what storages throw on purpose is one; anything else is our mistake. */
    ModelAnswer trusted() {
        cause.filter(thrown -> !(thrown instanceof TaskStoreException)).ifPresent(thrown -> {
            throw new IllegalStateException("the reference is broken", thrown);
        });
        return this;
    }
}
