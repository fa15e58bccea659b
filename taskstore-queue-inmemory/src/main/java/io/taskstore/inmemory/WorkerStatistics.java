package io.taskstore.inmemory;

import io.taskstore.Check;
import io.taskstore.WorkerId;
import java.time.Duration;
import java.util.Optional;

/**
 * What a worker is doing at a moment.
 *
 * @param worker the id under which it lives now; empty while it has none
 * @param concurrency how many handlers it runs at once
 * @param busy how many handlers run
 * @param stuck how many of those go on beyond their timeout
 * @param ready how many claimed tasks wait for a thread, for no longer than a claim takes
 * @param settling how many ends of runs are not recorded yet
 * @param gear how it finds its work
 * @param backlogAge how long what it claimed last had been due, while it is behind
 */
public record WorkerStatistics(
        Optional<WorkerId> worker,
        int concurrency,
        int busy,
        int stuck,
        int ready,
        int settling,
        Gear gear,
        Duration backlogAge) {

    /** How a worker finds its work. */
    public enum Gear {
        /** It waits, and a submit in this process hands its task over directly. */
        IDLE,
        /** All that is due is being run; hints tell what comes. */
        CAUGHT_UP,
        /** More is due than it can run; it scans for it, in order. */
        BEHIND,
        /** It was told to pause, or is closed. */
        PAUSED
    }

    /** Checks that all are given. */
    public WorkerStatistics {
        Check.given("WorkerStatistics.worker", worker);
        Check.given("WorkerStatistics.gear", gear);
        Check.given("WorkerStatistics.backlogAge", backlogAge);
    }
}
