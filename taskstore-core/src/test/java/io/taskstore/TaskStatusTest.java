package io.taskstore;

import static io.taskstore.TaskStatus.CANCELLED;
import static io.taskstore.TaskStatus.COMPLETED;
import static io.taskstore.TaskStatus.FAILED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static io.taskstore.TaskStatus.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TaskStatusTest {

    private static final Map<TaskStatus, Set<TaskStatus>> LEGAL = Map.of(
            WAITING, Set.of(PENDING, CANCELLED),
            PENDING, Set.of(RUNNING, CANCELLED),
            RUNNING, Set.of(PENDING, COMPLETED, FAILED, CANCELLED),
            COMPLETED, Set.of(),
            FAILED, Set.of(PENDING, WAITING),
            CANCELLED, Set.of(PENDING, WAITING));

    @ParameterizedTest
    @EnumSource
    void eachStatusMovesWhereTheTableSaysAndNowhereElse(TaskStatus from) {
        assertThat(from.successors()).isEqualTo(LEGAL.get(from));
        for (TaskStatus to : TaskStatus.values()) {
            assertThat(from.canBecome(to))
                    .as("%s → %s", from, to)
                    .isEqualTo(LEGAL.get(from).contains(to));
        }
    }

    @Test
    void aTaskBeginsPendingOrWaiting() {
        assertThat(TaskStatus.values()).filteredOn(TaskStatus::canBeFirst).containsExactly(WAITING, PENDING);
    }

    @Test
    void threeStatusesAreTerminal() {
        assertThat(TaskStatus.values())
                .filteredOn(TaskStatus::isTerminal)
                .containsExactly(COMPLETED, FAILED, CANCELLED);
    }

    @Test
    void whoChangesTheAnswerDoesNotChangeTheRules() {
        COMPLETED.successors().add(PENDING);

        assertThat(COMPLETED.successors()).isEmpty();
    }
}
