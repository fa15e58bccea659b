package io.taskstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OutcomeTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void eachWordMakesItsOutcome() {
        assertThat(Outcome.completed()).isEqualTo(new Outcome.Completed(Optional.empty()));
        assertThat(Outcome.completed(17)).isEqualTo(new Outcome.Completed(Optional.of(17)));
        assertThat(Outcome.retry("busy")).isEqualTo(new Outcome.Retry(Optional.empty(), "busy"));
        assertThat(Outcome.retryIn(SECOND, "busy")).isEqualTo(new Outcome.Retry(Optional.of(SECOND), "busy"));
        assertThat(Outcome.snooze(SECOND)).isEqualTo(new Outcome.Snoozed(SECOND));
        assertThat(Outcome.failed("DECLINED", "no money"))
                .isEqualTo(new Outcome.Failed(new TaskError("DECLINED", "no money")));
        assertThat(Outcome.cancelled("not wanted")).isEqualTo(new Outcome.Cancelled("not wanted"));
    }

    @Test
    void itsStringShowsNoResult() {
        assertThat(Outcome.completed("s3cr3t")).hasToString("Completed[result given]");
        assertThat(Outcome.completed()).hasToString("Completed[result none]");
    }

    @Test
    void theReasonOfARetryIsCleanedAndCutLikeTheMessageOfAnException() {
        Outcome.Retry retry = new Outcome.Retry(Optional.empty(), "\u0000" + "x".repeat(2_000));

        assertThat(retry.reason()).hasSize(2_000).startsWith("\ufffdx").endsWith("x…");
    }

    @Test
    void aPoorReasonTurnsNoOutcomeRound() {
        assertThat(Outcome.retry(null)).isEqualTo(Outcome.retry("no reason was given"));
        assertThat(Outcome.retryIn(Duration.ZERO, " ")).isEqualTo(Outcome.retryIn(Duration.ZERO, null));
        assertThat(Outcome.cancelled(null)).isEqualTo(new Outcome.Cancelled("no reason was given"));
        assertThat(Outcome.cancelled("x".repeat(3_000))).isEqualTo(new Outcome.Cancelled("x".repeat(1_999) + "…"));
        assertThat(Outcome.failed("BAD", null)).isEqualTo(new Outcome.Failed(new TaskError("BAD", "")));
    }

    @Test
    void delaysAreKeptToTheMicrosecond() {
        assertThat(Outcome.snooze(Duration.ofNanos(1_999))).isEqualTo(Outcome.snooze(Duration.ofNanos(1_000)));
        assertThat(Outcome.retryIn(Duration.ofNanos(1_999), "x"))
                .isEqualTo(Outcome.retryIn(Duration.ofNanos(1_000), "x"));
    }
}
