package io.taskstore.examples;

import io.taskstore.architecture.ModuleShape;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    @Test
    void theModuleHasItsShape() {
        ModuleShape.of("io.taskstore.examples")
                .program()
                .mayUse("io.taskstore..")
                .verify();
    }
}
