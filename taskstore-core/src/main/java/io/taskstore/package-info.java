/**
 * A durable task pipeline inside a Java process: what callers use.
 *
 * <pre>
 * caller ── NewTask ──► TaskService.submit ──► TaskRepository.create            durable first
 *                                         └──► TaskQueue.offer(Hint)            then a hint; may be refused
 * worker:  TaskQueue.poll(Wanted) ─ Polled ─► TaskClaims.claim ──► TaskHandler ──► TaskClaims.settle
 *          or a scan for what is due      PENDING→RUNNING             RUNNING→COMPLETED | PENDING | FAILED | CANCELLED
 * idle worker in the same process: TaskQueue.reserve ──► create, claimed for it at once ──► Reservation.deliver
 * dead worker: TaskClaims.recover ──► PENDING, or FAILED as a poison
 * workflow: WAITING ──► PENDING in the transaction in which the last of what it depends on ends
 * every arrow that changes a status writes one StatusChange in the same transaction; the claim decides who runs a task,
 * and every write about a run is fenced by (RUNNING, worker, attempt)
 * </pre>
 *
 * <p>An application names its kinds of work ({@link io.taskstore.TaskType}), asks for work
 * ({@link io.taskstore.NewTask}, {@link io.taskstore.NewWorkflow}) through {@link io.taskstore.TaskService} and
 * {@link io.taskstore.WorkflowService}, and reads what became of it ({@link io.taskstore.Task},
 * {@link io.taskstore.StatusHistory}). {@link io.taskstore.TaskHandler}, {@link io.taskstore.Outcome} and
 * {@link io.taskstore.RetryPolicy} say how work is done. The ports ({@link io.taskstore.TaskRepository},
 * {@link io.taskstore.WorkflowRepository}, {@link io.taskstore.QueueRepository}, {@link io.taskstore.TaskQueue},
 * {@link io.taskstore.Reports}, {@link io.taskstore.MetricRepository}) are what a storage or a queue implements for
 * callers; what it implements for workers is in the package {@code io.taskstore.spi}.
 *
 * <p>All values are immutable and checked where they are made. Whatever TaskStore throws on purpose is a
 * {@link io.taskstore.TaskStoreException}. Nothing is null unless it is marked as nullable.
 */
@NullMarked
package io.taskstore;

import org.jspecify.annotations.NullMarked;
