package io.taskstore.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.taskstore.InvalidInputException;
import io.taskstore.TaskError;
import io.taskstore.WorkerId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class SettlementTest {

    private static final Claim CLAIM = new Claim(new UUID(0, 1), new WorkerId(new UUID(0, 2)), 3);
    private static final Optional<Duration> RAN = Optional.of(Duration.ofSeconds(1));
    private static final TaskError ERROR = new TaskError("KIND", "message");

    @Test
    void everyKindTellsItsClaimAndHowLongTheHandlerRan() {
        List<Settlement> kinds = List.of(
                new Settlement.Completed(CLAIM, RAN, Optional.empty()),
                new Settlement.Retried(CLAIM, RAN, ERROR, Duration.ZERO),
                new Settlement.Snoozed(CLAIM, RAN, Duration.ZERO),
                new Settlement.Failed(CLAIM, RAN, ERROR),
                new Settlement.Cancelled(CLAIM, RAN, "not wanted"),
                new Settlement.Released(CLAIM, RAN, "closed"));

        assertThat(kinds)
                .hasSize(Settlement.class.getPermittedSubclasses().length)
                .allSatisfy(kind -> {
                    assertThat(kind.claim()).isEqualTo(CLAIM);
                    assertThat(kind.ran()).isEqualTo(RAN);
                });
    }

    @Test
    void itsStringShowsNoResult() {
        assertThat(new Settlement.Completed(CLAIM, RAN, Optional.of("\"s3cr3t\"")))
                .asString()
                .startsWith("Completed[claim=Claim[")
                .doesNotContain("s3cr3t");
    }

    @Test
    void aDurationBelowZeroIsRefused() {
        Duration negative = Duration.ofSeconds(-1);

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new Settlement.Failed(CLAIM, Optional.of(negative), ERROR))
                .withMessage("Settlement.ran must be a duration from PT0S to 3660 days, but was PT-1S");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new Settlement.Retried(CLAIM, RAN, ERROR, negative))
                .withMessage("Retried.delay must be zero or longer, but was PT-1S");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new Settlement.Snoozed(CLAIM, RAN, negative))
                .withMessage("Snoozed.delay must be zero or longer, but was PT-1S");
    }
}
