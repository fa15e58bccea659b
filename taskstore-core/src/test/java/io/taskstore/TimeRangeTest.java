package io.taskstore;

import static io.taskstore.Samples.NINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class TimeRangeTest {

    private static final Instant TEN = NINE.plusSeconds(3_600);

    @Test
    void itsStartIsWithinAndItsEndIsWithout() {
        TimeRange range = TimeRange.between(NINE, TEN);

        assertThat(range.contains(NINE.minusNanos(1))).isFalse();
        assertThat(range.contains(NINE)).isTrue();
        assertThat(range.contains(TEN.minusNanos(1))).isTrue();
        assertThat(range.contains(TEN)).isFalse();
    }

    @Test
    void anOpenEndHasNoLimit() {
        assertThat(TimeRange.since(NINE).contains(Instant.MAX)).isTrue();
        assertThat(TimeRange.since(NINE).contains(NINE.minusNanos(1))).isFalse();
        assertThat(TimeRange.before(NINE).contains(Instant.MIN)).isTrue();
        assertThat(TimeRange.before(NINE).contains(NINE)).isFalse();
        assertThat(TimeRange.always().contains(Instant.MIN)).isTrue();
        assertThat(TimeRange.always().contains(Instant.MAX)).isTrue();
    }

    @Test
    void rangesThatFollowEachOtherShareNoInstant() {
        assertThat(TimeRange.before(NINE).contains(NINE))
                .isNotEqualTo(TimeRange.since(NINE).contains(NINE));
    }

    @Test
    void aRangeThatEndsWhereItBeginsIsEmpty() {
        assertThat(TimeRange.between(NINE, NINE).contains(NINE)).isFalse();
    }

    @Test
    void aRangeThatEndsBeforeItBeginsIsRefused() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> TimeRange.between(TEN, NINE))
                .withMessage("TimeRange.from must be not after 2026-03-02T09:00:00Z, but was 2026-03-02T10:00:00Z");
    }

    @Test
    void itsStringShowsWhichEndIsOpen() {
        assertThat(TimeRange.always()).hasToString("[…, …)");
        assertThat(TimeRange.since(NINE)).hasToString("[2026-03-02T09:00:00Z, …)");
    }
}
