package io.taskstore.benchmarks;

import io.taskstore.architecture.ModuleShape;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    @Test
    void theModuleHasItsShape() {
        ModuleShape.of("io.taskstore.benchmarks")
                .program()
                .mayUse(
                        "com.fasterxml.jackson.databind..",
                        "com.github.kagkarlsson..",
                        "com.gruelbox.transactionoutbox..",
                        "com.sun.management..",
                        "com.zaxxer.hikari..",
                        "io.taskstore..",
                        "io.zonky.test..",
                        "javax.validation..",
                        "org.jobrunr..",
                        "org.openjdk.jmh.annotations",
                        "org.quartz..")
                .verify();
    }
}
