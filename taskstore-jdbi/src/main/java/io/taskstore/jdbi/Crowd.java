package io.taskstore.jdbi;

import io.taskstore.Hint;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import io.taskstore.jdbi.Message.Presence;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The processes that share a schema, as far as this one knows: what its own workers could start now, and what others said of
 * theirs. It finds one process for each hint, so that no two try to claim the same task. What it believes of others is a little
 * old, and where it is wrong a task waits for a poll. It is thread-safe.
 */
final class Crowd {

    /** Who was not heard of for three heartbeats is gone. */
    private static final long SILENCE = Duration.ofSeconds(10).toNanos();

    private static final int MOST = 1_000;

    private final UUID process;
    private final LongSupplier nanos;

    /** The workers of this process as they last polled; guarded by this. */
    private final Map<WorkerId, Room> here = new LinkedHashMap<>();

    /** Guarded by this. */
    private final Map<UUID, Peer> peers = new HashMap<>();

    /** What others were told of the workers here; guarded by this. */
    private Map<WorkerId, Told> told = Map.of();

    /** How many tasks a worker here could start at most when they were told; guarded by this. */
    private int toldSlots;

    /** How many hints came from others since they were told; guarded by this. */
    private int taken;

    /** Another process, with what it last said. */
    private record Peer(UUID process, List<Room> rooms, long heard) {

        Optional<Room> room(Predicate<Room> wanted) {
            return rooms.stream().filter(wanted).findFirst();
        }
    }

    /** What others have to know of a worker as soon as it changes. */
    private record Told(Set<String> types, boolean free) {

        static Told of(Room room) {
            return new Told(room.wanted().types(), room.isFree());
        }
    }

    Crowd(UUID process, LongSupplier nanos) {
        this.process = process;
        this.nanos = nanos;
    }

    /** Takes down what a worker of this process could start. */
    synchronized void polls(Wanted wanted) {
        here.put(wanted.worker(), new Room(wanted));
    }

    synchronized void leaves(WorkerId worker) {
        here.remove(worker);
    }

    boolean isOwn(Presence presence) {
        return presence.process().equals(process);
    }

    /** {@return what this process says when it leaves} */
    Presence farewell() {
        return new Presence(process, false, List.of());
    }

    /** {@return whether a worker of this process starts such tasks} */
    synchronized boolean isHere(Hint hint) {
        return here.values().stream().anyMatch(room -> room.isFor(hint));
    }

    /** {@return whether a worker of this process starts such tasks, or may yet: none has polled} */
    synchronized boolean mayBeHere(Hint hint) {
        return here.isEmpty() || isHere(hint);
    }

    /** {@return whether this process has workers} */
    synchronized boolean hasWorkers() {
        return !here.isEmpty();
    }

    /** Takes down that another process gave a hint to this one. */
    synchronized void takes() {
        taken++;
    }

    /**
     * {@return whether others should hear of the workers here: whether they have room has changed, or those who gave them hints
     * will soon take them to be full, whom they were told are free}
     */
    synchronized boolean isNews() {
        boolean full =
                taken > 0 && taken >= toldSlots / 2 && told.values().stream().anyMatch(Told::free);
        return full || !toTell().equals(told);
    }

    private Map<WorkerId, Told> toTell() {
        Map<WorkerId, Told> now = new HashMap<>();
        here.forEach((worker, room) -> now.put(worker, Told.of(room)));
        return now;
    }

    /** {@return what is to be said of the workers here to some} */
    synchronized Presence presence() {
        return presence(false);
    }

    private Presence presence(boolean asks) {
        return new Presence(
                process, asks, here.values().stream().map(Room::wanted).toList());
    }

    /** {@return what is to be said of the workers here to all, who count as told} */
    synchronized Presence presenceForAll(boolean asks) {
        Presence presence = presence(asks);
        told = toTell();
        toldSlots = presence.workers().stream()
                .mapToInt(wanted -> wanted.slots().total())
                .max()
                .orElse(0);
        taken = 0;
        return presence;
    }

    /** Takes down what another process said; one without workers is none that hints could go to. */
    synchronized void hears(Presence presence) {
        UUID other = presence.process();
        if (isOwn(presence)) {
            return;
        } else if (presence.workers().isEmpty()) {
            peers.remove(other);
        } else if (peers.size() < MOST || peers.containsKey(other)) {
            List<Room> rooms = presence.workers().stream().map(Room::new).toList();
            peers.put(other, new Peer(other, rooms, nanos.getAsLong()));
        }
    }

    /** {@return how many other processes are known that start tasks} */
    synchronized int size() {
        forgetTheSilent();
        return peers.size();
    }

    private void forgetTheSilent() {
        long now = nanos.getAsLong();
        peers.values().removeIf(peer -> now - peer.heard() > SILENCE);
    }

    /**
     * {@return the other process that the hint should go to; empty if it should stay here} Where there is room, here before
     * elsewhere, or else where somebody will be free: what another process has passed on stays then.
     */
    synchronized Optional<UUID> place(Hint hint, boolean passedOn) {
        Optional<Room> free =
                here.values().stream().filter(room -> room.isLeftFor(hint)).findFirst();
        if (free.isPresent()) {
            free.get().give(hint);
            return Optional.empty();
        }
        forgetTheSilent();
        if (peers.isEmpty()) {
            return Optional.empty();
        }
        return any(hint, room -> room.isLeftFor(hint), false)
                .or(() -> passedOn ? Optional.empty() : anyBusy(hint))
                .filter(found -> !found.equals(process));
    }

    private Optional<UUID> anyBusy(Hint hint) {
        return any(hint, room -> room.isFor(hint) && room.isCaughtUp(), true)
                .or(() -> any(hint, room -> room.isFor(hint), true));
    }

    /** {@return one of the processes with such a worker, which counts as told} */
    private Optional<UUID> any(Hint hint, Predicate<Room> wanted, boolean orHere) {
        List<Peer> all = Stream.concat(
                        peers.values().stream(),
                        orHere ? Stream.of(new Peer(process, List.copyOf(here.values()), 0)) : Stream.empty())
                .filter(peer -> peer.room(wanted).isPresent())
                .toList();
        if (all.isEmpty()) {
            return Optional.empty();
        }
        Peer chosen = all.get(ThreadLocalRandom.current().nextInt(all.size()));
        chosen.room(wanted).ifPresent(room -> room.give(hint));
        return Optional.of(chosen.process());
    }
}
