package io.taskstore.jdbi;

import io.taskstore.NewWorkflow.Requires;
import io.taskstore.TaskStatus;
import io.taskstore.jdbi.Move.Why;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the end of tasks means for the tasks of their workflows that wait for them.
 *
 * <p>The waiting ones are locked first and looked at in a later statement: of two sessions in which the last two of what a
 * task waits for end, the second waits for the first, and then sees what it did.
 */
final class Dependencies {

    private final Dialect dialect;
    private final TaskTable table;

    Dependencies(Dialect dialect, TaskTable table) {
        this.dialect = dialect;
        this.table = table;
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
        return ids.isEmpty()
                ? Map.of()
                : session
                        .query("""
                                SELECT d.task_id, d.requires, d.before_id, b.step, b.status
                                  FROM taskstore_dependency d
                                  JOIN taskstore_task b ON b.id = d.before_id
                                 WHERE d.task_id IN IDS (:ids)
                                 ORDER BY d.task_id, d.position""")
                        .bind("ids", Many.uuids(ids))
                        .map((row, context) -> new Edge(
                                dialect.id(row, 1),
                                Requires.valueOf(row.getString(2)),
                                dialect.id(row, 3),
                                row.getString(4),
                                TaskStatus.valueOf(row.getString(5))))
                        .stream()
                        .collect(Collectors.groupingBy(Edge::taskId));
    }

    /**
     * Lets what depends on tasks that have ended go on, or cancels it, and so on along the dependencies.
     *
     * @param ended the tasks that ended in this transaction
     * @return how many were cancelled
     */
    int afterEnd(Session session, Collection<UUID> ended) {
        int cancelled = 0;
        Collection<UUID> just = ended;
        while (!just.isEmpty()) {
            List<Move> moves = moves(session, lockWaitingFor(session, just));
            table.save(session, moves);
            just = moves.stream()
                    .filter(move -> move.after().status() == TaskStatus.CANCELLED)
                    .map(move -> move.after().id())
                    .toList();
            cancelled += just.size();
        }
        return cancelled;
    }

    private List<TaskRow> lockWaitingFor(Session session, Collection<UUID> ended) {
        return table.rows(session.query("SELECT " + TaskRow.COLUMNS + """
                           FROM taskstore_task t
                          WHERE t.id IN (SELECT task_id FROM taskstore_dependency WHERE before_id IN IDS (:ended))
                            AND t.status = 'WAITING'
                          ORDER BY t.id
                          FOR UPDATE""").bind("ended", Many.uuids(ended)));
    }

    /** {@return what becomes of tasks that wait, and are locked} */
    private List<Move> moves(Session session, List<TaskRow> waiting) {
        Map<UUID, List<Edge>> edges =
                of(session, waiting.stream().map(TaskRow::id).toList());
        List<Move> moves = new ArrayList<>();
        for (TaskRow row : waiting) {
            List<Edge> own = edges.getOrDefault(row.id(), List.of());
            Optional<Edge> doom = own.stream().filter(Edge::isDoomed).findFirst();
            if (doom.isPresent()) {
                Edge edge = doom.get();
                String note = "it depends on '" + edge.step() + "', which is " + edge.status();
                moves.add(Move.cancelled(row, session.now(), note, edge.before()));
            } else if (own.stream().allMatch(Edge::isSatisfied)) {
                moves.add(Move.to(TaskStatus.PENDING, row, session.now(), Why.NOTHING, UnaryOperator.identity()));
            }
        }
        return moves;
    }

    /** Lets go on what waits though nothing blocks it any more. */
    void repair(Session session, Collection<UUID> waiting) {
        List<TaskRow> locked = table.lock(session, waiting).stream()
                .filter(row -> row.status() == TaskStatus.WAITING)
                .toList();
        List<Move> moves = moves(session, locked);
        table.save(session, moves);
        afterEnd(
                session,
                moves.stream()
                        .filter(move -> move.after().status() == TaskStatus.CANCELLED)
                        .map(move -> move.after().id())
                        .toList());
    }

    /** Tasks that live again, and those that may not. */
    static final class Revival {

        /** Those that were asked for, and may. */
        final Map<UUID, TaskRow> requeued = new LinkedHashMap<>();
        /** Those that were cancelled because of one that lives again, and so live again with it. */
        final Map<UUID, TaskRow> revived = new LinkedHashMap<>();

        final Set<UUID> refused = new LinkedHashSet<>();
        /** Those that stay CANCELLED, but because of another. */
        final Map<TaskRow, UUID> causes = new LinkedHashMap<>();

        /** {@return those that stay CANCELLED because of one of these, which may live again now} */
        private List<TaskRow> takeCausedBy(Set<UUID> alive) {
            List<TaskRow> rows = causes.entrySet().stream()
                    .filter(entry -> alive.contains(entry.getValue()))
                    .map(Map.Entry::getKey)
                    .toList();
            rows.forEach(causes::remove);
            return rows;
        }

        boolean isAlive(UUID id) {
            return requeued.containsKey(id) || revived.containsKey(id);
        }

        int size() {
            return requeued.size() + revived.size();
        }
    }

    /**
     * Takes out the tasks that would wait for ever: they depend on the completion of one that failed or was cancelled, and is
     * not requeued with them. Then adds the dependants that live again with the rest, and so on along the dependencies.
     */
    void complete(Session session, Revival revival) {
        Map<UUID, List<Edge>> edges = new HashMap<>(of(session, revival.requeued.keySet()));
        boolean found = true;
        while (found) {
            Set<UUID> doomed = revival.requeued.keySet().stream()
                    .filter(id -> doom(edges.get(id), revival).isPresent())
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            revival.refused.addAll(doomed);
            found = revival.requeued.keySet().removeAll(doomed);
        }
        Set<UUID> causes = new LinkedHashSet<>(revival.requeued.keySet());
        while (!causes.isEmpty()) {
            List<TaskRow> rows = new ArrayList<>(lockCancelledFor(session, causes));
            rows.addAll(revival.takeCausedBy(causes));
            rows.removeIf(row -> revival.isAlive(row.id()));
            Map<UUID, List<Edge>> own =
                    of(session, rows.stream().map(TaskRow::id).toList());
            causes = new LinkedHashSet<>();
            for (TaskRow row : rows) {
                Optional<Edge> other = doom(own.get(row.id()), revival);
                if (other.isPresent()) {
                    revival.causes.put(row, other.get().before());
                } else if (isKeyTaken(session, row, revival)) {
                    revival.refused.add(row.id());
                } else {
                    revival.revived.put(row.id(), row);
                    causes.add(row.id());
                }
            }
        }
        revival.refused.removeAll(revival.revived.keySet());
    }

    private static Optional<Edge> doom(@Nullable List<Edge> edges, Revival revival) {
        return edges == null
                ? Optional.empty()
                : edges.stream()
                        .filter(edge -> edge.isDoomed() && !revival.isAlive(edge.before()))
                        .findFirst();
    }

    private List<TaskRow> lockCancelledFor(Session session, Collection<UUID> causes) {
        return table.rows(session.query("SELECT " + TaskRow.COLUMNS + """
                           FROM taskstore_task t
                          WHERE t.cancelled_for IN IDS (:causes)
                            AND t.cancelled_for IS NOT NULL
                          ORDER BY t.id
                          FOR UPDATE""").bind("causes", Many.uuids(causes)));
    }

    /** {@return whether another task holds the unique key of this one, or one of those that are to live again will} */
    boolean isKeyTaken(Session session, TaskRow row, Revival revival) {
        Optional<String> key = row.task().uniqueKey();
        if (key.isEmpty()) {
            return false;
        }
        Set<TaskRow> alive = new HashSet<>(revival.requeued.values());
        alive.addAll(revival.revived.values());
        return alive.stream().anyMatch(other -> other.task().uniqueKey().equals(key))
                || table.holder(session, key.get()).isPresent();
    }

    /** Writes that the tasks live again: as WAITING where something blocks them, which includes what lives again with them. */
    void revive(Session session, Revival revival, @Nullable String note) {
        Map<UUID, List<Edge>> edges = of(session, revival.requeued.keySet());
        List<Move> moves = new ArrayList<>();
        revival.causes.forEach((row, cause) -> moves.add(Move.cause(row, cause)));
        revival.requeued.forEach((id, row) -> {
            boolean waits = edges.getOrDefault(id, List.of()).stream()
                    .anyMatch(edge -> !edge.isSatisfied() || revival.isAlive(edge.before()));
            TaskStatus to = waits ? TaskStatus.WAITING : TaskStatus.PENDING;
            moves.add(Move.to(to, row, session.now(), Why.note(note), Move::again));
        });
        revival.revived
                .values()
                .forEach(row -> moves.add(Move.to(
                        TaskStatus.WAITING,
                        row,
                        session.now(),
                        Why.note("what it depends on was requeued"),
                        Move::again)));
        table.save(session, moves);
    }
}
