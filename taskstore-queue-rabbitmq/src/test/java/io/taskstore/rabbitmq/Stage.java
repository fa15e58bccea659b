package io.taskstore.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Slots;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import io.taskstore.inmemory.InMemoryTaskQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Queues of one name at the broker, as several processes have them, and a client that is none of ours. */
final class Stage implements AutoCloseable {

    static final String TYPE = "work";
    static final String OTHER_TYPE = "other-work";

    private final String name = newName();
    private final List<RabbitTaskQueue> queues = new ArrayList<>();
    private final Connection connection;
    private final Channel channel;

    Stage() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(TestBroker.url());
        connection = factory.newConnection();
        channel = connection.createChannel();
        Broker broker = Broker.at(TestBroker.url(), name, Thread::new, new Complaints(System::nanoTime));
        broker.declare(channel, TYPE);
        broker.declare(channel, OTHER_TYPE);
    }

    static String newName() {
        return "taskstore-test-" + UUID.randomUUID();
    }

    static Hint hint() {
        return hint(TYPE, "default");
    }

    static Hint hint(String type, String queue) {
        return new Hint(UUID.randomUUID(), type, queue, 0);
    }

    static List<Hint> hints(int number) {
        return Stream.generate(Stage::hint).limit(number).toList();
    }

    static Wanted wanted(int slots) {
        return wanted(TYPE, Slots.of(slots));
    }

    static Wanted wanted(String type, Slots slots) {
        return new Wanted(new WorkerId(UUID.randomUUID()), Set.of(type), slots, true);
    }

    /** {@return what the queue has within some seconds} */
    static Polled poll(RabbitTaskQueue queue, Wanted wanted) throws InterruptedException {
        return queue.poll(wanted, Await.LIMIT);
    }

    /** {@return so many hints, which come within some seconds} */
    static List<Hint> pollHints(RabbitTaskQueue queue, Wanted wanted, int number) throws Exception {
        List<Hint> hints = new ArrayList<>();
        Await.until(number + " hints have come", () -> {
            hints.addAll(queue.poll(wanted, Duration.ofMillis(50)).hints());
            return hints.size() >= number;
        });
        return hints;
    }

    /** {@return the queue of another process} */
    RabbitTaskQueue open() {
        return open(TestBroker.url(), builder -> builder);
    }

    RabbitTaskQueue open(String url, UnaryOperator<RabbitTaskQueueBuilder> settings) {
        RabbitTaskQueue queue = settings.apply(
                        RabbitTaskQueue.builder(url, new InMemoryTaskQueue()).name(name))
                .open();
        queues.add(queue);
        return queue;
    }

    String broker(String type) {
        return name + "." + type;
    }

    /** Sends a message as anybody could. */
    void send(String type, byte[] body) throws Exception {
        channel.basicPublish("", broker(type), new AMQP.BasicProperties.Builder().build(), body);
    }

    /** {@return how many messages are ready at the broker, in a queue that is there} */
    long ready(String type) throws Exception {
        return channel.messageCount(broker(type));
    }

    Channel channel() {
        return channel;
    }

    @Override
    public void close() throws IOException {
        queues.forEach(RabbitTaskQueue::close);
        for (String type : List.of(TYPE, OTHER_TYPE)) {
            channel.queueDelete(broker(type));
        }
        connection.close();
    }
}
