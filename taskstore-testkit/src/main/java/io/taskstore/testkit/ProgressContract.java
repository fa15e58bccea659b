package io.taskstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Progress;
import io.taskstore.Task;
import io.taskstore.spi.Claim;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What becomes of the progress that runs tell. */
abstract class ProgressContract extends RunContract {

    ProgressContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void progressIsKeptAndChangesNothingElse() {
        Task running = running();
        clock.advance(Duration.ofSeconds(1));

        assertThat(progress(running, new Progress(10, "begun"))).isEmpty();
        assertThat(progress(running, HALF)).isEmpty();

        assertStored(running.toBuilder().progress(HALF).build());
        assertThat(history(running.id()).changes()).hasSize(2);
    }

    @Test
    void aRunThatWasAskedToStopMayStillTellItsProgress() {
        Task running = running();
        cancel(running);

        assertThat(progress(running, HALF)).isEmpty();
        assertThat(read(running.id()).progress()).contains(HALF);
    }

    @Test
    void progressOfALostClaimIsNamedAndKeepsNoneOfTheOthersFromBeingStored() {
        Task one = running();
        Task other = running();
        Task crashed = running();
        Claim unknown = new Claim(UUID.randomUUID(), worker(), 1);
        crash(crashed);

        Set<Claim> lost = storage()
                .runLog()
                .progress(Map.of(Claim.of(one), HALF, Claim.of(crashed), HALF, unknown, HALF, Claim.of(other), HALF));

        assertThat(lost).containsExactlyInAnyOrder(Claim.of(crashed), unknown);
        assertThat(read(one.id()).progress()).contains(HALF);
        assertThat(read(other.id()).progress()).contains(HALF);
        assertThat(read(crashed.id()).progress()).isEmpty();
    }

    @Test
    void progressOfAnotherWorkerIsLost() {
        Task running = running();

        assertProgressLost(new Claim(running.id(), worker(), 1));
    }

    @Test
    void progressOfAnotherAttemptIsLost() {
        Task first = running();
        settle(released(first));
        claim(workerOf(first), first);

        assertProgressLost(Claim.of(first));
    }

    @Test
    void progressOfARunThatEndedIsLost() {
        for (int end = 0; end < 6; end++) {
            Task running = running();
            settle(everyEnd(Claim.of(running)).get(end));

            assertProgressLost(Claim.of(running));
        }
    }

    @Test
    void progressOfAZombieIsLost() {
        Task running = running();
        crash(running);

        assertProgressLost(Claim.of(running));
        claim(worker(), running);
        assertProgressLost(Claim.of(running));
    }

    @Test
    void progressOfATaskThatTheHostDrivesIsLost() {
        assertProgressLost(new Claim(drivenByTheHost().id(), worker(), 1));
    }

    private void assertProgressLost(Claim claim) {
        assertUnchangedBy(
                read(claim.taskId()),
                () -> assertThat(storage().runLog().progress(Map.of(claim, new Progress(99, "late"))))
                        .containsExactly(claim));
    }
}
