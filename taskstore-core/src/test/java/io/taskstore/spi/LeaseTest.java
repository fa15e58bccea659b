package io.taskstore.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.taskstore.InvalidInputException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LeaseTest {

    @Test
    void theNextHeartbeatIsNeverAtOnce() {
        assertThat(new Lease(true, Duration.ofNanos(1), Optional.empty(), Duration.ofSeconds(1)).alive())
                .isTrue();
        for (Duration next : new Duration[] {Duration.ZERO, Duration.ofSeconds(-1)}) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> new Lease(true, next, Optional.empty(), Duration.ofSeconds(1)))
                    .withMessage("Lease.next must be longer than zero, but was " + next);
        }
    }
}
