package io.taskstore.crash;

import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.crash.Event.Kind;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Claimed;
import io.taskstore.spi.Held;
import io.taskstore.spi.Lease;
import io.taskstore.spi.Recovered;
import io.taskstore.spi.Settled;
import io.taskstore.spi.SettledAndClaimed;
import io.taskstore.spi.Settlement;
import io.taskstore.spi.TaskClaims;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes down what a worker wants recorded, and what it is answered. It is thread-safe. */
final class ObservedClaims implements TaskClaims {

    private final TaskClaims claims;
    private final Journal journal;
    private final Points points;

    ObservedClaims(TaskClaims claims, Journal journal, Points points) {
        this.claims = claims;
        this.journal = journal;
        this.points = points;
    }

    /** What the guards of the database refuse should never have been tried. */
    private <R> R watched(Supplier<R> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                String message = String.valueOf(cause.getMessage());
                if (message.contains(Database.REFUSED)) {
                    journal.add(Kind.TROUBLE, message);
                    break;
                }
            }
            throw e;
        }
    }

    @Override
    public WorkerId register(WorkerProfile profile) {
        return watched(() -> claims.register(profile));
    }

    @Override
    public Lease heartbeat(WorkerId worker) {
        return watched(() -> claims.heartbeat(worker));
    }

    @Override
    public List<Recovered> retire(WorkerId worker) {
        return watched(() -> claims.retire(worker));
    }

    @Override
    public Claimed claim(ClaimRequest request) {
        points.reached(Point.BEFORE_CLAIM);
        Claimed claimed = watched(() -> claims.claim(request));
        if (!claimed.tasks().isEmpty()) {
            points.reached(Point.AFTER_CLAIM);
        }
        return claimed;
    }

    @Override
    public Optional<Instant> dueSince(Set<String> types, Set<String> queues) {
        return watched(() -> claims.dueSince(types, queues));
    }

    @Override
    public List<Settled> settle(List<Settlement> settlements) {
        beforeSettling(settlements);
        List<Settled> settled = watched(() -> claims.settle(settlements));
        afterSettling(settlements, settled);
        return settled;
    }

    @Override
    public SettledAndClaimed settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        beforeSettling(settlements);
        SettledAndClaimed both = watched(() -> claims.settleAndClaim(settlements, request));
        afterSettling(settlements, both.settled());
        if (!both.claimed().isEmpty()) {
            points.reached(Point.AFTER_CLAIM);
        }
        return both;
    }

    private void beforeSettling(List<Settlement> settlements) {
        for (Settlement settlement : settlements) {
            add(Kind.DONE_TRY, settlement.claim(), kind(settlement));
        }
        points.reached(Point.BEFORE_SETTLEMENT);
    }

    private static String kind(Settlement settlement) {
        return settlement.getClass().getSimpleName();
    }

    private void afterSettling(List<Settlement> settlements, List<Settled> settled) {
        points.reached(Point.AFTER_SETTLEMENT);
        for (int i = 0; i < settled.size(); i++) {
            Settled one = settled.get(i);
            @Nullable TaskStatus status = one.status().orElse(null);
            if (status == null) {
                add(Kind.LOST, one.claim(), kind(settlements.get(i)));
            } else {
                add(status == TaskStatus.COMPLETED ? Kind.DONE_ACK : Kind.ENDED, one.claim(), status.name());
            }
        }
    }

    private void add(Kind kind, Claim claim, String note) {
        journal.add(kind, claim.taskId(), claim.attempt(), note);
    }

    @Override
    public List<Held> held(WorkerId worker) {
        return watched(() -> claims.held(worker));
    }

    @Override
    public List<Recovered> recover() {
        points.reached(Point.BEFORE_RECOVERY);
        List<Recovered> recovered = watched(claims::recover);
        if (!recovered.isEmpty()) {
            points.reached(Point.AFTER_RECOVERY);
        }
        journal.add(Kind.SWEPT, String.valueOf(recovered.size()));
        return recovered;
    }
}
