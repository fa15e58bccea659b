package io.taskstore;

import static io.taskstore.Health.Level.DEGRADED;
import static io.taskstore.Health.Level.DOWN;
import static io.taskstore.Health.Level.UP;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class HealthTest {

    @Test
    void theWholeIsAsWellAsTheWorstOfItsParts() {
        assertThat(whole(UP, UP).level()).isEqualTo(UP);
        assertThat(whole(UP, DEGRADED, UP).level()).isEqualTo(DEGRADED);
        assertThat(whole(DOWN, DEGRADED, UP).level()).isEqualTo(DOWN);
        assertThat(whole().level()).isEqualTo(UP);
    }

    @Test
    void theWholeNamesItsPartsInTheirOrder() {
        Health storage = Health.of("storage", UP, "");
        Health queue = Health.of("queue", DOWN, "closed");

        assertThat(Health.of("taskstore", storage, queue).parts()).containsExactly(storage, queue);
    }

    @Test
    void whatHadToBeAskedTellsHowLongItTook() {
        Health asked = Health.of("storage", DOWN, "gone").within(Duration.ofMillis(3));

        assertThat(asked.latency()).contains(Duration.ofMillis(3));
        assertThat(asked.level()).isEqualTo(DOWN);
        assertThat(asked.detail()).isEqualTo("gone");
        assertThat(Health.of("whole", asked).latency()).isEmpty();
        assertThat(Health.of("whole", asked).parts()).containsExactly(asked);
    }

    @Test
    void whatIsDegradedWorksStill() {
        assertThat(Health.of("queue", UP, "").works()).isTrue();
        assertThat(Health.of("queue", DEGRADED, "").works()).isTrue();
        assertThat(Health.of("queue", DOWN, "").works()).isFalse();
    }

    @Test
    void aDetailFromElsewhereIsCleanedAndCut() {
        assertThat(Health.of("storage", DOWN, "a\u0000b").detail()).isEqualTo("a\ufffdb");
        assertThat(Health.of("storage", DOWN, "x".repeat(1_001)).detail())
                .hasSize(1_000)
                .endsWith("…");
    }

    private static Health whole(Health.Level... levels) {
        return Health.of(
                "taskstore",
                Arrays.stream(levels).map(level -> Health.of("part", level, "")).toArray(Health[]::new));
    }
}
