package io.taskstore;

import java.util.UUID;

/**
 * A task on its way into the storage: what the caller asked for, with its id and its payload as JSON.
 *
 * @param id the id it will have
 * @param task what the caller asked for
 * @param payload the payload as JSON, at most 1 MiB, nested at most 200 deep
 */
public record TaskDraft(UUID id, NewTask task, String payload) {

    /** Checks the payload. */
    public TaskDraft {
        Check.given("TaskDraft.id", id);
        Check.given("TaskDraft.task", task);
        Json.check("payload", payload, Json.LARGEST);
    }

    /**
     * {@return a number that is the same for the same content: everything the caller asked for but the id, the note and
     * {@link NewTask#ifKeyTaken}}
     *
     * <p>A storage keeps it beside the task, so that a repeated submit is known for what it is even when the task has been
     * edited or has run since.
     */
    public long fingerprint() {
        return new Fingerprint()
                .add(task.type().name())
                .add(payload)
                .add(task.title().toString())
                .add(task.description().toString())
                .add(task.metadata().json())
                .add(task.queue())
                .add(task.submittedBy().toString())
                .add(task.uniqueKey().toString())
                .add(task.priority() + " " + task.runAt() + " " + task.timeout() + " " + task.maxFailures())
                .value();
    }

    /** {@return what it is, without the payload} */
    @Override
    public String toString() {
        return "TaskDraft[id=" + id + ", type=" + task.type() + ", queue=" + task.queue() + "]";
    }
}
