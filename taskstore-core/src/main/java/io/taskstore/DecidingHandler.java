package io.taskstore;

/**
 * The code that runs tasks of one type and says itself how each run ended. What {@link TaskHandler} says of being called
 * holds here too.
 *
 * @param <T> the type of the payloads
 */
@FunctionalInterface
public interface DecidingHandler<T> {

    /**
     * Does the work.
     *
     * @param payload what to work on
     * @param run this run: the task, its progress and log, and whether it is to stop
     * @return how the run ended
     * @throws Exception to fail the run
     */
    Outcome decide(T payload, TaskRun run) throws Exception;
}
