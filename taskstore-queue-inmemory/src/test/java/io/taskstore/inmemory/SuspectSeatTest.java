package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may run a task that crashed a process before. */
final class SuspectSeatTest {

    private final SuspectSeat seat = new SuspectSeat();
    private final List<String> told = new ArrayList<>();

    private boolean take(Runnable whenFree) {
        return seat.take(whenFree);
    }

    @Test
    void oneHasItAtATime() {
        assertThat(take(() -> {})).isTrue();
        assertThat(take(() -> {})).isFalse();
        seat.free();
        assertThat(seat.isFree()).isTrue();
        assertThat(take(() -> {})).isTrue();
        assertThat(seat.isFree()).isFalse();
    }

    @Test
    void whoWantedItWhileItWasTakenIsToldOnceWhenItIsFree() {
        Runnable other = () -> told.add("other");
        assertThat(take(() -> told.add("first"))).isTrue();
        assertThat(take(other)).isFalse();
        assertThat(take(other)).isFalse();
        assertThat(told).isEmpty();
        seat.free();
        assertThat(told).containsExactly("other");
        assertThat(take(other)).isTrue();
        seat.free();
        assertThat(told).hasSize(1);
    }

    @Test
    void whoIsToldMayTakeItAtOnce() {
        assertThat(take(() -> {})).isTrue();
        assertThat(take(() -> told.add("it has it: " + take(() -> {})))).isFalse();
        seat.free();
        assertThat(told).containsExactly("it has it: true");
        assertThat(seat.isFree()).isFalse();
    }
}
