package io.taskstore.inmemory;

import io.taskstore.Task;
import java.util.List;

/**
 * How long claims and handlers take, and so how many tasks more than there are threads will start within the time of one claim.
 * It is thread-safe; a measurement that gets lost between two threads does no harm.
 */
final class Pace {

    private static final int MOST = 2_048;

    /** How many characters of payloads may be ahead, if they go on like those that were claimed last. */
    private static final long MOST_CHARACTERS = 16_000_000;

    /** Handlers that take so many claims may as well wait for one; what is claimed ahead of them would wait too long itself. */
    private static final int LONG = 10;

    /** The share of the last measurement in the average. */
    private static final double WEIGHT = 0.1;

    private static final double UNKNOWN = -1;

    private final int concurrency;
    private volatile double claim = UNKNOWN;
    private volatile double run = UNKNOWN;
    private volatile int most = MOST;

    Pace(int concurrency) {
        this.concurrency = concurrency;
    }

    void claimed(long nanos, List<Task> tasks) {
        claim = average(claim, nanos);
        long characters =
                tasks.stream().mapToLong(task -> task.payload().length()).sum();
        most = (int) Math.min(MOST, MOST_CHARACTERS * tasks.size() / Math.max(1, characters));
    }

    void ran(long nanos) {
        run = average(run, nanos);
    }

    /** Handlers take longer than was thought: nothing is claimed ahead until runs are short again. */
    void slow() {
        run = Math.max(run, LONG * claim);
    }

    private static double average(double before, long nanos) {
        return before == UNKNOWN ? nanos : before + WEIGHT * (nanos - before);
    }

    /** {@return how many tasks may be claimed ahead of their threads; none where handlers take much longer than a claim} */
    int ahead() {
        double oneClaim = claim;
        double oneRun = run;
        return oneClaim == UNKNOWN || oneRun == UNKNOWN || oneRun >= LONG * oneClaim
                ? 0
                : (int) Math.min(most, Math.ceil(concurrency * oneClaim / Math.max(oneRun, 1)));
    }
}
