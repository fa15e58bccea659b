package io.taskstore.inmemory;

import io.taskstore.TaskQueue;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Held;
import io.taskstore.spi.Recovered;
import io.taskstore.spi.Settlement;
import io.taskstore.spi.TaskClaims;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after what nobody else would: the tasks of dead workers, claims of this worker that it knows nothing of because a reply
 * was lost, and requests to cancel. One thread sweeps.
 */
final class Sweeper {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration AGAIN = Duration.ofMillis(50);
    /** How long a task may be claimed before it is started; then others may have it. */
    private static final Duration LONGEST_READY = Duration.ofSeconds(1);

    private static final String UNKNOWN = "its worker does not know of it: the answer to the claim was lost";

    private final TaskClaims claims;
    private final TaskQueue queue;
    private final Membership membership;
    private final Runs runs;
    private final Hands hands;

    private Optional<Long> nextRecovery = Optional.empty();
    private Optional<Long> nextComparison = Optional.empty();
    private Set<Claim> unknown = Set.of();
    private Rounds unknownSince = new Rounds(0, 0);

    /** How often those that claim have begun anew: the loop to wait for news, the settler to record. */
    record Rounds(long loop, long settler) {

        boolean areAfter(Rounds others) {
            return loop > others.loop && settler > others.settler;
        }
    }

    /** What the sweeper cannot do itself. */
    interface Hands {

        /** {@return how often those that claim have begun anew} What they had before is known to the runs by then. */
        Rounds rounds();

        /** Has the settler begin anew. */
        void settle();

        /** Tells a run that somebody wants its task cancelled. */
        void cancel(Run run);

        /** Gives back what is ready since then and was not started. */
        void withdrawOverdue(long readySince);

        /** Tells of tasks that dead workers had, and that are to be looked for. */
        void recovered(int tasks);

        /** Has due tasks looked for. */
        void look();
    }

    Sweeper(TaskClaims claims, TaskQueue queue, Membership membership, Runs runs, Hands hands) {
        this.claims = claims;
        this.queue = queue;
        this.membership = membership;
        this.runs = runs;
        this.hands = hands;
    }

    /** A step of the sweeping thread. */
    Duration sweep(LongSupplier nanos, Duration poll) {
        long now = nanos.getAsLong();
        boolean doubts = false;
        try {
            if (isTimeFor(nextRecovery, now)) {
                recover();
                nextRecovery =
                        Optional.of(nanos.getAsLong() + membership.sweep().toNanos());
            }
        } finally {
            hands.withdrawOverdue(nanos.getAsLong() - LONGEST_READY.toNanos());
            // while nothing runs here there is nothing to cancel, and a claim whose answer was lost is as good as one
            // that is due
            if (!runs.isEmpty() || !unknown.isEmpty() || isTimeFor(nextComparison, now)) {
                doubts = membership.worker().map(this::compare).orElse(false);
                nextComparison = Optional.of(now + poll.toNanos());
            }
        }
        long untilRecovery = nextRecovery.map(at -> at - nanos.getAsLong()).orElse(0L);
        long left = Math.min(poll.toNanos(), untilRecovery);
        return doubts ? AGAIN : Duration.ofNanos(Math.max(1, left));
    }

    private static boolean isTimeFor(Optional<Long> at, long now) {
        return at.isEmpty() || now - at.get() >= 0;
    }

    void recover() {
        List<Recovered> recovered = claims.recover();
        if (!recovered.isEmpty()) {
            LOG.info("{} tasks of workers that are not alive any more were taken from them", recovered.size());
            hands.recovered(recovered.size());
        }
    }

    /**
     * Compares the claims that the storage knows with the runs here. What is being handed over or claimed at this moment is
     * unknown for a moment too; it is given back only if it is still unknown after those that claim have begun another round.
     *
     * @return whether there are claims that may have to be given back
     */
    private boolean compare(WorkerId worker) {
        List<Held> held = claims.held(worker);
        Set<UUID> reserved = queue.reserved(worker);
        Rounds rounds = hands.rounds();
        Set<Claim> strange = new HashSet<>();
        for (Held one : held) {
            if (!runs.isKnown(one.claim()) && !reserved.contains(one.claim().taskId())) {
                strange.add(one.claim());
            } else if (one.cancelRequested()) {
                runs.of(one.claim()).ifPresent(hands::cancel);
            }
        }
        if (!membership.worker().equals(Optional.of(worker))) {
            // it died meanwhile, and what ran was lost: that is nothing to be given back
            return false;
        }
        if (rounds.areAfter(unknownSince)) {
            giveBack(strange);
            strange.removeAll(unknown);
            unknownSince = rounds;
            unknown = strange;
        }
        if (!unknown.isEmpty()) {
            queue.nudge(worker);
            hands.settle();
        }
        return !unknown.isEmpty();
    }

    private void giveBack(Set<Claim> strange) {
        List<Settlement> back = new ArrayList<>();
        for (Claim claim : strange) {
            if (unknown.contains(claim)) {
                back.add(new Settlement.Released(claim, Optional.empty(), UNKNOWN));
            }
        }
        if (!back.isEmpty()) {
            claims.settle(back);
            LOG.info("{} claims whose answers were lost were given back", back.size());
            hands.look();
        }
    }
}
