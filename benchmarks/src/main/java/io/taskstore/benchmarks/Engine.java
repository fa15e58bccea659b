package io.taskstore.benchmarks;

import java.util.List;
import java.util.function.LongConsumer;

/** Something that stores tasks and runs them: this library, those it is compared with, and JDBC written by hand. */
interface Engine {

    /** {@return how it is set up, in a few words} */
    String settings();

    /** Stores a task that carries a number; it is committed when this returns. */
    void submit(long number) throws Exception;

    /** Stores tasks that carry these numbers, in the fastest way there is. */
    void submitAll(List<Long> numbers) throws Exception;

    /** Stores a workflow of tasks that carry these numbers, the last of which waits for all others. */
    default void submitFanOut(List<Long> numbers) throws Exception {
        throw new UnsupportedOperationException("it is not measured with workflows");
    }

    /** Stores a workflow of tasks that carry these numbers, each of which waits for the one before. */
    default void submitChain(List<Long> numbers) throws Exception {
        throw new UnsupportedOperationException("it is not measured with workflows");
    }

    /**
     * Begins to run tasks.
     *
     * @param threads how many run at once
     * @param handler is given the number of each
     */
    void start(int threads, LongConsumer handler) throws Exception;

    /** The same with handlers that log and tell their progress, and with metrics that are recorded, where that can be had. */
    default void startTalking(int threads, LongConsumer handler) throws Exception {
        throw new UnsupportedOperationException("there are no logs and metrics of it to be measured");
    }

    /** {@return how many tasks are not recorded as done, by the database} */
    long left() throws Exception;

    /** Stops running tasks, and lets go of the database. */
    void stop() throws Exception;
}
