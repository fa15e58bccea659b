package io.taskstore.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import io.taskstore.rabbitmq.Ledger.Chores;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Consumes the types that workers of this process wait for, and tells the broker what became of the messages. */
final class Consuming implements Link.Side {

    private final Broker broker;
    private final Ledger ledger;
    private final int prefetch;

    Consuming(Broker broker, Ledger ledger, int prefetch) {
        this.broker = broker;
        this.ledger = ledger;
        this.prefetch = prefetch;
    }

    @Override
    public String purpose() {
        return "consumer";
    }

    @Override
    public void serve(Channel channel, Runnable ready) throws IOException, InterruptedException {
        // for each consumer, and there is one for each type
        channel.basicQos(prefetch);
        ledger.open(channel);
        ready.run();
        try {
            consume(channel);
        } finally {
            ledger.abandon(channel);
        }
    }

    private void consume(Channel channel) throws IOException, InterruptedException {
        Map<String, String> consumers = new HashMap<>();
        Queue<Gone> cancelled = new ConcurrentLinkedQueue<>();
        boolean busy = true;
        boolean last = false;
        while (channel.isOpen() && !last) {
            if (!busy) {
                ledger.awaitChores();
            }
            last = ledger.isClosed();
            for (Gone gone = cancelled.poll(); gone != null; gone = cancelled.poll()) {
                consumers.remove(gone.type(), gone.consumer());
            }
            Chores chores = ledger.chores(consumers.keySet());
            List<String> subscribe = chores.subscribe().stream()
                    .filter(type -> !broker.aside().contains(type))
                    .toList();
            busy = !chores.isEmpty() && subscribe.size() == chores.subscribe().size();
            for (long tag : chores.acknowledge()) {
                channel.basicAck(tag, false);
            }
            for (String type : chores.cancel()) {
                channel.basicCancel(consumers.remove(type));
            }
            for (long tag : chores.giveBack()) {
                channel.basicReject(tag, true);
            }
            for (String type : subscribe) {
                broker.declare(channel, type);
                consumers.put(type, broker.consume(channel, type, new Taker(channel, type, cancelled)));
            }
        }
    }

    /** A consumer that the broker has ended; there may be another for its type already. */
    private record Gone(String type, String consumer) {}

    /** Takes the messages of one type. */
    private final class Taker extends DefaultConsumer {

        private final String type;
        private final Queue<Gone> cancelled;

        Taker(Channel channel, String type, Queue<Gone> cancelled) {
            super(channel);
            this.type = type;
            this.cancelled = cancelled;
        }

        @Override
        public void handleDelivery(String consumer, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
            ledger.arrived(getChannel(), type, envelope.getDeliveryTag(), broker.own(properties), body);
        }

        /** Somebody has deleted the queue. */
        @Override
        public void handleCancel(String consumer) {
            cancelled.add(new Gone(type, consumer));
            ledger.ring();
        }
    }
}
