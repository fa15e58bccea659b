package io.taskstore.architecture;

import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    @Test
    void theModuleHasItsShape() {
        ModuleShape.of("io.taskstore.architecture")
                .publicTypes("ModuleShape")
                .mayUse("com.tngtech.archunit..")
                .verify();
    }
}
