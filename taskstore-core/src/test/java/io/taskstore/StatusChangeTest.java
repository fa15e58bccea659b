package io.taskstore;

import static io.taskstore.Samples.NINE;
import static io.taskstore.Samples.submitted;
import static io.taskstore.Samples.then;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class StatusChangeTest {

    @Test
    void onlyLegalMovesAreChanges() {
        for (TaskStatus from : TaskStatus.values()) {
            for (TaskStatus to : TaskStatus.values()) {
                if (from.canBecome(to)) {
                    assertThat(change(Optional.of(from), to).to()).isEqualTo(to);
                } else {
                    assertThatExceptionOfType(InvalidInputException.class)
                            .isThrownBy(() -> change(Optional.of(from), to))
                            .withMessage(
                                    "StatusChange.to must be a status that may follow " + from + ", but was " + to);
                }
            }
        }
    }

    @Test
    void aLifeBeginsPendingOrWaiting() {
        assertThat(change(Optional.empty(), TaskStatus.WAITING).from()).isEmpty();
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> change(Optional.empty(), TaskStatus.RUNNING))
                .withMessage("StatusChange.to must be a status that may follow nothing, but was RUNNING");
    }

    @Test
    void aRunIsOpenedByAChangeToRunningAndClosedByOneAwayFromIt() {
        StatusChange claimed = then(submitted(), TaskStatus.RUNNING, Duration.ZERO);
        StatusChange completed = then(claimed, TaskStatus.COMPLETED, Duration.ZERO);

        assertThat(submitted().opensRun()).isFalse();
        assertThat(submitted().closesRun()).isFalse();
        assertThat(claimed.opensRun()).isTrue();
        assertThat(claimed.closesRun()).isFalse();
        assertThat(completed.opensRun()).isFalse();
        assertThat(completed.closesRun()).isTrue();
    }

    @Test
    void timesAreKeptToTheMicrosecond() {
        StatusChange change = new StatusChange(
                1,
                Optional.empty(),
                TaskStatus.PENDING,
                NINE.plusNanos(1_999),
                Optional.empty(),
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.of(Duration.ofNanos(1_999)));

        assertThat(change.at()).isEqualTo(NINE.plusNanos(1_000));
        assertThat(change.ran()).contains(Duration.ofNanos(1_000));
    }

    private static StatusChange change(Optional<TaskStatus> from, TaskStatus to) {
        return new StatusChange(
                1, from, to, NINE, Optional.empty(), 1, Optional.empty(), Optional.empty(), Optional.empty());
    }
}
