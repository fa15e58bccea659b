package io.taskstore.testkit;

import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
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

/** Does what other claims do; made to be overridden. */
class ForwardingClaims implements TaskClaims {

    private final TaskClaims right;

    ForwardingClaims(TaskClaims right) {
        this.right = right;
    }

    @Override
    public WorkerId register(WorkerProfile profile) {
        return right.register(profile);
    }

    @Override
    public Lease heartbeat(WorkerId worker) {
        return right.heartbeat(worker);
    }

    @Override
    public List<Recovered> retire(WorkerId worker) {
        return right.retire(worker);
    }

    @Override
    public Claimed claim(ClaimRequest request) {
        return right.claim(request);
    }

    @Override
    public Optional<Instant> dueSince(Set<String> types, Set<String> queues) {
        return right.dueSince(types, queues);
    }

    @Override
    public List<Settled> settle(List<Settlement> settlements) {
        return right.settle(settlements);
    }

    @Override
    public SettledAndClaimed settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        return right.settleAndClaim(settlements, request);
    }

    @Override
    public List<Held> held(WorkerId worker) {
        return right.held(worker);
    }

    @Override
    public List<Recovered> recover() {
        return right.recover();
    }
}
