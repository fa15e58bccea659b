package io.taskstore.spi;

import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The port through which workers take tasks and give them back.
 *
 * <p>Implementations comply with the following, and with what {@link io.taskstore.TaskRepository} asks for:
 *
 * <ul>
 *   <li>A task is RUNNING by at most one worker, and its attempt grows by one with each claim and never goes back.
 *   <li>Every write that takes a task out of RUNNING by a worker, recovery's too, is guarded by its {@link Claim}. A claim
 *       that is gone changes nothing.
 *   <li>A request to cancel beats a retry, a snooze, a release and a recovery, and is beaten by a completion and a final
 *       failure.
 *   <li>A worker that is not alive has no claims for long: {@link #recover} takes every task that is RUNNING by it, also
 *       one whose claim was committed after the worker's death.
 *   <li>A stored task that cannot be read is passed over, and named in a log line; it is no reason to throw.
 *   <li>The death of a worker is final. Nothing makes the same {@link WorkerId} alive again.
 * </ul>
 *
 * <p>What each move does to the task, beside its status, its version and its history:
 *
 * <pre>
 * move                          run at       failures  crashes  error    other
 * claim                         stays        –         –        stays    attempt + 1, started now, progress cleared
 * Completed                     stays        –         –        cleared  result set
 * Retried                       now + delay  + 1       –        set
 * Snoozed                       now + delay  –         –        stays
 * Released, retired             cleared      –         –        stays
 * Failed                        stays        + 1       –        set
 * Cancelled                     stays        –         –        stays
 * recovered                     cleared      –         + 1      CRASH
 * recovered as a poison         stays        –         + 1      POISON
 * CANCELLED because requested   stays        as above  as above as above
 * </pre>
 *
 * <p>Every move away from RUNNING clears the worker and a request to cancel, and leaves progress and start as they are.
 */
public interface TaskClaims {

    /** So many crashes make a task FAILED, with an error of kind {@link io.taskstore.TaskError#POISON}. */
    int POISON_CRASHES = 3;

    /** {@return the id of a new worker, which is alive from now on; a heartbeat should follow at once} */
    WorkerId register(WorkerProfile profile);

    /** Tells that the worker is still there. It waits no longer than one commit takes. */
    Lease heartbeat(WorkerId worker);

    /**
     * Ends a worker in good order: it is not alive any more, and the tasks that it holds are given back as by
     * {@link Settlement.Released}, without a failure or a crash. Does nothing for a worker that is not alive. Where it holds
     * many, the work is done in several transactions.
     *
     * @return the tasks that were given back
     */
    List<Recovered> retire(WorkerId worker);

    /**
     * Claims tasks that are PENDING, due, of the types and queues asked for, and in no paused queue, up to the slots.
     *
     * <p>They are taken by priority, the highest first, then by the time they are due, then by age, then by the text of
     * their ids; or without regard to priority, if the request wants the oldest. A task without a time to run at is due
     * since it was stored, whatever the clock shows now. Where others claim at the same moment, tasks they are about to
     * take are passed over.
     *
     * <p>A claim that names ids takes nothing else, and tells nothing of what else is due, now or next.
     *
     * @return nothing, for a worker that is not alive
     */
    Claimed claim(ClaimRequest request);

    /**
     * {@return since when the task is due that is due longest, of those that are PENDING, due, of the types and queues asked for,
     * and in no paused queue; empty, if there is none} A task is due since the latest of its creation, its time to run at, and
     * its last update, which may have been any.
     *
     * <p>This is answered with little reading, however many wait. Of the tasks of one priority, queue and type only two count: the
     * one that a claim would take first of those without a time to run at, and of those with one. If that was updated lately,
     * another may be due for longer than the answer says. Tasks that crashed a process before count each.
     *
     * @param types those that count; all, if none is given
     * @param queues those that count; all, if none is given
     */
    Optional<Instant> dueSince(Set<String> types, Set<String> queues);

    /**
     * Records the ends of runs, each on its own: one that is lost keeps none of the others from being recorded.
     * All of them are committed when this returns.
     *
     * <p>A settlement of the same kind that was recorded already for this very claim is not lost: its answer is what the task
     * became then, whatever became of the task since. A claim that ended in another way is lost: it was settled otherwise,
     * retired or recovered.
     *
     * @return one answer for each, in the same order
     */
    List<Settled> settle(List<Settlement> settlements);

    /**
     * Records the ends of runs as {@link #settle} does, and claims in the same transactions what goes on through them: tasks that
     * waited for these ends in their workflows, and became PENDING. Of these it takes those that {@link #claim} would take for the
     * request, and in its order; nothing else that is due is looked at, so that a worker asks for this only while it knows of
     * nothing else. The history tells of a task that is taken that it was PENDING, and then RUNNING.
     *
     * <p>Nothing is claimed for a worker that is not alive, nor by an end that is lost or was recorded before; and a task that is
     * not taken is left to others like any that went on.
     *
     * @param request who claims, and what; it names no ids
     */
    SettledAndClaimed settleAndClaim(List<Settlement> settlements, ClaimRequest request);

    /**
     * {@return all claims that the worker holds by what the storage says, for it to compare with what it runs}
     *
     * <p>A worker that gives back what it does not know asks this first, then its queue for what is
     * {@linkplain io.taskstore.TaskQueue#reserved reserved}, and looks at its own runs last: what is being handed over
     * meanwhile is then known to one of them.
     */
    List<Held> held(WorkerId worker);

    /**
     * Takes the tasks of all workers that are not alive from them, with one crash more each: a task becomes PENDING and due
     * at once; CANCELLED, where that was requested; or FAILED, where it is the {@value #POISON_CRASHES}rd crash. Error and
     * history tell the crash as {@link io.taskstore.TaskError#CRASH} or {@link io.taskstore.TaskError#POISON}. It also lets go
     * on whatever waits in a workflow though nothing blocks it any more. Tasks that a host drives are left alone.
     *
     * <p>Several processes may do so at once, and each task is taken once. Where many are taken, the work is done in several
     * transactions.
     *
     * @return what was taken
     */
    List<Recovered> recover();
}
