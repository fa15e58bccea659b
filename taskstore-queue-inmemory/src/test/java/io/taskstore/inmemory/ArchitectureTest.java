package io.taskstore.inmemory;

import io.taskstore.architecture.DocumentedApi;
import io.taskstore.architecture.ModuleShape;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    @Test
    void theModuleHasItsShape() {
        ModuleShape.of("io.taskstore.inmemory")
                .publicTypes(
                        "InMemoryTaskQueue",
                        "MetricSampler",
                        "MicrometerMetrics",
                        "Retention",
                        "RunLogAppender",
                        "Worker",
                        "WorkerBuilder",
                        "WorkerStatistics")
                .mayUse("io.taskstore", "io.taskstore.spi", "org.slf4j..")
                .mayUse("ch.qos.logback..", "io.micrometer..")
                .verify();
    }

    @Test
    void everythingPublicSaysWhatItIs() {
        DocumentedApi.in("src/main/java").verify();
    }
}
