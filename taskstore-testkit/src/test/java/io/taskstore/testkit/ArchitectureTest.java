package io.taskstore.testkit;

import io.taskstore.architecture.DocumentedApi;
import io.taskstore.architecture.ModuleShape;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    @Test
    void theModuleHasItsShape() {
        ModuleShape.of("io.taskstore.testkit")
                .publicTypes(
                        "CountingIds", "Fixtures", "ManualClock", "ReferenceQueue", "ReferenceStorage", "StorageContract")
                .mayUse("io.taskstore", "io.taskstore.spi", "org.assertj.core..", "org.junit.jupiter.api..")
                .verify();
    }

    @Test
    void everythingPublicSaysWhatItIs() {
        DocumentedApi.in("src/main/java").verify();
    }
}
