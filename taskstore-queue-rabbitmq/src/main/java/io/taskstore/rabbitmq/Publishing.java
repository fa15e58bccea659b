package io.taskstore.rabbitmq;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import io.taskstore.rabbitmq.Ledger.Letter;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Publishes hints, hears what became of them, and asks once a second how many wait at the broker. */
final class Publishing implements Link.Side {

    private static final long ROUND = Duration.ofSeconds(1).toNanos();
    private static final Duration LAST_CONFIRMS = Duration.ofMillis(500);

    private final Broker broker;
    private final Ledger ledger;
    private final Complaints complaints;

    Publishing(Broker broker, Ledger ledger, Complaints complaints) {
        this.broker = broker;
        this.ledger = ledger;
        this.complaints = complaints;
    }

    @Override
    public String purpose() {
        return "publisher";
    }

    @Override
    public void serve(Channel channel, Runnable ready) throws IOException, InterruptedException, TimeoutException {
        NavigableMap<Long, Long> unconfirmed = new ConcurrentSkipListMap<>();
        channel.confirmSelect();
        channel.addConfirmListener(
                (tag, many) -> ledger.confirmed(take(unconfirmed, tag, many)),
                (tag, many) -> ledger.refused(take(unconfirmed, tag, many)));
        Gate gate = new Gate();
        channel.getConnection().addBlockedListener(gate);
        channel.addReturnListener(message -> ledger.returned(broker.own(message.getProperties())));
        ledger.reachable();
        ready.run();
        try {
            publish(channel, gate, unconfirmed);
        } finally {
            int lost = ledger.unreachable();
            if (lost > 0) {
                complaints.about(lost + " hints were lost with the connection to RabbitMQ; polling finds their tasks");
            }
        }
    }

    /** {@return the numbers of the hints that the broker speaks of} */
    private static List<Long> take(NavigableMap<Long, Long> unconfirmed, long tag, boolean many) {
        NavigableMap<Long, Long> meant =
                many ? unconfirmed.headMap(tag, true) : unconfirmed.subMap(tag, true, tag, true);
        List<Long> numbers = List.copyOf(meant.values());
        meant.clear();
        return numbers;
    }

    /**
     * Whether the broker takes nothing, because it is short of memory or disk. It does not read from the connection then, so that
     * whoever asked it for something would wait in vain and lose the session. It is thread-safe.
     */
    private final class Gate implements BlockedListener {

        private volatile boolean closed;

        @Override
        public void handleBlocked(String reason) {
            closed = true;
        }

        @Override
        public void handleUnblocked() {
            closed = false;
            ledger.ring();
        }
    }

    private void publish(Channel channel, Gate gate, NavigableMap<Long, Long> unconfirmed)
            throws IOException, InterruptedException, TimeoutException {
        Set<String> declared = new HashSet<>();
        long nextRound = System.nanoTime();
        boolean last = false;
        while (channel.isOpen() && !last) {
            ledger.awaitLetters(gate.closed ? ROUND : nextRound - System.nanoTime());
            last = ledger.isClosed();
            if (!gate.closed && !last && nextRound - System.nanoTime() <= 0) {
                ask(channel);
                nextRound = System.nanoTime() + ROUND;
            }
            if (!gate.closed) {
                send(channel, ledger.letters(), declared, unconfirmed);
            }
        }
        if (channel.isOpen()) {
            channel.waitForConfirms(LAST_CONFIRMS.toMillis());
        }
    }

    /** The queues are made first: a broker that is short of something takes nothing more after the first message. */
    private void send(Channel channel, List<Letter> letters, Set<String> declared, NavigableMap<Long, Long> unconfirmed)
            throws IOException {
        Set<String> types = letters.stream().map(letter -> letter.hint().type()).collect(Collectors.toSet());
        for (String type : types) {
            if (!broker.aside().contains(type) && declared.add(type)) {
                broker.declare(channel, type);
            }
        }
        for (Letter letter : letters) {
            if (broker.aside().contains(letter.hint().type())) {
                ledger.refused(List.of(letter.number()));
            } else {
                unconfirmed.put(channel.getNextPublishSeqNo(), letter.number());
                broker.publish(channel, letter.number(), letter.hint());
            }
        }
    }

    /** It also brings back a queue that somebody has deleted. */
    private void ask(Channel channel) throws IOException {
        for (String type : ledger.types()) {
            if (!broker.aside().contains(type)) {
                ledger.ask(type);
                ledger.answer(type, broker.declare(channel, type));
            }
        }
    }
}
