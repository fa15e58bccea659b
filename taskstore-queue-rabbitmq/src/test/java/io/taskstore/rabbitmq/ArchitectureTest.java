package io.taskstore.rabbitmq;

import io.taskstore.architecture.DocumentedApi;
import io.taskstore.architecture.ModuleShape;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    @Test
    void theModuleHasItsShape() {
        ModuleShape.of("io.taskstore.rabbitmq")
                .publicTypes("RabbitTaskQueue", "RabbitTaskQueueBuilder", "RabbitTaskQueueStatistics")
                .mayUse("io.taskstore", "com.rabbitmq.client..", "javax.net.ssl", "org.slf4j..")
                .verify();
    }

    @Test
    void everythingPublicSaysWhatItIs() {
        DocumentedApi.in("src/main/java").verify();
    }
}
