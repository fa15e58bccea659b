package io.taskstore.testkit;

import io.taskstore.NewTask;
import io.taskstore.TaskDraft;

/**
 * A task as it was drawn.
 *
 * @param number stands for its id
 * @param draft what is asked for
 * @param words what is not as usual about it
 */
record ModelTask(int number, TaskDraft draft, String words) {

    static ModelTask of(int number, NewTask task, String payload, String words) {
        return new ModelTask(number, new TaskDraft(ModelIds.task(number), task, payload), words);
    }

    NewTask task() {
        return draft.task();
    }

    String payload() {
        return draft.payload();
    }

    @Override
    public String toString() {
        return "task " + number + (words.isEmpty() ? "" : " (" + words + ")");
    }
}
