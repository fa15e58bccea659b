package io.taskstore.inmemory;

import io.taskstore.Hint;
import io.taskstore.Wanted;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * The hints that wait, in a lane for each type, queue and priority, so that those a worker cannot start cost it nothing. The
 * highest priority comes first, then whatever was offered first. Not thread-safe: the queue guards it.
 */
final class HintLanes {

    private record Key(String type, String queue, int priority) {

        static Key of(Hint hint) {
            return new Key(hint.type(), hint.queue(), hint.priority());
        }
    }

    /** A hint with its place in line; what was given back has one before all others. */
    private record Entry(long place, Hint hint) {}

    /** A lane with the entry at its head, as the next to choose from. */
    private record Head(Deque<Entry> lane, Entry entry) {

        private static final Comparator<Head> ORDER = Comparator.comparing(
                        (Head head) -> head.entry().hint().priority())
                .reversed()
                .thenComparing(head -> head.entry().place());
    }

    private final int capacity;
    private final Map<Key, Deque<Entry>> lanes = new LinkedHashMap<>();
    private int size;
    private long last;
    private long first;

    HintLanes(int capacity) {
        this.capacity = capacity;
    }

    int capacity() {
        return capacity;
    }

    int size() {
        return size;
    }

    /** {@return whether there was room} */
    boolean add(Hint hint) {
        if (size >= capacity) {
            return false;
        }
        lane(hint).addLast(new Entry(++last, hint));
        size++;
        return true;
    }

    /** Puts hints before all others, in their order; they had room before. */
    void giveBack(List<Hint> hints) {
        for (int i = hints.size() - 1; i >= 0; i--) {
            lane(hints.get(i)).addFirst(new Entry(--first, hints.get(i)));
            size++;
        }
    }

    private Deque<Entry> lane(Hint hint) {
        return lanes.computeIfAbsent(Key.of(hint), key -> new ArrayDeque<>());
    }

    void clear() {
        lanes.clear();
        size = 0;
    }

    /** What a worker has room for, beside what it was given already. */
    interface Room {

        /** {@return whether there is room for any hint at all} */
        boolean isLeft();

        /** {@return whether the hint finds room, which it then has} */
        boolean take(Hint hint);
    }

    /** Takes out the hints that the worker can start, in the order of their turns, as long as there is room. */
    List<Hint> take(Wanted wanted, Room room) {
        List<Hint> taken = new ArrayList<>();
        if (size == 0 || !room.isLeft()) {
            return taken;
        }
        PriorityQueue<Head> heads = new PriorityQueue<>(Head.ORDER);
        for (Deque<Entry> lane : lanes.values()) {
            if (wanted.canStart(lane.element().hint())) {
                heads.add(new Head(lane, lane.element()));
            }
        }
        while (room.isLeft() && !heads.isEmpty()) {
            Head head = heads.remove();
            // a lane whose queue has no room left stays out
            if (room.take(head.entry().hint())) {
                taken.add(head.lane().remove().hint());
                if (!head.lane().isEmpty()) {
                    heads.add(new Head(head.lane(), head.lane().element()));
                }
            }
        }
        size -= taken.size();
        lanes.values().removeIf(Deque::isEmpty);
        return taken;
    }
}
