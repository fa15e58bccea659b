package io.taskstore.inmemory;

import io.taskstore.architecture.ModuleShape;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    @Test
    void theModuleHasItsShape() {
        ModuleShape.of("io.taskstore.inmemory")
                .mayUse("io.taskstore", "io.taskstore.spi")
                .verify();
    }
}
