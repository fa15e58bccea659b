package io.taskstore.inmemory;

import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.spi.Lease;
import io.taskstore.spi.TaskClaims;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Under which id the worker lives. Its life ends when the storage says so, or when too much time has passed since the last
 * heartbeat for it to be sure; then it registers anew. It is thread-safe; one thread at a time beats.
 */
final class Membership {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration SOON = Duration.ofMillis(1);

    private final TaskClaims claims;
    private final WorkerProfile profile;
    private final LongSupplier nanos;
    private final Consumer<WorkerId> onDeath;

    /** Guarded by this. */
    private @Nullable WorkerId worker;

    /** Registered, and without a heartbeat that was answered; guarded by this. */
    private @Nullable WorkerId unborn;

    /** Until when the worker may be sure to live, if that depends on heartbeats; guarded by this. */
    private Optional<Long> trusted = Optional.empty();

    /** Guarded by this. */
    private boolean closed;

    private volatile Duration sweep = Duration.ofMillis(500);

    Membership(TaskClaims claims, WorkerProfile profile, LongSupplier nanos, Consumer<WorkerId> onDeath) {
        this.claims = claims;
        this.profile = profile;
        this.nanos = nanos;
        this.onDeath = onDeath;
    }

    synchronized Optional<WorkerId> worker() {
        return Optional.ofNullable(worker);
    }

    /** {@return how soon the dead should be looked for again} */
    Duration sweep() {
        return sweep;
    }

    /** {@return how soon the next heartbeat should follow} Registers first, where it has to. */
    Duration beat() {
        if (isClosed()) {
            return sweep;
        }
        WorkerId id = known().orElseGet(this::register);
        long sent = nanos.getAsLong();
        Lease lease = claims.heartbeat(id);
        if (!lease.alive()) {
            die(id, "the storage says so");
            return SOON;
        }
        sweep = lease.sweep();
        lives(id, lease.trust().map(trust -> sent + trust.toNanos()));
        Duration left = lease.next().minusNanos(nanos.getAsLong() - sent);
        return left.compareTo(SOON) < 0 ? SOON : left;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized Optional<WorkerId> known() {
        return Optional.ofNullable(worker == null ? unborn : worker);
    }

    private WorkerId register() {
        WorkerId id = claims.register(profile);
        synchronized (this) {
            unborn = id;
        }
        return id;
    }

    private synchronized void lives(WorkerId id, Optional<Long> until) {
        if (id.equals(unborn)) {
            worker = unborn;
            unborn = null;
        }
        if (id.equals(worker)) {
            trusted = until;
        }
    }

    /** Ends the life of a worker that was not heard of for too long. {@return how long it may still be sure to live} */
    Optional<Duration> check() {
        WorkerId id;
        synchronized (this) {
            if (worker == null || trusted.isEmpty()) {
                return Optional.empty();
            }
            long left = trusted.get() - nanos.getAsLong();
            if (left > 0) {
                return Optional.of(Duration.ofNanos(left));
            }
            id = worker;
        }
        die(id, "it was not heard of by the storage for too long");
        return Optional.empty();
    }

    private void die(WorkerId id, String why) {
        boolean lived;
        synchronized (this) {
            if (id.equals(unborn)) {
                unborn = null;
            }
            lived = id.equals(worker) && !closed;
            if (lived) {
                worker = null;
                trusted = Optional.empty();
            }
        }
        if (lived) {
            LOG.warn("worker {} is not alive any more, because {}; it registers anew", id, why);
            onDeath.accept(id);
        }
    }

    /** Ends its heartbeats. {@return the id under which it lives, to be retired} */
    synchronized Optional<WorkerId> close() {
        closed = true;
        return known();
    }
}
