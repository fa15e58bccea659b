package io.taskstore.examples;

import io.taskstore.architecture.ModuleShape;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    @Test
    void theModuleHasItsShape() {
        ModuleShape.of("io.taskstore.examples")
                .program()
                .mayUse("io.taskstore..")
                .mayUse("com.fasterxml.jackson.databind..", "com.sun.net.httpserver..", "com.zaxxer.hikari..")
                .mayUse("org.jdbi.v3.core..")
                .verify();
    }
}
