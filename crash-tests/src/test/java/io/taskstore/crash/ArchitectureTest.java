package io.taskstore.crash;

import io.taskstore.architecture.ModuleShape;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    @Test
    void theModuleHasItsShape() {
        ModuleShape.of("io.taskstore.crash")
                .program()
                .mayUse("io.taskstore..", "io.zonky.test..", "org.slf4j..")
                .verify();
    }
}
