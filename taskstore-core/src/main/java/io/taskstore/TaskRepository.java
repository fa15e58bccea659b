package io.taskstore;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The port through which callers store, read and change tasks. Applications call it by way of {@link TaskService}, which
 * encodes payloads and tells the queue; both see the same tasks.
 *
 * <p>Implementations comply with the following:
 *
 * <ul>
 *   <li>Each method is one transaction, unless it says that it may be several. When it returns, what it did is committed;
 *       when it throws anything but {@link OutcomeUnknownException}, the transaction that failed did nothing, while those
 *       before it stay. Calling a method of several transactions again is safe.
 *   <li>The tasks of one workflow are changed in one transaction by one call, never split over several.
 *   <li>Every change of a status adds one {@link StatusChange} in the same transaction, moves only along
 *       {@link TaskStatus#canBecome}, and makes the task's version grow by one. Nothing ever changes or removes a
 *       {@link StatusChange} of a task that exists.
 *   <li>Times are the storage's, to the microsecond. Of tasks stored at the same time the one whose id is less, as text, is
 *       the older.
 *   <li>Where several of the exceptions that a method names apply, it throws the first of them.
 *   <li>Strings and JSON come back exactly as they were given.
 *   <li>Methods may be called from any thread, and block no longer than the storage's own time limits.
 *   <li>A repository that is joined to a caller's transaction does all this there: it commits nothing and rolls nothing
 *       back, each method is part of that one transaction, and whoever waits for news hears after its commit, if at all.
 *   <li>What the storage itself cannot do is told by {@link StorageBusyException}, {@link StorageFullException},
 *       {@link StorageUnavailableException}, {@link StorageFailedException} or {@link OutcomeUnknownException}; any method
 *       may throw them.
 * </ul>
 */
public interface TaskRepository {

    /**
     * Stores a new task, or finds it stored already.
     *
     * <p>The task begins PENDING, with the note as that of its first change. Where its id is taken, the answer is the task
     * that has it, if the fingerprints are equal. Where its unique key is held by a task that has not ended, the answer is
     * that task if the draft says so.
     *
     * <p>Given a worker, the same transaction also claims the task for it, as {@link Created.How#CLAIMED} then says:
     * unless the task has a time to run at that is still to come, its queue is paused, it existed before, the worker is
     * not known to be alive, or this repository is joined to a caller's transaction.
     *
     * @param claimFor the worker in this process with a slot reserved for the task, or null
     * @throws DuplicateTaskException if the id is taken by other content, or the unique key is held and the draft does not
     *     ask for its holder
     */
    Created create(TaskDraft draft, @Nullable WorkerId claimFor);

    /**
     * Stores many tasks, all of them or none, and answers in their order. Each is treated as {@link #create} does without a
     * worker; a draft that repeats an id or a key of the same list meets the task stored before it.
     *
     * @throws DuplicateTaskException for the first that is refused
     */
    List<Created> createAll(List<TaskDraft> drafts);

    /** {@return the tasks with these ids that exist, in no particular order} */
    List<Task> find(Collection<UUID> ids);

    /** {@return the task, or empty if there is none} */
    default Optional<Task> find(UUID id) {
        return find(List.of(Check.given("id", id))).stream().findFirst();
    }

    /**
     * {@return the part of all tasks that pass the filter which the request asks for}
     *
     * <p>Following a page's cursor to the end gives every task that passes the filter all the while exactly once, whatever
     * else is stored, changed or deleted meanwhile. A storage that hands out creation times out of order among concurrent
     * callers may leave out tasks that were not committed yet when their place was passed.
     */
    Page list(TaskFilter filter, PageRequest request);

    /**
     * {@return how many tasks pass the filter}
     *
     * @param cap where to stop counting, at least 1
     */
    Count count(TaskFilter filter, long cap);

    /**
     * Changes what a caller may edit. The version grows by one, also where every value is what it was.
     *
     * @param expectedVersion the version the caller has seen
     * @return the task as it is now
     * @throws TaskNotFoundException if there is none
     * @throws StaleTaskException if the version is another
     * @throws IllegalTransitionException if the edit is not {@linkplain TaskEdit#isAllowedIn allowed} in its status
     */
    Task update(UUID id, long expectedVersion, TaskEdit edit);

    /**
     * Moves a task to another status on behalf of a host that drives statuses itself.
     *
     * <p>A move to RUNNING makes the attempt grow and names no worker: recovery, timeouts and workers leave the task
     * alone, and only the host moves it on, before its time to run at and in a paused queue too. A move from RUNNING back to
     * PENDING makes it due at once. A move to FAILED stores an error of kind {@link TaskError#HOST} with the note, or nothing, as
     * message, and counts no failure.
     * A move of a FAILED or CANCELLED task to PENDING is a {@linkplain #requeue requeue}. A terminal move counts for the
     * task's workflow as any other does.
     *
     * @param expectedVersion the version the caller has seen
     * @param note for the history, at most 2,000 characters
     * @return the task as it is now
     * @throws TaskNotFoundException if there is none
     * @throws StaleTaskException if the version is another
     * @throws IllegalTransitionException if the status has no such successor, a worker holds the task, the move is to
     *     WAITING, or it is to PENDING while something in the workflow still blocks the task
     * @throws DuplicateTaskException if it moves to PENDING and another task holds its unique key meanwhile
     */
    Task transition(UUID id, long expectedVersion, TaskStatus to, @Nullable String note);

    /**
     * Cancels the tasks that pass the filter and have not ended. PENDING and WAITING ones, and RUNNING ones that a host
     * drives, are CANCELLED at once; RUNNING ones that a worker holds are marked, and named in the answer unless they were
     * marked before. Marking adds no change to the history and leaves the version alone. What depends on a task that was
     * cancelled is treated as at any other end, after all that pass the filter themselves.
     *
     * <p>Where many tasks pass, the work is done in several transactions; each counts on its own.
     *
     * @param note for the history of those cancelled at once, at most 2,000 characters
     * @return how many were cancelled or are marked now, with the dependants that were cancelled because of them
     */
    Changed cancel(TaskFilter filter, @Nullable String note);

    /**
     * Gives the FAILED and CANCELLED tasks that pass the filter another life: PENDING, or WAITING while something in their
     * workflow still blocks them, which includes whatever lives again together with them. Failures, crashes, progress,
     * result, error, time to run at and a request to cancel are cleared; the attempt goes on.
     *
     * <p>A dependant that was cancelled because of such a task lives again with it, as WAITING; unless another task that it
     * depends on failed or was cancelled too, which then becomes the cause. A task whose unique key is held by another by
     * then is refused; of several that pass the filter with the same key the oldest gets it, before any dependant. Refused is
     * also what depends on the completion of a task that failed or was cancelled and is not requeued with it, for it would
     * wait for ever.
     *
     * <p>Where many tasks pass, the work is done in several transactions; each counts on its own.
     *
     * @param note for the history, at most 2,000 characters
     * @return how many live again, dependants included, and which were refused
     */
    Changed requeue(TaskFilter filter, @Nullable String note);

    /**
     * Deletes the tasks that pass the filter, in whatever status, with their histories and logs. RUNNING tasks and single
     * tasks of a workflow are refused.
     *
     * <p>Where many tasks pass, the work is done in several transactions; each counts on its own.
     */
    Changed delete(TaskFilter filter);

    /**
     * Deletes tasks without a workflow, and whole workflows, that have ended before the instant, with their histories and
     * logs, in one or several transactions that keep no worker waiting. A workflow is deleted whole, whatever the limit.
     *
     * @param limit how many tasks to stop at, at least 1
     * @return how many tasks were deleted; 0 only if none is left to delete, or another process is deleting
     */
    long purge(Instant endedBefore, int limit);

    /** {@return all changes of the task's status, or empty if there is no such task} */
    Optional<StatusHistory> history(UUID id);

    /** {@return what decides about the task's next step, or empty if there is no such task} */
    Optional<Situation> situation(UUID id);

    /**
     * Calls the listener with what became of tasks through this storage object, soon after each commit, on a thread that must
     * not be kept. What other processes do is not told, and a crash in between loses the call. News of nothing say that the storage
     * was closed, so that whoever waits for something need not wait longer.
     *
     * @return closes the subscription
     */
    Subscription onNews(Consumer<News> listener);

    /**
     * Runs the action once what was written through this repository is committed: at once, for a repository that commits
     * each call; after the commit of the caller's transaction, for one that is joined to it; never, if that is rolled back
     * or its commit cannot be observed.
     */
    void afterCommit(Runnable action);

    /** {@return whether this repository is joined to a caller's transaction} */
    default boolean isJoined() {
        return false;
    }

    /** {@return how the storage is, found out by reading from it, and how long that took} */
    Health health();

    /**
     * What a commit did to tasks that others may be waiting for; of nothing, where the storage was closed.
     *
     * @param ended the tasks that reached a terminal status, or were deleted before they did
     * @param claimable hints at the tasks that became PENDING and are due at once, other than those that are new: their
     *     workflow went on, or they were given back, recovered or requeued
     */
    record News(Set<UUID> ended, List<Hint> claimable) {

        /** Copies the collections. */
        public News {
            ended = Check.set("News.ended", ended);
            claimable = Check.list("News.claimable", claimable, Integer.MAX_VALUE);
        }
    }

    /** What a listener gets for being called; closing it ends the calls. */
    interface Subscription extends AutoCloseable {

        /** Ends the calls; one that is under way may still end after this returns. Does nothing the second time. */
        @Override
        void close();
    }
}
