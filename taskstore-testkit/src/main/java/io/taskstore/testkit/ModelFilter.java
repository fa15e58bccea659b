package io.taskstore.testkit;

import io.taskstore.TaskFilter;
import java.util.function.UnaryOperator;

/**
 * A filter with its conditions in words, all of them.
 *
 * @param filter the filter
 * @param words the conditions; empty for none
 */
record ModelFilter(TaskFilter filter, String words) {

    static final ModelFilter ALL = new ModelFilter(TaskFilter.all(), "");

    /** {@return this filter with one more condition} */
    ModelFilter and(String words, UnaryOperator<TaskFilter> condition) {
        String longer = this.words.isEmpty() ? words : this.words + " and " + words;
        return new ModelFilter(condition.apply(filter), longer);
    }

    @Override
    public String toString() {
        return words.isEmpty() ? "all tasks" : "tasks with " + words;
    }
}
