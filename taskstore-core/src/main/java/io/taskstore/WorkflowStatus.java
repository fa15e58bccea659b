package io.taskstore;

/** Where a workflow stands; it follows from where its tasks stand. */
public enum WorkflowStatus {
    /** Some of its tasks have not ended. */
    ACTIVE,
    /** All of its tasks completed. */
    COMPLETED,
    /** All of its tasks have ended, and some of them failed. */
    FAILED,
    /** All of its tasks have ended, none failed, and some were cancelled. */
    CANCELLED
}
