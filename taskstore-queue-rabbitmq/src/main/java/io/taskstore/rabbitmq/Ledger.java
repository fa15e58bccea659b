package io.taskstore.rabbitmq;

import io.taskstore.Hint;
import io.taskstore.TaskQueue;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows of hints: which are to be published, which are on their way, which have come, and who waits for them.
 * It is thread-safe: its monitor guards all of it, under which the local queue is called, which waits for nobody, and never the
 * broker. Workers and submits write here what is to be said to the broker, and the threads of the two connections say it.
 *
 * <p>A hint that comes is given to the local queue only if a poll waits that can start it; otherwise it waits here,
 * unacknowledged, for the next poll. A type that no poll has wanted for a moment is no longer consumed, and what waits here of it
 * goes back to the broker: another process may be idle. It is not acknowledged instead, for then a busy process would keep from
 * the idle what it cannot start itself; and nothing turns in circles, because the consumer is cancelled before anything is given
 * back. Where a worker waits and may not start the hint, because its share of a queue is used up, the message would come back at
 * once. When such messages fill the window while a worker waits for others, they are acknowledged and left to the local queue, or
 * to the scan if that is full; so is what a worker had and did not handle.
 */
final class Ledger {

    /** A hint to be published. */
    record Letter(long number, Hint hint) {}

    /** What is to be said to the broker about deliveries. */
    record Chores(Set<String> subscribe, Set<String> cancel, List<Long> acknowledge, List<Long> giveBack) {

        boolean isEmpty() {
            return subscribe.isEmpty() && cancel.isEmpty() && acknowledge.isEmpty() && giveBack.isEmpty();
        }
    }

    /** Nothing is unacknowledged for longer, whatever happens to its hint: a broker closes the channel after half an hour. */
    private static final long LONGEST_HELD = Duration.ofMinutes(1).toNanos();

    private static final long IDLE = Duration.ofSeconds(1).toNanos();

    private final Bell post = new Bell();
    private final Bell work = new Bell();
    private final CountDownLatch over = new CountDownLatch(1);

    private final TaskQueue local;
    private final RabbitTaskQueueBuilder.Settings settings;
    private final Counters counters;
    private final LongSupplier nanos;

    private final Desks desks;
    private final Pipe pipe = new Pipe();
    private final Held held = new Held();
    private final Deque<Letter> outbox = new ArrayDeque<>();
    private final List<Long> acknowledgements = new ArrayList<>();
    /** What the broker had no queue for, which it confirms all the same. */
    private final Set<Long> returned = new HashSet<>();

    private Set<String> subscribed = Set.of();
    /** The session whose deliveries are held; what an earlier one brings or wants acknowledged is stale. */
    private @Nullable Object session;

    private boolean reachable;
    private boolean wasReachable;
    private boolean closed;

    Ledger(TaskQueue local, RabbitTaskQueueBuilder.Settings settings, Counters counters, LongSupplier nanos) {
        this.local = local;
        this.settings = settings;
        this.counters = counters;
        this.desks = new Desks(nanos);
        this.nanos = nanos;
    }

    /** {@return whether the hint was taken} What is full is full for idle workers too: a refusal tells them to scan. */
    synchronized boolean offer(Hint hint) {
        if (closed) {
            return false;
        } else if (waiting() >= settings.capacity()) {
            return refuse();
        } else if (desks.take(hint) || (!reachable && desks.areFor(hint))) {
            return local.offer(hint);
        } else if (!reachable) {
            return refuse();
        }
        outbox.add(new Letter(pipe.add(hint.type()), hint));
        post.ring();
        return true;
    }

    private boolean refuse() {
        counters.refused.increment();
        tellMissed();
        return false;
    }

    private void tellMissed() {
        desks.miss().forEach(local::nudge);
    }

    synchronized long depth() {
        return closed ? 0 : waiting();
    }

    private long waiting() {
        return pipe.size() + held.waiting() + local.depth();
    }

    /**
     * Begins a poll.
     *
     * @return whether it should answer at once, since the worker is to be told of a refusal
     */
    synchronized boolean begin(Wanted wanted) {
        if (closed) {
            return false;
        }
        boolean missed = desks.begin(wanted);
        held.take(delivery -> desks.take(delivery.hint())).forEach(this::give);
        if (!subscribed.containsAll(wanted.types())) {
            work.ring();
        }
        return missed;
    }

    synchronized boolean takeMissed(WorkerId worker) {
        return desks.takeMissed(worker);
    }

    /** Ends a poll, which got something to start or not. */
    synchronized void end(WorkerId worker, boolean inVain) {
        desks.end(worker, inVain);
    }

    synchronized void leave(WorkerId worker) {
        desks.leave(worker);
        work.ring();
    }

    synchronized void handled(Hint hint) {
        Delivery delivery = held.handled(hint);
        if (delivery != null) {
            acknowledge(delivery.tag());
        }
    }

    private void acknowledge(long tag) {
        counters.acknowledged.increment();
        acknowledgements.add(tag);
        work.ring();
    }

    /**
     * Gives a hint to the local queue. If that is full, as after a worker that left its hints, the hint waits for the next poll;
     * if it is full then too, the hint is left to the scan.
     */
    private void give(Delivery delivery) {
        if (local.offer(delivery.hint())) {
            held.give(delivery);
        } else if (!delivery.refused()) {
            held.await(delivery.whichWasRefused());
        } else {
            acknowledge(delivery.tag());
        }
    }

    /** Ends the waiting of the threads that talk to the broker, so that they look around. */
    void ring() {
        post.ring();
        work.ring();
    }

    synchronized void close() {
        closed = true;
        desks.clear();
        ring();
        over.countDown();
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Waits for so long, or until it is closed. */
    void awaitClosing(long nanos) throws InterruptedException {
        over.await(nanos, TimeUnit.NANOSECONDS);
    }

    // what the publishing thread says

    /** From now on hints are taken to be published. After an absence of the broker there may be more than hints tell. */
    synchronized void reachable() {
        reachable = true;
        if (wasReachable) {
            local.wake();
        }
        wasReachable = true;
    }

    /**
     * Gives up what the broker has not confirmed.
     *
     * @return how many hints that were
     */
    synchronized int unreachable() {
        reachable = false;
        outbox.clear();
        returned.clear();
        int lost = pipe.removeUnconfirmed();
        if (lost > 0) {
            counters.lost.add(lost);
            tellMissed();
        }
        return lost;
    }

    /** Waits for so long, or until there are hints to be published. */
    void awaitLetters(long nanos) throws InterruptedException {
        post.await(nanos);
    }

    /** {@return the hints that are to be published} */
    synchronized List<Letter> letters() {
        List<Letter> letters = List.copyOf(outbox);
        outbox.clear();
        return letters;
    }

    synchronized void confirmed(Iterable<Long> numbers) {
        numbers.forEach(number -> {
            if (!returned.remove(number)) {
                counters.published.increment();
            }
            pipe.confirm(number);
        });
    }

    /** The broker did not take them because its queue is full. */
    synchronized void refused(Iterable<Long> numbers) {
        numbers.forEach(number -> {
            if (pipe.remove(number)) {
                refuse();
            }
        });
    }

    /** The broker had no queue for it; somebody deleted that. */
    synchronized void returned(long number) {
        returned.add(number);
        if (pipe.remove(number)) {
            counters.lost.increment();
            tellMissed();
        }
    }

    /** {@return the types of which hints may wait at the broker} */
    synchronized Set<String> types() {
        Set<String> types = new HashSet<>(pipe.types());
        types.addAll(subscribed);
        return types;
    }

    synchronized void ask(String type) {
        pipe.ask(type);
    }

    synchronized void answer(String type, long ready) {
        pipe.answer(type, ready);
    }

    // what the consuming thread says

    synchronized void open(Object newSession) {
        session = newSession;
    }

    /** The session is over: the broker has all back that was not acknowledged. */
    synchronized void abandon(Object oldSession) {
        if (session != oldSession) {
            return;
        }
        session = null;
        subscribed = Set.of();
        acknowledgements.clear();
        held.clear().forEach(this::back);
    }

    private void back(Delivery delivery) {
        if (delivery.own() > 0) {
            pipe.giveBack(delivery.own(), delivery.hint().type());
        }
    }

    /** Takes a message that came in a session for a type. */
    synchronized void arrived(Object from, String type, long tag, long own, byte[] body) {
        Optional<Hint> hint =
                HintMessage.decode(body).filter(told -> told.type().equals(type));
        if (session != from) {
            return;
        }
        counters.received.increment();
        pipe.remove(own);
        if (hint.isEmpty()) {
            counters.malformed.increment();
            acknowledge(tag);
        } else if (held.isWaiting(hint.get())) {
            counters.repeated.increment();
            acknowledge(tag);
        } else {
            take(new Delivery(tag, hint.get(), own, nanos.getAsLong()));
        }
    }

    private void take(Delivery delivery) {
        if (desks.take(delivery.hint())) {
            give(delivery);
        } else {
            held.await(delivery);
            work.ring();
        }
    }

    /** Waits until there may be something to be said to the broker. */
    void awaitChores() throws InterruptedException {
        work.await(isRestless() ? Desks.GRACE.toNanos() : IDLE);
    }

    private synchronized boolean isRestless() {
        return !held.isEmpty() || desks.areFading();
    }

    /** {@return what is to be said to the broker now by a session with consumers of these types} */
    synchronized Chores chores(Set<String> nowSubscribed) {
        subscribed = Set.copyOf(nowSubscribed);
        Set<String> wanted = desks.wanted();
        takeOver();
        Set<String> subscribe = new HashSet<>(wanted);
        subscribe.removeAll(subscribed);
        Set<String> cancel = new HashSet<>(subscribed);
        cancel.removeAll(wanted);
        List<Delivery> unwanted = held.take(delivery -> {
            String type = delivery.hint().type();
            return !wanted.contains(type) && !subscribed.contains(type);
        });
        unwanted.forEach(this::back);
        counters.givenBack.add(unwanted.size());
        List<Long> acknowledge = List.copyOf(acknowledgements);
        acknowledgements.clear();
        return new Chores(
                subscribe,
                cancel,
                acknowledge,
                unwanted.stream().map(Delivery::tag).toList());
    }

    /**
     * Acknowledges what would be in the way of others, or be unacknowledged for too long. The local queue has it then, or has
     * told the workers that it has not; what no worker here ever starts is left to the scans of other processes.
     */
    private void takeOver() {
        Set<String> blocked = new HashSet<>(subscribed);
        blocked.removeIf(type -> held.of(type) < settings.prefetch() || !desks.waitFor(type));
        long now = nanos.getAsLong();
        Predicate<Delivery> old = delivery -> {
            long age = now - delivery.since();
            return age > LONGEST_HELD
                    || (age > Desks.GRACE.toNanos()
                            && blocked.contains(delivery.hint().type()));
        };
        held.take(old).forEach(delivery -> {
            if (desks.areFor(delivery.hint())) {
                local.offer(delivery.hint());
            }
            acknowledge(delivery.tag());
        });
        held.forget(old).forEach(delivery -> acknowledge(delivery.tag()));
    }
}
