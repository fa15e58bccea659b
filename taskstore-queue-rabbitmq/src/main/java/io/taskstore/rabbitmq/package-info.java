/**
 * The queue on RabbitMQ: {@link io.taskstore.rabbitmq.RabbitTaskQueue} carries hints from the process that submits a task to
 * one whose worker is free, around a queue in the memory of each. It opens its connections when a queue is opened, and only
 * then.
 */
@NullMarked
package io.taskstore.rabbitmq;

import org.jspecify.annotations.NullMarked;
