package io.taskstore.inmemory;

import io.taskstore.Check;
import io.taskstore.TaskEvent;
import io.taskstore.WorkerId;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
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
 * @param backlogAge how long what it claimed last had been due, while it is behind; of tasks that came to it without a detour
 * @param totals what it has done since it was started
 */
public record WorkerStatistics(
        Optional<WorkerId> worker,
        int concurrency,
        int busy,
        int stuck,
        int ready,
        int settling,
        Gear gear,
        Duration backlogAge,
        Totals totals) {

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
        Check.given("WorkerStatistics.totals", totals);
    }

    /**
     * What a worker has done since it was started. The numbers only grow; they are read one after the other while it works on.
     *
     * @param claimed how many tasks it took
     * @param recovered how many tasks it took from workers that had died
     * @param events how often each kind of thing happened to its runs
     * @param waits how long tasks had been due when their handlers began, in seconds; without those that were edited, given back
     *     or unblocked on their way, and have no time to run at
     * @param runs how long handlers took, in seconds
     * @param commits how many ends of runs were recorded at once
     */
    public record Totals(
            long claimed,
            long recovered,
            Map<TaskEvent.Kind, Long> events,
            Summary waits,
            Summary runs,
            Summary commits) {

        static final Totals NONE = new Totals(0, 0, Map.of(), Summary.NONE, Summary.NONE, Summary.NONE);

        /** Copies the map. */
        public Totals {
            events = Map.copyOf(Check.given("Totals.events", events));
            Check.given("Totals.waits", waits);
            Check.given("Totals.runs", runs);
            Check.given("Totals.commits", commits);
        }

        /** {@return how often that happened} */
        public long of(TaskEvent.Kind kind) {
            return events.getOrDefault(Check.given("kind", kind), 0L);
        }

        Totals plus(Totals other) {
            Map<TaskEvent.Kind, Long> both = new EnumMap<>(TaskEvent.Kind.class);
            both.putAll(events);
            other.events.forEach((kind, times) -> both.merge(kind, times, Long::sum));
            return new Totals(
                    claimed + other.claimed,
                    recovered + other.recovered,
                    both,
                    waits.plus(other.waits),
                    runs.plus(other.runs),
                    commits.plus(other.commits));
        }
    }

    /**
     * Many measured values.
     *
     * @param count how many there are
     * @param sum their sum
     * @param greatest the greatest of them; 0 if there are none
     */
    public record Summary(long count, double sum, double greatest) {

        static final Summary NONE = new Summary(0, 0, 0);

        /** {@return the mean of the values; 0 if there are none} */
        public double mean() {
            return count == 0 ? 0 : sum / count;
        }

        Summary plus(Summary other) {
            return new Summary(count + other.count, sum + other.sum, Math.max(greatest, other.greatest));
        }
    }
}
