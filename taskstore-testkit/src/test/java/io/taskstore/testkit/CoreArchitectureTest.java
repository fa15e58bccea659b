package io.taskstore.testkit;

import io.taskstore.architecture.DocumentedApi;
import io.taskstore.architecture.ModuleShape;
import org.junit.jupiter.api.Test;

/** The shape of the core, looked at from here: so the core is built beside the module that knows how to look. */
final class CoreArchitectureTest {
    @Test
    void theModuleHasItsShape() {
        ModuleShape.of("io.taskstore")
                .publicTypes(
                        "Changed",
                        "Check",
                        "ClaimLostException",
                        "Count",
                        "Created",
                        "Cursor",
                        "DecidingHandler",
                        "DuplicateTaskException",
                        "Execution",
                        "Health",
                        "Hint",
                        "IllegalTransitionException",
                        "InvalidInputException",
                        "JacksonCodec",
                        "Joined",
                        "LogEntry",
                        "LogLevel",
                        "Metadata",
                        "MetricRepository",
                        "MetricSample",
                        "NewTask",
                        "NewWorkflow",
                        "Outcome",
                        "OutcomeUnknownException",
                        "Page",
                        "PageRequest",
                        "PayloadCodec",
                        "PayloadException",
                        "Polled",
                        "Progress",
                        "QueueRepository",
                        "Reports",
                        "RetryPolicy",
                        "RunScope",
                        "Situation",
                        "Slots",
                        "StaleTaskException",
                        "StatusChange",
                        "StatusHistory",
                        "StorageBusyException",
                        "StorageFailedException",
                        "StorageFullException",
                        "StorageUnavailableException",
                        "Task",
                        "TaskDraft",
                        "TaskEdit",
                        "TaskError",
                        "TaskEvent",
                        "TaskFilter",
                        "TaskHandler",
                        "TaskIds",
                        "TaskListener",
                        "TaskNotFoundException",
                        "TaskOrder",
                        "TaskQueue",
                        "TaskRepository",
                        "TaskRun",
                        "TaskService",
                        "TaskStatus",
                        "TaskStoreException",
                        "TaskType",
                        "TimeRange",
                        "Wanted",
                        "WorkerId",
                        "WorkerProfile",
                        "Workflow",
                        "WorkflowDraft",
                        "WorkflowFilter",
                        "WorkflowNotFoundException",
                        "WorkflowRepository",
                        "WorkflowService",
                        "WorkflowStatus",
                        "spi.Claim",
                        "spi.ClaimRequest",
                        "spi.Claimed",
                        "spi.Held",
                        "spi.Lease",
                        "spi.Recovered",
                        "spi.RunLog",
                        "spi.Settled",
                        "spi.SettledAndClaimed",
                        "spi.Settlement",
                        "spi.Storage",
                        "spi.TaskClaims")
                .mayUse("com.fasterxml.jackson..", "org.slf4j..")
                .verify();
    }

    @Test
    void everythingPublicSaysWhatItIs() {
        DocumentedApi.in("../taskstore-core/src/main/java").verify();
    }
}
