package io.taskstore;

/**
 * The code that runs tasks of one type. A run that returns has completed; a run that throws has failed, and its retry
 * policy decides what becomes of the task.
 *
 * <p>A handler is started at least once for each task, and again after a failure, a crash or a lost claim: it must be able
 * to find its own work half done. It is called from many threads at once.
 *
 * @param <T> the type of the payloads
 */
@FunctionalInterface
public interface TaskHandler<T> {

    /**
     * Does the work.
     *
     * @param payload what to work on
     * @param run this run: the task, its progress and log, and whether it is to stop
     * @throws Exception to fail the run
     */
    void handle(T payload, TaskRun run) throws Exception;
}
