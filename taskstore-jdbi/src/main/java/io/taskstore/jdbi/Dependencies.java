package io.taskstore.jdbi;

import io.taskstore.NewWorkflow.Requires;
import io.taskstore.TaskStatus;
import io.taskstore.jdbi.Move.Why;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.Query;

/**
 * What the end of tasks means for the tasks of their workflows that wait for them.
 *
 * <p>The waiting ones are locked first and looked at in a later statement: of two sessions in which the last two of what a
 * task waits for end, the second waits for the first, and then sees what it did.
 */
final class Dependencies {

    /**
     * The ids are the way to the tasks: the status is asked for in words that no index fits, which would lead to all that wait.
     */
    static final String WAITING_FOR = "SELECT " + TaskRow.COLUMNS + """
               FROM taskstore_task t
              WHERE t.id IN FOUND (SELECT task_id FROM taskstore_dependency WHERE before_id IN IDS (:ended))
                AND (t.status = 'WAITING') IS TRUE
                AND LOOKED UP (t)
              ORDER BY t.id
              FOR UPDATE""";

    private final Dialect dialect;
    private final TaskTable table;
    private final Statements statements;

    Dependencies(Dialect dialect, TaskTable table, Statements statements) {
        this.dialect = dialect;
        this.table = table;
        this.statements = statements;
    }

    /**
     * One task of a workflow waiting for another.
     *
     * @param taskId the one that waits
     * @param requires what has to happen to the other
     * @param before the other
     * @param step its name
     * @param status its status
     */
    record Edge(UUID taskId, Requires requires, UUID before, String step, TaskStatus status) {

        boolean isSatisfied() {
            return requires == Requires.COMPLETED ? status == TaskStatus.COMPLETED : status.isTerminal();
        }

        /** {@return whether it never will be} */
        boolean isDoomed() {
            return requires == Requires.COMPLETED && (status == TaskStatus.FAILED || status == TaskStatus.CANCELLED);
        }
    }

    /** {@return what these tasks wait for, or waited for} */
    Map<UUID, List<Edge>> of(Session session, Collection<UUID> ids) {
        if (ids.isEmpty()) {
            return Map.of();
        }
        Query query = session.query("""
                        SELECT d.task_id, d.requires, d.before_id, b.step, b.status
                          FROM taskstore_dependency d
                          JOIN taskstore_task b ON b.id = d.before_id
                         WHERE d.task_id IN IDS (:ids)
                         ORDER BY d.task_id, d.position""").bind("ids", Many.uuids(ids));
        return edges(query).stream().collect(Collectors.groupingBy(Edge::taskId));
    }

    private List<Edge> edges(Query query) {
        return query.map((row, context) -> new Edge(
                        dialect.id(row, 1),
                        Requires.valueOf(row.getString(2)),
                        dialect.id(row, 3),
                        row.getString(4),
                        TaskStatus.valueOf(row.getString(5))))
                .list();
    }

    /**
     * Lets what depends on tasks that have ended go on, or cancels it, and so on along the dependencies.
     *
     * @param ended the tasks that ended in this transaction
     * @return how many were cancelled
     */
    int afterEnd(Session session, Collection<UUID> ended) {
        return afterEnd(session, ended, Set.of(), unused -> {});
    }

    /**
     * The same, and tells of the tasks that go on.
     *
     * @param completed those that are known to have completed, which cancel nothing
     * @param goesOn hears of each task that is PENDING now
     */
    int afterEnd(Session session, Collection<UUID> ended, Set<UUID> completed, Consumer<TaskRow> goesOn) {
        int cancelled = 0;
        Collection<UUID> just = ended;
        while (!just.isEmpty()) {
            List<UUID> others =
                    just.stream().filter(id -> !completed.contains(id)).toList();
            Set<UUID> affected = new LinkedHashSet<>(just);
            affected.addAll(doomed(session, others));
            Map<UUID, TaskRow> waiting = new LinkedHashMap<>();
            for (TaskRow row :
                    others.isEmpty() ? statements.letGo(session, just) : lockWaitingFor(session, table, affected)) {
                if (row.status() == TaskStatus.PENDING) {
                    goesOn.accept(row);
                } else {
                    waiting.put(row.id(), row);
                }
            }
            List<Move> cancels = cancels(session, waiting, others, affected);
            table.save(session, cancels);
            just = cancels.stream().map(move -> move.after().id()).toList();
            waiting.keySet().removeAll(just);
            for (Move move : frees(session, waiting)) {
                goesOn.accept(move.after());
            }
            cancelled += just.size();
        }
        return cancelled;
    }

    /**
     * {@return what waits for the completion of one of these, of those that failed or were cancelled, or of one that does, and so on:
     * what cannot complete any more} A long chain is found at once, and not link by link.
     */
    private Set<UUID> doomed(Session session, Collection<UUID> ended) {
        if (ended.isEmpty()) {
            return Set.of();
        }
        return session.query("""
                        WITH RECURSIVE doomed (id) AS (
                          SELECT d.task_id
                            FROM taskstore_dependency d
                           CROSS JOIN EACH taskstore_task b ON b.id = d.before_id
                           CROSS JOIN EACH taskstore_task t ON t.id = d.task_id
                           WHERE d.before_id IN IDS (:ended)
                             AND d.requires = 'COMPLETED'
                             AND b.status IN ('FAILED', 'CANCELLED')
                             AND t.status = 'WAITING'
                           UNION
                          SELECT d.task_id
                            FROM doomed x
                           CROSS JOIN EACH taskstore_dependency d ON d.before_id = x.id
                           CROSS JOIN EACH taskstore_task t ON t.id = d.task_id
                           WHERE d.requires = 'COMPLETED'
                             AND t.status = 'WAITING')
                        SELECT id FROM doomed""")
                .bind("ended", Many.uuids(ended))
                .mapTo(UUID.class)
                .set();
    }

    /** {@return what waits for these, locked} */
    static List<TaskRow> lockWaitingFor(Session session, TaskTable table, Collection<UUID> ended) {
        return table.rows(session.query(WAITING_FOR).bind("ended", Many.uuids(ended)));
    }

    /**
     * {@return the ends of those of the waiting tasks that cannot complete any more} Each is cancelled because of the first of what it
     * depends on that has just ended otherwise than it requires, or is cancelled here.
     *
     * @param waiting locked
     * @param ended what ended otherwise than it may be required to
     * @param affected these, and what may be cancelled
     */
    private List<Move> cancels(
            Session session, Map<UUID, TaskRow> waiting, Collection<UUID> ended, Collection<UUID> affected) {
        if (waiting.isEmpty() || ended.isEmpty()) {
            return List.of();
        }
        List<Edge> edges = requiring(session, affected);
        Map<UUID, List<Edge>> before = edges.stream().collect(Collectors.groupingBy(Edge::taskId));
        Map<UUID, List<Edge>> behind = edges.stream().collect(Collectors.groupingBy(Edge::before));
        Map<UUID, Move> cancels = new LinkedHashMap<>();
        Set<UUID> just = Set.copyOf(ended);
        while (!just.isEmpty()) {
            Map<UUID, Move> next = new LinkedHashMap<>();
            for (UUID id : just) {
                for (Edge edge : behind.getOrDefault(id, List.of())) {
                    TaskRow row = waiting.get(edge.taskId());
                    if (row != null && !cancels.containsKey(row.id()) && !next.containsKey(row.id())) {
                        firstDoom(before.getOrDefault(row.id(), List.of()), just, cancels.keySet())
                                .ifPresent(doom -> next.put(row.id(), cancelled(session, row, doom)));
                    }
                }
            }
            cancels.putAll(next);
            just = next.keySet();
        }
        return List.copyOf(cancels.values());
    }

    /** {@return the first of what a task requires that has just become impossible} */
    private static Optional<Edge> firstDoom(List<Edge> edges, Set<UUID> just, Set<UUID> cancelled) {
        return edges.stream()
                .filter(edge -> just.contains(edge.before()) && (edge.isDoomed() || cancelled.contains(edge.before())))
                .findFirst();
    }

    private static Move cancelled(Session session, TaskRow row, Edge doom) {
        TaskStatus status = doom.isDoomed() ? doom.status() : TaskStatus.CANCELLED;
        String note = "it depends on '" + doom.step() + "', which is " + status;
        return Move.cancelled(row, session.now(), note, doom.before());
    }

    /** {@return who requires one of these to complete, each in the order in which it named them} */
    private List<Edge> requiring(Session session, Collection<UUID> before) {
        return edges(session.query("""
                        SELECT d.task_id, d.requires, d.before_id, b.step, b.status
                          FROM taskstore_dependency d
                          JOIN taskstore_task b ON b.id = d.before_id
                         WHERE d.before_id IN IDS (:before)
                           AND d.requires = 'COMPLETED'
                         ORDER BY d.task_id, d.position""").bind("before", Many.uuids(before)));
    }

    /** Lets those of the waiting tasks go on that nothing blocks any more. {@return how} */
    private List<Move> frees(Session session, Map<UUID, TaskRow> waiting) {
        if (waiting.isEmpty()) {
            return List.of();
        }
        Set<UUID> free = unblocked(session, waiting.keySet());
        List<Move> moves = waiting.values().stream()
                .filter(row -> free.contains(row.id()))
                .map(row -> Move.to(TaskStatus.PENDING, row, session.now(), Why.NOTHING, UnaryOperator.identity()))
                .toList();
        table.save(session, moves);
        return moves;
    }

    /**
     * {@return those of the tasks that nothing blocks any more} A task may wait for thousands, which end one batch after the other
     * and as a rule in the order of their ids: whoever looks from the last soon sees one that has not ended.
     */
    private static Set<UUID> unblocked(Session session, Collection<UUID> waiting) {
        return session.query("""
                        SELECT t.id
                          FROM taskstore_task t
                         WHERE t.id AMONG IDS (:ids)
                           AND (SELECT d.before_id
                                  FROM taskstore_dependency d
                                 CROSS JOIN EACH taskstore_task b ON b.id = d.before_id
                                 WHERE d.task_id = t.id
                                   AND (b.status IN ('WAITING', 'PENDING', 'RUNNING')
                                        OR (d.requires = 'COMPLETED' AND b.status <> 'COMPLETED'))
                                 ORDER BY d.before_id DESC
                                 LIMIT 1) IS NULL""")
                .bind("ids", Many.uuids(waiting))
                .mapTo(UUID.class)
                .set();
    }

    /** Lets go on, or cancels, what waits though all it depends on has ended. */
    void repair(Session session, Collection<UUID> waiting) {
        afterEnd(
                session,
                session.query("SELECT DISTINCT before_id FROM taskstore_dependency WHERE task_id IN IDS (:ids)")
                        .bind("ids", Many.uuids(waiting))
                        .mapTo(UUID.class)
                        .list());
    }
}
