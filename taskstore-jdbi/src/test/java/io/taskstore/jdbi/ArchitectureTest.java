package io.taskstore.jdbi;

import io.taskstore.architecture.DocumentedApi;
import io.taskstore.architecture.ModuleShape;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    @Test
    void theModuleHasItsShape() {
        ModuleShape.of("io.taskstore.jdbi")
                .publicTypes("TaskDatabase", "TaskDatabaseBuilder", "Durability", "Migration")
                .mayUse(
                        "io.taskstore",
                        "io.taskstore.spi",
                        "com.zaxxer.hikari..",
                        "javax.sql..",
                        "org.flywaydb.core..",
                        "org.jdbi.v3..",
                        "org.postgresql",
                        "org.slf4j..")
                .verify();
    }

    @Test
    void everythingPublicSaysWhatItIs() {
        DocumentedApi.in("src/main/java").verify();
    }
}
