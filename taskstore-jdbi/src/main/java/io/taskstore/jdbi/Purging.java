package io.taskstore.jdbi;

import io.taskstore.Task;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/** Deletes what has ended long ago, a little at a time, so that nobody waits for it. */
final class Purging {

    private static final int CHUNK = 200;

    private final Transactions transactions;
    private final TaskTable table;

    Purging(Transactions transactions, TaskTable table) {
        this.transactions = transactions;
        this.table = table;
    }

    long purge(Instant endedBefore, int limit) {
        long count = 0;
        while (count < limit) {
            int chunk = (int) Math.min(CHUNK, limit - count);
            int deleted = transactions.write(Call.of("purge"), session -> single(session, endedBefore, chunk));
            count += deleted;
            if (deleted < chunk) {
                break;
            }
        }
        while (count < limit) {
            int deleted = transactions.write(Call.of("purge"), session -> workflow(session, endedBefore));
            count += deleted;
            if (deleted == 0) {
                break;
            }
        }
        return count;
    }

    private int single(Session session, Instant endedBefore, int limit) {
        List<UUID> ids = session.query("""
                        SELECT t.id
                          FROM taskstore_task t
                         WHERE t.completed_at < :before
                           AND t.completed_at IS NOT NULL
                           AND t.workflow_id IS NULL
                         ORDER BY t.completed_at, t.id
                         LIMIT :limit
                         FOR UPDATE SKIP LOCKED""")
                .bind("before", endedBefore)
                .bind("limit", limit)
                .mapTo(UUID.class)
                .list();
        if (!ids.isEmpty()) {
            table.delete(session, ids);
        }
        return ids.size();
    }

    /** {@return how many tasks the workflow had that was deleted} */
    private int workflow(Session session, Instant endedBefore) {
        Optional<UUID> workflow =
                session.query("""
                        SELECT t.workflow_id
                          FROM taskstore_task t
                         WHERE t.completed_at < :before
                           AND t.completed_at IS NOT NULL
                           AND t.workflow_id IS NOT NULL
                           AND NOT EXISTS (
                               SELECT 1
                                 FROM taskstore_task o
                                WHERE o.workflow_id = t.workflow_id
                                  AND o.workflow_id IS NOT NULL
                                  AND (o.completed_at IS NULL OR o.completed_at >= :before))
                         ORDER BY t.completed_at, t.id
                         LIMIT 1""").bind("before", endedBefore).mapTo(UUID.class).findFirst();
        return workflow.isEmpty()
                ? 0
                : deleteWorkflow(
                        session,
                        table,
                        workflow.get(),
                        task -> task.completedAt().map(endedBefore::isAfter).orElse(false));
    }

    /**
     * Deletes a workflow with its tasks, if each of them meets the condition while nobody else can change it.
     *
     * @return how many tasks were deleted
     */
    static int deleteWorkflow(Session session, TaskTable table, UUID workflow, Predicate<Task> condition) {
        List<UUID> ids = session.query(
                        "SELECT id FROM taskstore_task WHERE workflow_id = :id AND workflow_id IS NOT NULL")
                .bind("id", workflow)
                .mapTo(UUID.class)
                .list();
        if (!table.lock(session, ids).stream().map(TaskRow::task).allMatch(condition)) {
            return 0;
        }
        table.delete(session, ids);
        session.update("DELETE FROM taskstore_workflow WHERE id = :id")
                .bind("id", workflow)
                .execute();
        return ids.size();
    }
}
