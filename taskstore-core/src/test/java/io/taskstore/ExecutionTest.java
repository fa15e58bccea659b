package io.taskstore;

import static io.taskstore.Samples.ID;
import static io.taskstore.Samples.NINE;
import static io.taskstore.Samples.WORKER;
import static io.taskstore.Samples.by;
import static io.taskstore.Samples.failed;
import static io.taskstore.Samples.ran;
import static io.taskstore.Samples.submitted;
import static io.taskstore.Samples.then;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ExecutionTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final StatusChange submitted = submitted();
    private final StatusChange opened = by(then(submitted, TaskStatus.RUNNING, SECOND), WORKER);
    private final StatusChange closed = by(then(opened, TaskStatus.PENDING, SECOND), WORKER);

    @Test
    void aRunTellsWhoRanItWhenAndHowItEnded() {
        TaskError error = new TaskError("java.io.IOException", "broken pipe");
        Execution run = new Execution(ID, opened, Optional.of(failed(closed, error)));

        assertThat(run.attempt()).isEqualTo(1);
        assertThat(run.worker()).contains(WORKER);
        assertThat(run.startedAt()).isEqualTo(NINE.plusSeconds(1));
        assertThat(run.endedAt()).contains(NINE.plusSeconds(2));
        assertThat(run.endedAs()).contains(TaskStatus.PENDING);
        assertThat(run.error()).contains(error);
        assertThat(run.duration()).contains(SECOND);
    }

    @Test
    void aRunThatGoesOnHasNoEnd() {
        Execution run = new Execution(ID, opened, Optional.empty());

        assertThat(run.endedAt()).isEmpty();
        assertThat(run.endedAs()).isEmpty();
        assertThat(run.error()).isEmpty();
        assertThat(run.duration()).isEmpty();
    }

    @Test
    void theTimeInTheHandlerIsPreferredOverTheTimeBetweenTheChanges() {
        Execution run = new Execution(ID, opened, Optional.of(ran(closed, Duration.ofMillis(812))));

        assertThat(run.duration()).contains(Duration.ofMillis(812));
    }

    @Test
    void aClockThatWasSetBackMakesARunOfNoTime() {
        StatusChange earlier = then(opened, TaskStatus.COMPLETED, SECOND.negated());

        assertThat(new Execution(ID, opened, Optional.of(earlier)).duration()).contains(Duration.ZERO);
    }

    @Test
    void onlyAChangeToRunningOpensARun() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new Execution(ID, submitted, Optional.empty()))
                .withMessage("Execution.opened must be a change to RUNNING, but was PENDING");
    }

    @Test
    void onlyAChangeFromRunningOfTheSameAttemptClosesARun() {
        StatusChange again = then(closed, TaskStatus.RUNNING, SECOND);

        for (StatusChange wrong : new StatusChange[] {submitted, again, then(again, TaskStatus.COMPLETED, SECOND)}) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> new Execution(ID, opened, Optional.of(wrong)))
                    .withMessageStartingWith("Execution.closed must be a change from RUNNING of attempt 1, but was ");
        }
    }
}
