package io.taskstore.testkit;

import io.taskstore.architecture.DocumentedApi;
import io.taskstore.architecture.ModuleShape;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    @Test
    void theModuleHasItsShape() {
        ModuleShape.of("io.taskstore.testkit")
                .publicTypes(
                        "CountingIds",
                        "Fixtures",
                        "ManualClock",
                        "QueueContract",
                        "RecordingListener",
                        "ReferenceQueue",
                        "ReferenceStorage",
                        "SampleData",
                        "StatusHistoryAssert",
                        "StorageContract",
                        "StorageModel",
                        "TaskAssert",
                        "TaskStoreAssertions",
                        "TaskStoreExtension")
                .mayUse(
                        "io.taskstore",
                        "io.taskstore.spi",
                        "org.assertj.core.api..",
                        "org.assertj.core.internal..",
                        "org.junit.jupiter.api..")
                .verify();
    }

    @Test
    void everythingPublicSaysWhatItIs() {
        DocumentedApi.in("src/main/java").verify();
    }
}
