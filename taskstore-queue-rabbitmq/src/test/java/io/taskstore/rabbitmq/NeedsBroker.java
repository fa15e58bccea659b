package io.taskstore.rabbitmq;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;

/** Skips tests for which there is no broker. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(
        value = "io.taskstore.rabbitmq.TestBroker#isThere",
        disabledReason = "no RabbitMQ: install rabbitmq-server, or name one with TASKSTORE_TEST_AMQP_URL")
@interface NeedsBroker {}
