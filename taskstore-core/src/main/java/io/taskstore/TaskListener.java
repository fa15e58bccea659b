package io.taskstore;

/**
 * A host's code that hears what happens to the runs of a worker. It is told of every event of every run, an end always
 * after its commit and before the start of the next run of the task in the same worker, unless the answer to
 * that commit was lost, on a thread that serves nothing else; one that throws is logged and told of the next event all the same. One
 * that falls 10,000 events behind misses some, which is logged.
 */
@FunctionalInterface
public interface TaskListener {

    /** Takes note of the event. */
    void on(TaskEvent event);
}
