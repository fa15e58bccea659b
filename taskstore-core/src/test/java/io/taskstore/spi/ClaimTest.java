package io.taskstore.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.taskstore.InvalidInputException;
import io.taskstore.Task;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class ClaimTest {

    private static final UUID ID = new UUID(0, 1);
    private static final WorkerId WORKER = new WorkerId(new UUID(0, 2));

    private final Task.Builder running = Task.builder()
            .id(ID)
            .type("mail")
            .payload("1")
            .status(TaskStatus.RUNNING)
            .attempt(3)
            .createdAt(Instant.EPOCH)
            .updatedAt(Instant.EPOCH);

    @Test
    void theClaimOfATaskIsThatOfItsWorkerInItsAttempt() {
        assertThat(Claim.of(running.worker(WORKER).build())).isEqualTo(new Claim(ID, WORKER, 3));
    }

    @Test
    void aTaskThatTheHostDrivesIsClaimedByNobody() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Claim.of(running.build()))
                .withMessage("task.worker must be a worker that holds the task, but was \"none\"");
    }

    @Test
    void aClaimOpensAnAttempt() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new Claim(ID, WORKER, 0))
                .withMessage("Claim.attempt must be at least 1, but was 0");
    }

    @Test
    void aSettlementWithoutAStatusIsLost() {
        Claim claim = new Claim(ID, WORKER, 3);

        assertThat(new Settled(claim, Optional.empty()).isLost()).isTrue();
        assertThat(new Settled(claim, Optional.of(TaskStatus.COMPLETED)).isLost())
                .isFalse();
    }
}
