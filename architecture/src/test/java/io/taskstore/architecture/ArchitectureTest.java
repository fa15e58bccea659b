package io.taskstore.architecture;

import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    @Test
    void theModuleHasItsShape() {
        ModuleShape.of("io.taskstore.architecture")
                .publicTypes("DocumentedApi", "ModuleShape")
                .mayUse("com.tngtech.archunit..", "com.sun.source..", "javax..")
                .verify();
    }

    @Test
    void everythingPublicSaysWhatItIs() {
        DocumentedApi.in("src/main/java").verify();
    }
}
