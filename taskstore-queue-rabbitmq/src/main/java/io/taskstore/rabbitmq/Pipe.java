package io.taskstore.rabbitmq;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The hints that this process has published and that have not come back to it, so that it knows at every moment how many wait
 * for somebody, and an estimate of those that others have published. Not thread-safe: the ledger guards it.
 *
 * <p>Nobody tells a publisher that another process has consumed its message. The broker is asked now and then how many messages
 * of a type are ready there, and every answer is about a moment that is over: messages may be on their way in either direction.
 * So what an answer says about hints that seem to be gone is believed one round later, when all that was under way then has
 * arrived; and what it says about hints of others counts only beyond all that could be ours. Where one process alone uses the
 * broker, the numbers are exact.
 */
final class Pipe {

    private static final long UNCONFIRMED = Long.MAX_VALUE;

    /** A hint under way. */
    private static final class Entry {
        private final String type;
        /** The round in which the broker had it for sure. */
        private long confirmed = UNCONFIRMED;

        Entry(String type) {
            this.type = type;
        }
    }

    /** What is known of one type. */
    private static final class Lane {
        private long own;
        private long added;
        private long ownBefore;
        private long addedBefore;
        private long asked;
        private long round;
        private long ready;
        private long others;
    }

    private final TreeMap<Long, Entry> entries = new TreeMap<>();
    private final Map<String, Lane> lanes = new HashMap<>();
    private long last;
    private long round;
    private long others;

    private Lane lane(String type) {
        return lanes.computeIfAbsent(type, unknown -> new Lane());
    }

    /** {@return how many hints wait at the broker or are on their way} */
    long size() {
        return entries.size() + others;
    }

    /** {@return the types that were ever published or asked for} */
    Set<String> types() {
        return lanes.keySet();
    }

    /** {@return the number of a hint that is to be published} */
    long add(String type) {
        put(++last, new Entry(type));
        return last;
    }

    private void put(long number, Entry entry) {
        if (entries.put(number, entry) == null) {
            Lane lane = lane(entry.type);
            lane.own++;
            lane.added++;
        }
    }

    /** Puts a hint back that had come and was given back. */
    void giveBack(long number, String type) {
        put(number, new Entry(type));
        confirm(number);
    }

    void confirm(long number) {
        Entry entry = entries.get(number);
        if (entry != null) {
            entry.confirmed = round;
        }
    }

    /** {@return whether the hint was under way, which it is not any more} */
    boolean remove(long number) {
        Entry entry = entries.remove(number);
        if (entry == null) {
            return false;
        }
        lane(entry.type).own--;
        return true;
    }

    /** {@return how many hints were not confirmed, and are forgotten} */
    int removeUnconfirmed() {
        int before = entries.size();
        entries.values().removeIf(entry -> {
            boolean unconfirmed = entry.confirmed == UNCONFIRMED;
            if (unconfirmed) {
                lane(entry.type).own--;
            }
            return unconfirmed;
        });
        return before - entries.size();
    }

    /** Begins a round for one type, before the broker is asked. */
    void ask(String type) {
        Lane lane = lane(type);
        lane.asked = ++round;
        lane.ownBefore = lane.own;
        lane.addedBefore = lane.added;
    }

    /** Ends a round for one type with the broker's answer. */
    void answer(String type, long ready) {
        Lane lane = lane(type);
        removeGone(type, lane);
        others -= lane.others;
        lane.others = Math.max(0, ready - lane.ownBefore - (lane.added - lane.addedBefore));
        others += lane.others;
        lane.ready = ready;
        lane.round = lane.asked;
    }

    /** What the broker had before the last round and did not have ready in it had gone elsewhere, if it has not come since. */
    private void removeGone(String type, Lane lane) {
        long gone = entries.values().stream()
                        .filter(entry -> entry.type.equals(type) && entry.confirmed < lane.round)
                        .count()
                - lane.ready;
        Iterator<Entry> oldest = entries.values().iterator();
        while (gone > 0 && oldest.hasNext()) {
            Entry entry = oldest.next();
            if (entry.type.equals(type) && entry.confirmed < lane.round) {
                oldest.remove();
                lane.own--;
                gone--;
            }
        }
    }
}
