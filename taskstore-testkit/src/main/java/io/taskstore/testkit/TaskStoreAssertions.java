package io.taskstore.testkit;

import io.taskstore.StatusHistory;
import io.taskstore.Task;
import org.jspecify.annotations.Nullable;

/**
 * The way to assertions on tasks and histories, in the style of AssertJ and beside its own {@code assertThat}:
 *
 * <pre>{@code
 * assertThat(task).hasStatus(COMPLETED).hasAttempt(2).hasResult(new Receipt("17"));
 * assertThat(history).wentThrough(PENDING, RUNNING, PENDING, RUNNING, COMPLETED);
 * }</pre>
 */
public final class TaskStoreAssertions {

    private TaskStoreAssertions() {}

    /** {@return assertions on the task} */
    public static TaskAssert assertThat(@Nullable Task actual) {
        return new TaskAssert(actual);
    }

    /** {@return assertions on the history, whose messages show it as a timeline} */
    public static StatusHistoryAssert assertThat(@Nullable StatusHistory actual) {
        return new StatusHistoryAssert(actual);
    }
}
