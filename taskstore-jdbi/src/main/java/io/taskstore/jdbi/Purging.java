package io.taskstore.jdbi;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Deletes what has ended long ago, a little at a time, so that nobody waits for it. */
final class Purging {

    private static final int CHUNK = 200;

    private final Transactions transactions;
    private final TaskTable table;

    Purging(Transactions transactions, TaskTable table) {
        this.transactions = transactions;
        this.table = table;
    }

    /**
     * Where a task stands in the order of ends, or a workflow in the order of creation.
     *
     * @param at the time, none of a task that has not ended
     */
    private record Place(UUID id, @Nullable Instant at) {}

    long purge(Instant endedBefore, int limit) {
        long count = singles(endedBefore, limit);
        return count < limit ? count + workflows(endedBefore, limit - count) : count;
    }

    private long singles(Instant endedBefore, int limit) {
        long count = 0;
        Place last = null;
        while (count < limit) {
            int chunk = (int) Math.min(CHUNK, limit - count);
            @Nullable Place after = last;
            List<Place> deleted =
                    transactions.write(Call.of("purge"), session -> singles(session, endedBefore, after, chunk));
            count += deleted.size();
            if (deleted.size() < chunk) {
                break;
            }
            last = deleted.get(chunk - 1);
        }
        return count;
    }

    /** A chunk begins behind the one before it: what ended in workflows that have to stay is passed by once. */
    private List<Place> singles(Session session, Instant endedBefore, @Nullable Place after, int limit) {
        String behind = after == null ? "" : "AND (t.completed_at, t.id) > (:after_at, :after_id)";
        Query query = session.query(String.format("""
                        SELECT t.id, t.completed_at
                          FROM taskstore_task t
                         WHERE t.completed_at < :before
                           AND t.completed_at IS NOT NULL
                           AND t.workflow_id IS NULL
                           %s
                         ORDER BY t.completed_at, t.id
                         LIMIT :limit
                         FOR UPDATE SKIP LOCKED""", behind));
        List<Place> places =
                places(behind(query, after).bind("before", endedBefore).bind("limit", limit));
        if (!places.isEmpty()) {
            table.delete(session, ids(places));
        }
        return places;
    }

    private long workflows(Instant endedBefore, long limit) {
        long count = 0;
        Place last = null;
        while (count < limit) {
            int chunk = (int) Math.min(CHUNK, limit - count);
            @Nullable Place after = last;
            List<Place> ended =
                    transactions.read(Call.of("purge"), session -> ended(session, endedBefore, after, chunk));
            for (Place workflow : ended) {
                if (count < limit) {
                    count += transactions.write(
                            Call.of("purge"), session -> deleteWorkflow(session, table, workflow.id(), endedBefore));
                }
            }
            if (ended.size() < chunk) {
                break;
            }
            last = ended.get(chunk - 1);
        }
        return count;
    }

    /**
     * {@return workflows that have ended before the instant} They were created before it too. As a rule the tasks of a workflow end
     * in the order of their ids: whoever looks from the last soon sees one that has not ended.
     */
    private static List<Place> ended(Session session, Instant endedBefore, @Nullable Place after, int limit) {
        String behind = after == null ? "" : "AND (w.created_at, w.id) > (:after_at, :after_id)";
        Query query = session.query(String.format("""
                        SELECT w.id, w.created_at
                          FROM taskstore_workflow w
                         WHERE w.created_at < :before
                           %s
                           AND (SELECT o.id
                                  FROM taskstore_task o
                                 WHERE o.workflow_id = w.id
                                   AND o.workflow_id IS NOT NULL
                                   AND (o.completed_at IS NULL OR o.completed_at >= :before)
                                 ORDER BY o.created_at DESC, o.id DESC
                                 LIMIT 1) IS NULL
                         ORDER BY w.created_at, w.id
                         LIMIT :limit""", behind));
        return places(behind(query, after).bind("before", endedBefore).bind("limit", limit));
    }

    private static Query behind(Query query, @Nullable Place after) {
        return after == null ? query : query.bind("after_at", after.at()).bind("after_id", after.id());
    }

    /**
     * Deletes a workflow with its tasks, if each of them has ended before the instant, and nobody else can change it.
     *
     * @return how many tasks were deleted; 0 too where another has deleted it meanwhile
     */
    static int deleteWorkflow(Session session, TaskTable table, UUID workflow, Instant endedBefore) {
        List<Place> tasks = places(session.query("""
                        SELECT t.id, t.completed_at
                          FROM taskstore_task t
                         WHERE t.workflow_id = :id
                           AND t.workflow_id IS NOT NULL
                         ORDER BY t.id
                         FOR UPDATE""").bind("id", workflow));
        boolean hasEnded = tasks.stream().map(Place::at).allMatch(at -> at != null && at.isBefore(endedBefore));
        if (tasks.isEmpty() || !hasEnded) {
            return 0;
        }
        table.delete(session, ids(tasks));
        session.update("DELETE FROM taskstore_workflow WHERE id = :id")
                .bind("id", workflow)
                .execute();
        return tasks.size();
    }

    private static List<UUID> ids(List<Place> places) {
        return places.stream().map(Place::id).toList();
    }

    private static List<Place> places(Query query) {
        return query.map((row, context) -> new Place(
                        Objects.requireNonNull(context.findColumnMapperFor(UUID.class)
                                .orElseThrow()
                                .map(row, 1, context)),
                        context.findColumnMapperFor(Instant.class).orElseThrow().map(row, 2, context)))
                .list();
    }
}
