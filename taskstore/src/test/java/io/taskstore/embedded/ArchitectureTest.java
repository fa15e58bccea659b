package io.taskstore.embedded;

import io.taskstore.architecture.DocumentedApi;
import io.taskstore.architecture.ModuleShape;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    @Test
    void theModuleHasItsShape() {
        ModuleShape.of("io.taskstore.embedded")
                .publicTypes("TaskStore", "TaskStoreBuilder")
                .mayUse("io.taskstore..", "javax.sql..")
                .verify();
    }

    @Test
    void everythingPublicSaysWhatItIs() {
        DocumentedApi.in("src/main/java").verify();
    }
}
