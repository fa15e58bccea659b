package io.taskstore.rabbitmq;

import io.taskstore.Hint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries of one session that are not acknowledged: those that wait here for a poll that can start them, and those that
 * the local queue has been given. Not thread-safe: the ledger guards it.
 */
final class Held {

    private final List<Delivery> waiting = new ArrayList<>();
    private final Map<Hint, Deque<Delivery>> given = new HashMap<>();

    int waiting() {
        return waiting.size();
    }

    boolean isEmpty() {
        return waiting.isEmpty() && given.isEmpty();
    }

    boolean isWaiting(Hint hint) {
        return waiting.stream().anyMatch(delivery -> delivery.hint().equals(hint));
    }

    void await(Delivery delivery) {
        waiting.add(delivery);
    }

    void give(Delivery delivery) {
        given.computeIfAbsent(delivery.hint(), unknown -> new ArrayDeque<>(1)).add(delivery);
    }

    /** {@return the delivery of a hint that the local queue was given and that is handled; null if there is none} */
    @Nullable
    Delivery handled(Hint hint) {
        Deque<Delivery> deliveries = given.get(hint);
        if (deliveries == null) {
            return null;
        }
        Delivery delivery = deliveries.remove();
        if (deliveries.isEmpty()) {
            given.remove(hint);
        }
        return delivery;
    }

    /** {@return those that wait and meet the condition, in the order in which they came; they do not wait any more} */
    List<Delivery> take(Predicate<Delivery> condition) {
        List<Delivery> taken = new ArrayList<>();
        for (Iterator<Delivery> all = waiting.iterator(); all.hasNext(); ) {
            Delivery delivery = all.next();
            if (condition.test(delivery)) {
                all.remove();
                taken.add(delivery);
            }
        }
        return taken;
    }

    /** {@return those that the local queue was given and that meet the condition, which are not held any more} */
    List<Delivery> forget(Predicate<Delivery> condition) {
        List<Delivery> forgotten = new ArrayList<>();
        for (Deque<Delivery> deliveries : given.values()) {
            for (Iterator<Delivery> all = deliveries.iterator(); all.hasNext(); ) {
                Delivery delivery = all.next();
                if (condition.test(delivery)) {
                    all.remove();
                    forgotten.add(delivery);
                }
            }
        }
        given.values().removeIf(Deque::isEmpty);
        return forgotten;
    }

    /** {@return how many of a type are held} */
    long of(String type) {
        return waiting.stream()
                        .filter(delivery -> delivery.hint().type().equals(type))
                        .count()
                + given.values().stream()
                        .flatMap(Deque::stream)
                        .filter(delivery -> delivery.hint().type().equals(type))
                        .count();
    }

    /**
     * Forgets all of a session that is over.
     *
     * @return what waited here
     */
    List<Delivery> clear() {
        List<Delivery> waited = List.copyOf(waiting);
        waiting.clear();
        given.clear();
        return waited;
    }
}
