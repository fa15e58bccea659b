package io.taskstore.testkit;

import io.taskstore.WorkerId;
import io.taskstore.spi.Storage;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Tasks and workflows as an application leaves them behind in a week, of any number, for demonstrations and tests: mails,
 * invoices, reports and others, of several people and queues, most of them completed at once, others retried, failed, snoozed,
 * cancelled or requeued, some scheduled for later, some under way. They are stored, claimed and settled through the ports, so
 * that whatever holds of tasks holds of these. The same seed brings the same data, ids included; only the ids of workers are the
 * storage's own.
 *
 * <pre>{@code
 * ManualClock clock = ManualClock.create();
 * try (Storage storage = new ReferenceStorage(clock)) {
 *     SampleData.of(7).withCrashes(storage::kill).fill(storage, clock, 1_000);
 * }
 * }</pre>
 *
 * <p>No port lets a process die, so that nothing has crashed in it unless it is told {@linkplain #withCrashes how one does}. It is
 * immutable.
 */
public final class SampleData {

    private final long seed;
    private final Optional<Consumer<WorkerId>> kill;

    private SampleData(long seed, Optional<Consumer<WorkerId>> kill) {
        this.seed = seed;
        this.kill = kill;
    }

    /** {@return the data that belong to the seed} */
    public static SampleData of(long seed) {
        return new SampleData(seed, Optional.empty());
    }

    /**
     * {@return the same, in which processes die} Of a hundred tasks about two take theirs down; most of these once, some until they
     * are FAILED as a poison.
     *
     * @param kill ends the life of a worker as the death of its process would, as {@link ReferenceStorage#kill} does
     */
    public SampleData withCrashes(Consumer<WorkerId> kill) {
        return new SampleData(seed, Optional.of(kill));
    }

    /**
     * Fills an empty storage. Some hundred tasks are enough for every status; of these, some are RUNNING in the end, by a worker
     * that does nothing more.
     *
     * @param storage takes its time from the clock, and is used by nobody else meanwhile
     * @param clock is moved on by a week
     * @param tasks how many there will be, those of workflows included, at least 1
     */
    public void fill(Storage storage, ManualClock clock, int tasks) {
        Objects.requireNonNull(storage, "storage");
        Objects.requireNonNull(clock, "clock");
        if (tasks < 1) {
            throw new IllegalArgumentException("tasks must be at least 1, and were " + tasks);
        }
        new SampleWeek(seed, storage, clock, tasks, kill).pass();
    }

    @Override
    public String toString() {
        return "SampleData[seed=" + seed + "]";
    }
}
