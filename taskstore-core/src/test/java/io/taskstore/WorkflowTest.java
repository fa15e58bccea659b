package io.taskstore;

import static io.taskstore.TaskStatus.CANCELLED;
import static io.taskstore.TaskStatus.COMPLETED;
import static io.taskstore.TaskStatus.FAILED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static io.taskstore.TaskStatus.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class WorkflowTest {

    @ParameterizedTest
    @EnumSource(names = {"WAITING", "PENDING", "RUNNING"})
    void aWorkflowIsActiveUntilItsLastTaskHasEnded(TaskStatus open) {
        assertThat(workflow(Map.of(open, 1L)).status()).isEqualTo(WorkflowStatus.ACTIVE);
        assertThat(workflow(Map.of(open, 1L, COMPLETED, 5L, FAILED, 2L, CANCELLED, 1L))
                        .status())
                .isEqualTo(WorkflowStatus.ACTIVE);
    }

    @Test
    void aWorkflowIsCompletedWhereAllItsTasksAre() {
        assertThat(workflow(Map.of(COMPLETED, 3L)).status()).isEqualTo(WorkflowStatus.COMPLETED);
    }

    @Test
    void aWorkflowWithATaskThatFailedHasFailed() {
        assertThat(workflow(Map.of(FAILED, 1L, CANCELLED, 2L, COMPLETED, 3L)).status())
                .isEqualTo(WorkflowStatus.FAILED);
    }

    @Test
    void aWorkflowWithATaskThatWasCancelledAndNoneThatFailedIsCancelled() {
        assertThat(workflow(Map.of(CANCELLED, 1L, COMPLETED, 3L)).status()).isEqualTo(WorkflowStatus.CANCELLED);
    }

    @Test
    void itCountsItsTasksAndThoseThatHaveEnded() {
        Workflow workflow =
                workflow(Map.of(WAITING, 1L, PENDING, 2L, RUNNING, 4L, COMPLETED, 8L, FAILED, 16L, CANCELLED, 32L));

        assertThat(workflow.total()).isEqualTo(63);
        assertThat(workflow.ended()).isEqualTo(56);
    }

    @Test
    void whoChangesTheMapDoesNotChangeTheWorkflow() {
        Map<TaskStatus, Long> counts = new EnumMap<>(Map.of(COMPLETED, 1L));
        Workflow workflow = workflow(counts);

        counts.put(FAILED, 1L);

        assertThat(workflow.status()).isEqualTo(WorkflowStatus.COMPLETED);
    }

    private static Workflow workflow(Map<TaskStatus, Long> counts) {
        return new Workflow(Samples.ID, "order", Optional.empty(), Samples.NINE, counts);
    }
}
