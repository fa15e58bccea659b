package io.taskstore.inmemory;

import io.taskstore.Check;
import io.taskstore.spi.Storage;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What deletes from a storage what has become too old, from time to time and a little at a time.
 *
 * <pre>{@code
 * try (Retention retention = Retention.ofEndedTasks(database, Duration.ofDays(30))) { ... }
 * }</pre>
 *
 * <p>It looks once an hour, or ten times within the age that it keeps if that is less, and for the first time within a minute. Of
 * several processes that keep the same one deletes at a time. While the storage cannot be used it says so once, and tries again.
 *
 * <p>It is thread-safe, and has a thread of its own, which does not keep the process alive.
 */
public final class Retention implements AutoCloseable {

    private static final Duration SHORTEST = Duration.ofSeconds(1);

    /** How long the closing waits for a step, which a storage that hangs may never end. */
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final PurgeDuty duty;
    private final EngineThread thread;

    private Retention(PurgeDuty duty) {
        this.duty = duty;
        this.thread = new EngineThread(
                "taskstore-" + duty.name(), duty::next, new Complaints(System::nanoTime), JvmPlatform.THIS);
        thread.start();
    }

    /**
     * Begins to delete tasks without a workflow, and whole workflows, that ended longer ago than the age, with their histories
     * and logs.
     *
     * @param age how long they are kept, by the storage's clock; a second to ten years
     */
    public static Retention ofEndedTasks(Storage storage, Duration age) {
        return of(PurgeDuty.What.ENDED_TASKS, storage, age);
    }

    /**
     * Begins to delete metrics that are older than the age.
     *
     * @param age how long they are kept, by the storage's clock; a second to ten years
     */
    public static Retention ofMetrics(Storage storage, Duration age) {
        return of(PurgeDuty.What.METRICS, storage, age);
    }

    private static Retention of(PurgeDuty.What what, Storage storage, Duration age) {
        Check.given("storage", storage);
        Duration checked = Check.delay("age", age);
        Check.that(checked.compareTo(SHORTEST) >= 0, "age", "at least a second", age);
        return new Retention(new PurgeDuty(
                what, storage, checked, () -> ThreadLocalRandom.current().nextLong()));
    }

    /** Ends it after the step that is under way, and waits for that no longer than a second. Idempotent. */
    @Override
    public void close() {
        duty.end();
        thread.end();
        try {
            boolean unused = thread.join(CLOSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
