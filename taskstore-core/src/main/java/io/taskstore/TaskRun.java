package io.taskstore;

/** One run of a task, as its handler sees it. It may be used by any thread that works for the handler, while it runs. */
public interface TaskRun {

    /** {@return the task as it was when it was claimed} */
    Task task();

    /** {@return whether the run should end soon: its task is to be cancelled, its time is over, or its claim is lost} */
    boolean shouldStop();

    /**
     * Tells how far the run has come. The last value wins; it is written now and then, not at each call.
     *
     * @param percent 0 to 100
     * @param text what it is doing, at most 500 characters; may be empty
     * @throws InvalidInputException if one of them is not; the progress stays what it was
     */
    void progress(int percent, String text);

    /**
     * Adds a line to the log of the run, which is kept beside the task. A log has as many lines as the worker allows; those beyond
     * are dropped, and a last line says how many.
     *
     * @param message what it says; cleaned and cut to 16,384 characters
     * @throws InvalidInputException if one of them is null; that is no line
     */
    void log(LogLevel level, String message);

    /**
     * {@return another task of the same workflow, as it is now: for one that this one depends on, how it ended} What runs
     * {@linkplain NewWorkflow#afterEnded however others end} asks for its status and error.
     *
     * @param step the name of that task within the workflow
     * @throws InvalidInputException if the workflow has no such task, or this one belongs to none
     */
    Task taskOf(String step);

    /**
     * {@return the result of another task of the same workflow, as a rule of one that this one depends on}
     *
     * @param step the name of that task within the workflow
     * @param type what to decode its result into
     * @throws InvalidInputException if the workflow has no such task, or this one belongs to none; or if that task has no result, as
     *     where it failed, was cancelled, has not ended, or completed without one
     * @throws PayloadException if the result is not of that type; the message names the step and its task
     */
    <R> R resultOf(String step, Class<R> type);
}
