package io.taskstore.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The types whose queue at the broker is of no use, for half a minute each: it was made by somebody with other properties, or the
 * rights for it are missing. The broker closes the session in which one is asked for it. It is thread-safe.
 */
final class Aside {

    private static final long TIME = Duration.ofSeconds(30).toNanos();

    /** Why, and until when. */
    private record Reason(String text, long until) {}

    private final LongSupplier nanos;

    /** Guarded by this. */
    private final Map<String, Reason> types = new HashMap<>();

    Aside(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Takes down why a call about the type failed, if that is the type's own fault. */
    synchronized void failed(String type, IOException failure) {
        if (failure.getCause() instanceof ShutdownSignalException signal
                && signal.getReason() instanceof AMQP.Channel.Close close) {
            types.put(type, new Reason(close.getReplyText(), nanos.getAsLong() + TIME));
        }
    }

    synchronized boolean contains(String type) {
        forgetTheOld();
        return types.containsKey(type);
    }

    /** {@return what is wrong with one of them, if there is any} */
    synchronized Optional<String> problem() {
        forgetTheOld();
        return types.entrySet().stream()
                .map(type -> "the queue for the type " + type.getKey() + " cannot be used: "
                        + type.getValue().text())
                .min(String::compareTo);
    }

    private void forgetTheOld() {
        long now = nanos.getAsLong();
        types.values().removeIf(reason -> now - reason.until() >= 0);
    }
}
