package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Task;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many tasks are claimed ahead of their threads. */
final class PaceTest {

    private static final List<Task> SMALL = List.of(task(10));

    @Test
    void nothingIsClaimedAheadBeforeAnythingIsKnown() {
        Pace pace = new Pace(8);
        assertThat(pace.ahead()).isZero();
        pace.claimed(millis(2), SMALL);
        assertThat(pace.ahead()).isZero();
    }

    @ParameterizedTest(name = "{0} threads, handlers of {1} ms, claims of {2} ms")
    @CsvSource({
        // as many as start within a claim
        "8, 1, 2, 16",
        "8, 2, 2, 8",
        "2, 5, 2, 1",
        "8, 10, 2, 2",
        // a part of a task is one
        "1, 5, 2, 1",
        "1, 19, 2, 1",
        // never more than fits
        "32, 1, 100, 2048",
        // a thread may as well wait
        "8, 20, 2, 0",
        "64, 1000, 2, 0"
    })
    void asManyAreClaimedAheadAsStartWithinAClaim(int threads, int run, int claim, int ahead) {
        Pace pace = new Pace(threads);
        pace.claimed(millis(claim), SMALL);
        pace.ran(millis(run));
        assertThat(pace.ahead()).isEqualTo(ahead);
    }

    @Test
    void afterAHandlerThatHungNothingIsClaimedAheadUntilRunsAreShortAgain() {
        Pace pace = new Pace(8);
        pace.claimed(millis(2), SMALL);
        pace.ran(millis(1));
        pace.slow();
        assertThat(pace.ahead()).isZero();
        pace.ran(millis(1));
        assertThat(pace.ahead()).isPositive();
    }

    @Test
    void ofTasksWithLongPayloadsNoMoreIsClaimedAheadThanThereIsRoomFor() {
        Pace pace = new Pace(32);
        pace.ran(millis(1));
        pace.claimed(millis(100), List.of(task(1_000_000), task(3_000_000)));
        assertThat(pace.ahead()).isEqualTo(8);
        pace.claimed(millis(100), List.of(task(20_000_000)));
        assertThat(pace.ahead()).isZero();
        pace.claimed(millis(100), SMALL);
        assertThat(pace.ahead()).isEqualTo(2_048);
    }

    /** {@return a task with so many characters of payload} */
    private static Task task(int characters) {
        return RunsOperations.run(1, "default", new RunsOperations.Nobody()).task().toBuilder()
                .payload("\"" + "x".repeat(characters - 2) + "\"")
                .build();
    }

    private static long millis(int millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}
