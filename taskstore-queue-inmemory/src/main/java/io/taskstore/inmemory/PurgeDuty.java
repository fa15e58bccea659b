package io.taskstore.inmemory;

import io.taskstore.TaskStoreException;
import io.taskstore.spi.Storage;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty of deleting what has become too old. It takes the turn for each step, so that a process that dies in the midst of it is
 * followed by another. One thread takes the steps; any may end it.
 */
final class PurgeDuty {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    /** Deleted in one step, so that a step is short. */
    static final int AT_ONCE = 500;

    /** For others to work between two steps. */
    static final Duration REST = Duration.ofMillis(50);

    /** Much longer than a step takes. */
    static final Duration TURN = Duration.ofMinutes(1);

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final Duration LONGEST_START = Duration.ofMinutes(1);
    private static final int LOOKS_PER_AGE = 10;
    private static final double JITTER = 0.1;

    private final What what;
    private final Storage storage;
    private final Duration age;
    private final RandomGenerator random;
    private final UUID holder;
    private final Duration pause;
    private boolean begun;
    private boolean failing;

    /** How many were deleted since it last began. */
    private long deleted;

    private volatile boolean ended;

    /** What becomes too old. */
    enum What {
        ENDED_TASKS("purge-tasks") {
            @Override
            long purge(Storage storage, Instant before) {
                return storage.tasks().purge(before, AT_ONCE);
            }
        },

        METRICS("purge-metrics") {
            @Override
            long purge(Storage storage, Instant before) {
                return storage.metrics().purge(before);
            }
        };

        private final String duty;

        What(String duty) {
            this.duty = duty;
        }

        /** {@return how many were deleted; fewer than a step may delete only if none is left} */
        abstract long purge(Storage storage, Instant before);
    }

    PurgeDuty(What what, Storage storage, Duration age, RandomGenerator random) {
        this.what = what;
        this.storage = storage;
        this.age = age;
        this.random = random;
        this.holder = new UUID(random.nextLong(), random.nextLong());
        this.pause = least(LONGEST_PAUSE, most(SHORTEST_PAUSE, age.dividedBy(LOOKS_PER_AGE)));
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    private static Duration most(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    String name() {
        return what.duty;
    }

    /** Ends it; the step that is under way fails without a word, if it does. */
    void end() {
        ended = true;
    }

    /** Takes a step. {@return how long to wait before the next} */
    Duration next() {
        if (!begun) {
            begun = true;
            // processes that start together need not come together
            return part(least(pause, LONGEST_START), random.nextDouble());
        }
        try {
            Duration next = step();
            if (failing) {
                LOG.info("{} goes on", what.duty);
                failing = false;
            }
            return next;
        } catch (RuntimeException e) {
            complain(e);
            return jittered(least(pause, LONGEST_START));
        }
    }

    private Duration step() {
        boolean more = false;
        if (storage.takeTurn(what.duty, holder, TURN)) {
            long some = what.purge(storage, storage.clock().instant().minus(age));
            deleted += some;
            more = some >= AT_ONCE;
        }
        if (more) {
            return REST;
        }
        if (deleted > 0) {
            LOG.info("{}: {} deleted that were older than {}", what.duty, deleted, age);
            deleted = 0;
        }
        return jittered(pause);
    }

    private void complain(RuntimeException failure) {
        if (failing || ended) {
            return;
        }
        failing = true;
        if (failure instanceof TaskStoreException) {
            LOG.warn("{} failed, and is tried again until it succeeds: {}", what.duty, failure.getMessage());
        } else {
            LOG.warn("{} failed, and is tried again until it succeeds", what.duty, failure);
        }
    }

    private Duration jittered(Duration duration) {
        return part(duration, 1 - JITTER + 2 * JITTER * random.nextDouble());
    }

    private static Duration part(Duration duration, double share) {
        return Duration.ofNanos((long) (duration.toNanos() * share));
    }
}
