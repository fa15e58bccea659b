package io.taskstore;

import java.time.Duration;
import java.util.Optional;

/**
 * Something that happened to a run.
 *
 * @param kind what happened
 * @param task the task as it was when it was claimed
 * @param error what went wrong
 * @param ran how long the handler ran, where it has ended
 */
public record TaskEvent(Kind kind, Task task, Optional<TaskError> error, Optional<Duration> ran) {

    /** What may happen to a run. */
    public enum Kind {
        /** The handler begins. */
        STARTED,
        /** The task is COMPLETED. */
        COMPLETED,
        /** The run failed, and the task is PENDING for another try. */
        RETRIED,
        /** The handler wants to be run later, and the task is PENDING. */
        SNOOZED,
        /** The task is FAILED. */
        FAILED,
        /** The task is CANCELLED. */
        CANCELLED,
        /** The task was given back before its handler had an outcome, and is PENDING. */
        RELEASED,
        /** The claim was lost; whatever the handler did, its outcome is not recorded. */
        CLAIM_LOST,
        /** The handler goes on beyond its timeout and keeps its slot. */
        STUCK
    }

    /** Checks that all are given. */
    public TaskEvent {
        Check.given("TaskEvent.kind", kind);
        Check.given("TaskEvent.task", task);
        Check.given("TaskEvent.error", error);
        Check.given("TaskEvent.ran", ran);
    }
}
