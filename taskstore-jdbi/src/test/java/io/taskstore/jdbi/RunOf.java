package io.taskstore.jdbi;

import io.taskstore.LogLevel;
import io.taskstore.Task;
import io.taskstore.TaskRun;

/**
 * The run of a task, as far as the storage looks at it.
 *
 * @param task the task
 */
record RunOf(Task task) implements TaskRun {

    @Override
    public boolean shouldStop() {
        return false;
    }

    @Override
    public void progress(int percent, String text) {}

    @Override
    public void log(LogLevel level, String message) {}

    @Override
    public Task taskOf(String step) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <R> R resultOf(String step, Class<R> type) {
        throw new UnsupportedOperationException();
    }
}
