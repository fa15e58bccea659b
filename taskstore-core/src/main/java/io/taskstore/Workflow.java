package io.taskstore;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A workflow as it was stored at one moment.
 *
 * @param id the id
 * @param name the name for people
 * @param submittedBy who asked for it
 * @param createdAt when it was stored, by the storage's clock
 * @param counts how many of its tasks are in each status
 */
public record Workflow(
        UUID id, String name, Optional<String> submittedBy, Instant createdAt, Map<TaskStatus, Long> counts) {

    /** Copies the counts. */
    public Workflow {
        Check.given("Workflow.id", id);
        Check.text("Workflow.name", name, Check.TITLE);
        Check.given("Workflow.submittedBy", submittedBy);
        createdAt = Check.instant("Workflow.createdAt", createdAt);
        counts = Check.entries("Workflow.counts", counts);
    }

    /** {@return where it stands} */
    public WorkflowStatus status() {
        if (ended() < total()) {
            return WorkflowStatus.ACTIVE;
        } else if (count(TaskStatus.FAILED) > 0) {
            return WorkflowStatus.FAILED;
        }
        return count(TaskStatus.CANCELLED) > 0 ? WorkflowStatus.CANCELLED : WorkflowStatus.COMPLETED;
    }

    /** {@return how many tasks it has} */
    public long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** {@return how many of its tasks have ended, however they ended} */
    public long ended() {
        return count(TaskStatus.COMPLETED) + count(TaskStatus.FAILED) + count(TaskStatus.CANCELLED);
    }

    private long count(TaskStatus status) {
        return counts.getOrDefault(status, 0L);
    }
}
