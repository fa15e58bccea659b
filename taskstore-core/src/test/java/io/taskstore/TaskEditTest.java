package io.taskstore;

import static io.taskstore.Samples.NINE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TaskEditTest {

    private static final TaskEdit NOTHING = TaskEdit.nothing();
    private static final List<TaskEdit> FOR_PEOPLE =
            List.of(NOTHING, NOTHING.title("x"), NOTHING.description("x"), NOTHING.metadata(Metadata.empty()));
    private static final List<TaskEdit> HOW_IT_RUNS = List.of(
            NOTHING.queue("x"),
            NOTHING.priority(0),
            NOTHING.runAt(NINE),
            NOTHING.timeout(Duration.ofSeconds(1)),
            NOTHING.maxFailures(1),
            NOTHING.payload("1"));

    @ParameterizedTest
    @EnumSource
    void whatIsForPeopleMayChangeInAnyStatus(TaskStatus status) {
        assertThat(FOR_PEOPLE).allMatch(edit -> edit.isAllowedIn(status));
    }

    @ParameterizedTest
    @EnumSource
    void howATaskRunsMayNotChangeWhileItRunsOrOnceItIsDone(TaskStatus status) {
        boolean fixed = status == TaskStatus.RUNNING || status == TaskStatus.COMPLETED;

        assertThat(HOW_IT_RUNS).allMatch(edit -> edit.isAllowedIn(status) != fixed);
        assertThat(HOW_IT_RUNS).allMatch(edit -> edit.title("x").isAllowedIn(status) != fixed);
    }

    @Test
    void whatIsNotNamedStays() {
        assertThat(NOTHING.title()).isEmpty();
        assertThat(NOTHING.description()).isEmpty();
        assertThat(NOTHING.metadata()).isEmpty();
        assertThat(NOTHING.queue()).isEmpty();
        assertThat(NOTHING.priority()).isEmpty();
        assertThat(NOTHING.runAt()).isEmpty();
        assertThat(NOTHING.timeout()).isEmpty();
        assertThat(NOTHING.maxFailures()).isEmpty();
        assertThat(NOTHING.payload()).isEmpty();
    }

    @Test
    void eachValueIsReadAsItWasGivenAndKeptByTheNextOne() {
        Metadata metadata = Metadata.empty().with("tenant", "acme");
        TaskEdit edit = NOTHING.title("t")
                .description("d")
                .metadata(metadata)
                .queue("q")
                .priority(-5)
                .runAt(NINE)
                .timeout(Duration.ofSeconds(1))
                .maxFailures(3)
                .payload("[1]");

        assertThat(edit.title()).contains("t");
        assertThat(edit.description()).contains("d");
        assertThat(edit.metadata()).contains(metadata);
        assertThat(edit.queue()).contains("q");
        assertThat(edit.priority()).hasValue(-5);
        assertThat(edit.runAt()).contains(NINE);
        assertThat(edit.timeout()).contains(Duration.ofSeconds(1));
        assertThat(edit.maxFailures()).hasValue(3);
        assertThat(edit.payload()).contains("[1]");
        assertThat(edit.payload("2").title("other").title()).contains("other");
        assertThat(edit.payload()).as("the original").contains("[1]");
    }
}
