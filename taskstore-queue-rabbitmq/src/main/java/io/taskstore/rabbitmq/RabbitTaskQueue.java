package io.taskstore.rabbitmq;

import io.taskstore.Check;
import io.taskstore.Health;
import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Task;
import io.taskstore.TaskQueue;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;

/**
 * A queue on RabbitMQ, for the workers of all processes of one database. It is laid around a local queue, such as one in memory:
 * a submit whose own process has an idle worker hands its task over there, without the broker; what no worker here waits for is
 * published, and the broker gives it to a process in which one does.
 *
 * <pre>{@code
 * TaskQueue queue = RabbitTaskQueue.open("amqps://user:password@broker/vhost", new InMemoryTaskQueue());
 * }</pre>
 *
 * <p>It is thread-safe, and no method but {@link #poll} waits for anybody, whatever the broker does: two threads of its own, one
 * for each of its two connections, talk to the broker. While the broker is away, submits go on, hints stay in this process, and
 * polling finds the work of others; connections come back by themselves. A message carries a hint and never a payload, and is
 * acknowledged when its hint is handled, so that a process that dies leaves its hints to the others.
 */
public final class RabbitTaskQueue implements TaskQueue {

    private final TaskQueue local;
    private final Broker broker;
    private final Ledger ledger;
    private final List<Link> links;
    private final ExecutorService deliveries;
    private final Counters counters;

    RabbitTaskQueue(Parts parts, List<Link> links) {
        this.local = parts.local();
        this.broker = parts.broker();
        this.ledger = parts.ledger();
        this.links = links;
        this.deliveries = parts.deliveries();
        this.counters = parts.counters();
    }

    /** What it is made of. */
    record Parts(TaskQueue local, Broker broker, Ledger ledger, ExecutorService deliveries, Counters counters) {}

    /**
     * Opens a queue with the defaults. It waits up to five seconds for the broker; if that is away, the queue goes on without
     * it and connects when it is there.
     *
     * @param url where the broker is, as in {@code amqp://user:password@host:5672/vhost}, or {@code amqps}
     * @param local the queue in the memory of this process, which is closed with this one
     */
    public static RabbitTaskQueue open(String url, TaskQueue local) {
        return builder(url, local).open();
    }

    /**
     * {@return a builder for a queue with other settings}
     *
     * @param url where the broker is, as in {@code amqp://user:password@host:5672/vhost}, or {@code amqps}
     * @param local the queue in the memory of this process, which is closed with this one
     */
    public static RabbitTaskQueueBuilder builder(String url, TaskQueue local) {
        return new RabbitTaskQueueBuilder(url, local);
    }

    @Override
    public Optional<Reservation> reserve(Hint hint) {
        return local.reserve(hint);
    }

    @Override
    public Set<UUID> reserved(WorkerId worker) {
        return local.reserved(worker);
    }

    @Override
    public boolean offer(Hint hint) {
        return ledger.offer(Check.given("hint", hint));
    }

    @Override
    public Polled poll(Wanted wanted, Duration timeout) throws InterruptedException {
        Check.given("timeout", timeout);
        WorkerId worker = Check.given("wanted", wanted).worker();
        boolean atOnce = ledger.begin(wanted);
        boolean inVain = false;
        try {
            Polled polled = local.poll(wanted, atOnce ? Duration.ZERO : timeout);
            inVain = polled.hints().isEmpty() && polled.handedOver().isEmpty();
            return ledger.takeMissed(worker) ? missed(polled) : polled;
        } finally {
            ledger.end(worker, inVain);
        }
    }

    private static Polled missed(Polled polled) {
        return new Polled(polled.handedOver(), polled.hints(), polled.cancelRequested(), true, polled.woken());
    }

    @Override
    public List<Task> leave(WorkerId worker) {
        ledger.leave(Check.given("worker", worker));
        return local.leave(worker);
    }

    @Override
    public void handled(Hint hint) {
        local.handled(Check.given("hint", hint));
        ledger.handled(hint);
    }

    @Override
    public void cancelRequested(Set<UUID> ids) {
        local.cancelRequested(ids);
    }

    @Override
    public void wake() {
        local.wake();
    }

    @Override
    public void nudge(WorkerId worker) {
        local.nudge(worker);
    }

    /** {@return how many hints wait here, are on their way, or wait at the broker, as far as this process knows} */
    @Override
    public long depth() {
        return ledger.depth();
    }

    @Override
    public Health health() {
        if (ledger.isClosed()) {
            return Health.of("queue", Health.Level.DOWN, "it is closed");
        }
        Optional<String> problem =
                links.stream().map(Link::problem).flatMap(Optional::stream).findFirst();
        return problem.map(what -> " is away, work goes on by polling: " + what)
                .or(() -> broker.aside()
                        .problem()
                        .map(what -> " is there, but work of one type goes on by polling: " + what))
                .map(what -> Health.of("queue", Health.Level.DEGRADED, "RabbitMQ at " + broker.place() + what))
                .orElseGet(() -> Health.of(
                        "queue", Health.Level.UP, depth() + " hints; RabbitMQ at " + broker.place() + " is there"));
    }

    /** {@return what it has counted since it was opened} */
    public RabbitTaskQueueStatistics statistics() {
        return counters.read();
    }

    /**
     * Gives the hints back to the broker that were not handled, publishes what is to be published, and closes the connections,
     * which takes ten seconds at most, where the broker does not answer. Close the workers before. Idempotent.
     */
    @Override
    public void close() {
        ledger.close();
        local.close();
        links.forEach(Link::close);
        deliveries.shutdownNow();
    }
}
