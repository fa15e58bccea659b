package io.taskstore.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/** Stores tasks of several threads together: a lone caller stores its own at once, what comes meanwhile goes with the next. */
final class Gathering {

    /** Stores tasks in one transaction. */
    interface Storing {
        void all(List<UUID> ids) throws Exception;
    }

    private record Waiting(UUID id, CompletableFuture<Boolean> stored) {}

    private final Semaphore lanes;
    private final int most;
    private final Storing storing;
    private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();

    /**
     * Begins without anybody who waits.
     *
     * @param lanes how many transactions there are at once
     * @param most how many tasks there are in one
     */
    Gathering(int lanes, int most, Storing storing) {
        this.lanes = new Semaphore(lanes, true);
        this.most = most;
        this.storing = storing;
    }

    /** Returns when the task is stored. */
    void store(UUID id) throws Exception {
        Waiting own = new Waiting(id, new CompletableFuture<>());
        waiting.add(own);
        while (!waiting.isEmpty() && lanes.tryAcquire()) {
            try {
                List<Waiting> group = new ArrayList<>();
                waiting.drainTo(group, most);
                if (!group.isEmpty()) {
                    storing.all(group.stream().map(Waiting::id).toList());
                    group.forEach(member -> member.stored().complete(true));
                }
            } finally {
                lanes.release();
            }
        }
        own.stored().get();
    }
}
