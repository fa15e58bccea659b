package io.taskstore;

import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns what a caller asks for into what a storage takes: gives it an id and encodes its payload. */
record Drafting(PayloadCodec codec, Supplier<UUID> ids) {

    Drafting {
        Check.given("codec", codec);
        Check.given("ids", ids);
    }

    TaskDraft draft(NewTask task) {
        Check.given("task", task);
        return new TaskDraft(task.id().orElseGet(ids), task, encode(task));
    }

    WorkflowDraft draft(NewWorkflow workflow) {
        Check.given("workflow", workflow).check();
        return new WorkflowDraft(
                workflow.id().orElseGet(ids),
                workflow,
                workflow.steps().stream().map(step -> draft(step.task())).toList());
    }

    <T> T decode(String what, String json, Class<T> type) {
        try {
            return codec.decode(json, type);
        } catch (PayloadException e) {
            throw new PayloadException(what + ": " + e.getMessage(), e.getCause());
        }
    }

    private String encode(NewTask task) {
        @Nullable String json = codec.encode(task.payload());
        if (json == null) {
            throw new PayloadException(
                    "the codec answered null for the payload of a new task of type " + task.type(), null);
        }
        return json;
    }
}
