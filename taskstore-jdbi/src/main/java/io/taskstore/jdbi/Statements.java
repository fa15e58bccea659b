package io.taskstore.jdbi;

import io.taskstore.LogEntry;
import io.taskstore.Task;
import io.taskstore.TaskStatus;
import io.taskstore.jdbi.Creating.NewRow;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The statements that all speed depends on, which the databases want in different forms: whole batches as arrays in one
 * statement, or one prepared statement many times.
 */
interface Statements {

    /**
     * Stores rows with the metadata they can be found by, and the claims that come with them. A row that meets another by its id or
     * its unique key is left out.
     *
     * @param rows with different ids
     * @return the status of each that was stored: RUNNING for those that were claimed, too
     */
    Map<UUID, TaskStatus> insert(Session session, List<NewRow> rows);

    /**
     * {@return tasks that the worker could take, in no particular order; nothing for a worker that is not alive}
     *
     * @param limit how many at most of each priority, queue and type, in the order of their turns
     */
    List<Candidate> look(Session session, ClaimRequest request, int limit);

    /**
     * {@return those of the tasks that are RUNNING by the worker now} Left out are tasks that somebody else took or is about
     * to take, and that are not as asked for any more.
     *
     * @param seen rows as they were a moment ago, which need not be read again where nothing has changed since
     * @throws Replaced if another task has been stored under the id of one that was seen; then all is to be undone
     */
    List<TaskRow> take(Session session, ClaimRequest request, List<UUID> ids, Map<UUID, TaskRow> seen);

    /** A task is not the one that was seen: that was deleted, and another stored under its id. */
    final class Replaced extends RuntimeException {
        private static final long serialVersionUID = 1;

        Replaced(UUID id) {
            super("task " + id + " is another than it was");
        }
    }

    /** {@return how long until the next of the tasks that the worker wants becomes due} */
    Optional<Duration> dueIn(Session session, ClaimRequest request);

    /**
     * {@return since when the task is due that is due longest, as far as the first of each lane and the suspects tell}
     *
     * @param types those that count; all, if none is given
     * @param queues those that count; all, if none is given
     */
    Optional<Instant> dueSince(Session session, Set<String> types, Set<String> queues);

    /**
     * A task that could be claimed.
     *
     * @param due since when; that of its creation where it has no time to run at
     * @param suspect whether it crashed a process before
     */
    record Candidate(UUID id, String queue, int priority, Instant due, Instant createdAt, boolean suspect) {

        static Candidate of(TaskRow row) {
            Task task = row.task();
            return new Candidate(
                    task.id(),
                    task.queue(),
                    task.priority(),
                    task.runAt().orElse(task.createdAt()),
                    task.createdAt(),
                    task.crashes() > 0);
        }
    }

    /** {@return whether there is no way to a server, so that one transaction is better than few statements} */
    boolean isLocal();

    /**
     * Records the ends of runs whose claims are held.
     *
     * @param settlements of different tasks, in the order of their ids
     * @param alone whether tasks of workflows are left out, because what depends on them is not looked after
     * @return what became of each that was recorded
     */
    Map<Claim, End> settle(Session session, List<Settlement> settlements, boolean alone);

    /**
     * Locks what waits for tasks that completed in this transaction. Where that saves a way to a server, it lets go on what waits
     * for nothing else, and tells the session of it.
     *
     * @return all that waited: PENDING, or still WAITING
     */
    List<TaskRow> letGo(Session session, Collection<UUID> completed);

    /** Stores lines of logs, but for those that are there and those of tasks that are gone. */
    default void log(Session session, List<LogEntry> lines) {
        RowBatch batch = session.batch("""
                INSERT INTO taskstore_log (task_id, attempt, line, at, level, message)
                SELECT t.id, :attempt, :line, :at, :level, :message
                  FROM taskstore_task t
                 WHERE t.id = :task_id
                ON CONFLICT DO NOTHING""");
        for (LogEntry line : lines) {
            batch.bind("task_id", line.taskId())
                    .bind("attempt", line.attempt())
                    .bind("line", line.line())
                    .bind("at", line.at())
                    .bind("level", line.level().name())
                    .bind("message", line.message())
                    .add();
        }
        int[] unused = batch.execute();
    }

    /** What a settlement made of a task. */
    record End(TaskStatus status, boolean inWorkflow) {}
}
