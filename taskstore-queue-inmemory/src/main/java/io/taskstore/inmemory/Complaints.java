package io.taskstore.inmemory;

import io.taskstore.TaskStoreException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down what goes wrong in the engine, at most one line in ten seconds. It is thread-safe. */
final class Complaints {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final long QUIET = Duration.ofSeconds(10).toNanos();

    private final LongSupplier nanos;

    /** Guarded by this. */
    private long quietUntil;

    /** Guarded by this. */
    private long unheard;

    Complaints(LongSupplier nanos) {
        this.nanos = nanos;
        this.quietUntil = nanos.getAsLong();
    }

    /** Tells of a step that failed and is taken again. */
    void about(String what, Throwable thrown) {
        if (!isTime()) {
            return;
        }
        if (thrown instanceof TaskStoreException) {
            LOG.warn("{} failed and is tried again{}: {}", what, others(), thrown.getMessage());
        } else {
            LOG.warn("{} failed and is tried again{}", what, others(), thrown);
        }
    }

    /** Tells of what is given up. */
    void loss(String what) {
        if (isTime()) {
            LOG.warn("{}{}", what, others());
        }
    }

    /** Tells of what is given up because of a failure. */
    void loss(String what, Throwable thrown) {
        if (!isTime()) {
            return;
        }
        if (thrown instanceof TaskStoreException) {
            LOG.warn("{}{}: {}", what, others(), thrown.getMessage());
        } else {
            LOG.warn("{}{}", what, others(), thrown);
        }
    }

    private synchronized boolean isTime() {
        long now = nanos.getAsLong();
        if (now - quietUntil < 0) {
            unheard++;
            return false;
        }
        quietUntil = now + QUIET;
        return true;
    }

    private synchronized String others() {
        long before = unheard;
        unheard = 0;
        return before == 0 ? "" : ", and " + before + " more such things happened before";
    }
}
