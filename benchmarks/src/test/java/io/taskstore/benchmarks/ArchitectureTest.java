package io.taskstore.benchmarks;

import io.taskstore.architecture.ModuleShape;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    @Test
    void theModuleHasItsShape() {
        ModuleShape.of("io.taskstore.benchmarks")
                .program()
                .mayUse("io.taskstore..", "io.zonky.test..")
                .verify();
    }
}
