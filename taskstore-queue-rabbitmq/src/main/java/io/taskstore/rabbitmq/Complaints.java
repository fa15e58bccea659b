package io.taskstore.rabbitmq;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down what goes wrong between this process and the broker, at most one line in ten seconds. It is thread-safe. */
final class Complaints {

    private static final Logger LOG = LoggerFactory.getLogger(RabbitTaskQueue.class);
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

    void about(String what) {
        String line = line(what);
        if (!line.isEmpty()) {
            LOG.warn("{}", line);
        }
    }

    private synchronized String line(String what) {
        long now = nanos.getAsLong();
        if (now - quietUntil < 0) {
            unheard++;
            return "";
        }
        quietUntil = now + QUIET;
        String others = unheard == 0 ? "" : ", and " + unheard + " more such things happened before";
        unheard = 0;
        return what + others;
    }
}
