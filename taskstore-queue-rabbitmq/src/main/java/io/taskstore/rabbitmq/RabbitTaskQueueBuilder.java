package io.taskstore.rabbitmq;

import io.taskstore.Check;
import io.taskstore.TaskQueue;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Collects the settings of a queue on RabbitMQ. Not thread-safe. */
public final class RabbitTaskQueueBuilder {

    /** Under which name the queues stand at the broker unless told otherwise. */
    public static final String DEFAULT_NAME = "taskstore";

    /** How many hints of a type a process holds unless told otherwise. */
    public static final int DEFAULT_PREFETCH = 16;

    /** How many hints may wait before more are refused unless told otherwise: those of several types that are full at the broker. */
    public static final int DEFAULT_CAPACITY = 50_000;

    private static final int MOST_PREFETCH = 1_000;
    private static final int MOST = 10_000_000;
    private static final Duration FIRST_ATTEMPT = Duration.ofSeconds(5);

    private final String url;
    private final TaskQueue local;
    private String name = DEFAULT_NAME;
    private int prefetch = DEFAULT_PREFETCH;
    private int capacity = DEFAULT_CAPACITY;

    RabbitTaskQueueBuilder(String url, TaskQueue local) {
        this.url = Check.given("url", url);
        this.local = Check.given("local", local);
    }

    /** What a queue is told of its settings. */
    record Settings(int prefetch, int capacity) {}

    /**
     * Sets the name with which the names of the queues at the broker begin; the type of the tasks follows. Databases that share
     * a virtual host of a broker need names of their own: hints of another one are harmless and cost a claim each. All processes
     * of a database use the same.
     *
     * @param name a name of 1 to 100 characters; {@value #DEFAULT_NAME} by default
     */
    public RabbitTaskQueueBuilder name(String name) {
        this.name = Check.name("name", name);
        return this;
    }

    /**
     * Sets how many hints of each type this process may hold at once that it has not handled. With 1 the spread over processes is
     * the fairest; with more, a worker claims several tasks at once.
     *
     * @param prefetch 1 to 1,000; {@value #DEFAULT_PREFETCH} by default
     */
    public RabbitTaskQueueBuilder prefetch(int prefetch) {
        this.prefetch = Check.between("prefetch", 1, MOST_PREFETCH, prefetch);
        return this;
    }

    /**
     * Sets how many hints of all types may wait, here and at the broker, before more are refused; a refused hint is found by a
     * scan. The broker keeps up to 10,000 of each type and refuses more; only with a capacity beyond that does a backlog of one
     * type leave room for the others.
     *
     * @param capacity 1 to 10,000,000; {@value #DEFAULT_CAPACITY} by default
     */
    public RabbitTaskQueueBuilder capacity(int capacity) {
        this.capacity = Check.between("capacity", 1, MOST, capacity);
        return this;
    }

    /**
     * Opens the queue. It waits up to five seconds for the broker; if that is away, the queue goes on without it and connects
     * when it is there.
     *
     * @throws io.taskstore.InvalidInputException if the URL is none
     */
    public RabbitTaskQueue open() {
        Complaints complaints = new Complaints(System::nanoTime);
        Broker broker = Broker.at(url, name, new Threads("client"), complaints);
        Counters counters = new Counters();
        Ledger ledger = new Ledger(local, new Settings(prefetch, capacity), counters, System::nanoTime);
        ExecutorService deliveries = Executors.newCachedThreadPool(new Threads("deliveries"));
        Link publisher = new Link(broker, new Publishing(broker, ledger, complaints), ledger, complaints, deliveries);
        Link consumer = new Link(broker, new Consuming(broker, ledger, prefetch), ledger, complaints, deliveries);
        List<Link> links = List.of(consumer, publisher);
        links.forEach(Link::start);
        try {
            long end = System.nanoTime() + FIRST_ATTEMPT.toNanos();
            for (Link link : links) {
                link.awaitFirst(end - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new RabbitTaskQueue(new RabbitTaskQueue.Parts(local, broker, ledger, deliveries, counters), links);
    }
}
