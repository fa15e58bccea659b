package io.taskstore.jdbi;

import io.taskstore.TaskStatus;
import io.taskstore.jdbi.Dependencies.Edge;
import io.taskstore.jdbi.Move.Why;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lets tasks that failed or were cancelled live again, with those of their workflows that were cancelled because of them.
 *
 * <p>A task that is to wait again is not seen by sessions in which what it waits for ends, so that this is locked before it is looked at.
 */
final class Reviving {

    private final TaskTable table;
    private final Dependencies dependencies;

    Reviving(TaskTable table, Dependencies dependencies) {
        this.table = table;
        this.dependencies = dependencies;
    }

    /** Tasks that live again, and those that may not. */
    static final class Revival {

        /** Those that were asked for, and may. */
        private final Map<UUID, TaskRow> requeued = new LinkedHashMap<>();
        /** Those that were cancelled because of one that lives again, and so live again with it. */
        private final Map<UUID, TaskRow> revived = new LinkedHashMap<>();

        final Set<UUID> refused = new LinkedHashSet<>();
        /** Those that stay CANCELLED, but because of another. */
        private final Map<TaskRow, UUID> causes = new LinkedHashMap<>();

        /** The unique keys of all that live again. */
        private final Set<String> keys = new HashSet<>();

        private void requeue(TaskRow row) {
            requeued.put(row.id(), row);
            row.task().uniqueKey().ifPresent(keys::add);
        }

        private void revive(TaskRow row) {
            revived.put(row.id(), row);
            row.task().uniqueKey().ifPresent(keys::add);
        }

        private void takeOut(UUID id) {
            Optional.ofNullable(requeued.remove(id))
                    .flatMap(row -> row.task().uniqueKey())
                    .ifPresent(keys::remove);
        }

        /** {@return those that stay CANCELLED because of one of these, which may live again now} */
        private List<TaskRow> takeCausedBy(Set<UUID> alive) {
            List<TaskRow> rows = causes.entrySet().stream()
                    .filter(entry -> alive.contains(entry.getValue()))
                    .map(Map.Entry::getKey)
                    .toList();
            rows.forEach(causes::remove);
            return rows;
        }

        private boolean isAlive(UUID id) {
            return requeued.containsKey(id) || revived.containsKey(id);
        }

        int size() {
            return requeued.size() + revived.size();
        }
    }

    /**
     * Locks the tasks, what was cancelled because of them, and what all of these wait for, in the order of their ids: of two that
     * requeue tasks of one workflow, one waits for the other before it has locked what that one wants. Whoever changes what a
     * requeued task waits for next sees that it waits. What has completed does not change.
     */
    void lockAround(Session session, Collection<UUID> ids) {
        List<UUID> unused = session.query("""
                        WITH RECURSIVE alive (id) AS (
                          SELECT t.id
                            FROM taskstore_task t
                           WHERE t.id IN IDS (:ids)
                             AND LOOKED UP (t)
                           UNION
                          SELECT t.id
                            FROM alive a
                           CROSS JOIN EACH taskstore_task t ON t.cancelled_for = a.id)
                        SELECT t.id
                          FROM taskstore_task t
                         WHERE t.id IN FOUND (
                               SELECT id
                                 FROM alive
                                UNION
                               SELECT d.before_id
                                 FROM alive a
                                CROSS JOIN EACH taskstore_dependency d ON d.task_id = a.id)
                           AND (t.status <> 'COMPLETED') IS TRUE
                           AND LOOKED UP (t)
                         ORDER BY t.id
                         FOR UPDATE""")
                .bind("ids", Many.uuids(ids))
                .mapTo(UUID.class)
                .list();
    }

    /** {@return what lives again} The tasks are locked, as is what is around them. */
    Revival revive(Session session, List<TaskRow> rows, @Nullable String note) {
        Revival revival = new Revival();
        for (TaskRow row : rows) {
            if (isKeyTaken(session, row, revival)) {
                revival.refused.add(row.id());
            } else {
                revival.requeue(row);
            }
        }
        complete(session, revival);
        write(session, revival, note);
        return revival;
    }

    /**
     * Takes out the tasks that would wait for ever: they depend on the completion of one that failed or was cancelled, and is
     * not requeued with them. Then adds the dependants that live again with the rest, and so on along the dependencies.
     */
    private void complete(Session session, Revival revival) {
        List<UUID> ofWorkflows = revival.requeued.values().stream()
                .filter(row -> row.task().workflowId().isPresent())
                .map(TaskRow::id)
                .toList();
        if (!ofWorkflows.isEmpty()) {
            // another may have made one of them the cause of more, before it was locked
            lockAround(session, ofWorkflows);
        }
        Map<UUID, List<Edge>> edges = new HashMap<>(dependencies.of(session, revival.requeued.keySet()));
        boolean found = true;
        while (found) {
            Set<UUID> doomed = revival.requeued.keySet().stream()
                    .filter(id -> doom(edges.get(id), revival).isPresent())
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            revival.refused.addAll(doomed);
            found = !doomed.isEmpty();
            doomed.forEach(revival::takeOut);
        }
        Map<UUID, TaskRow> cancelled = new LinkedHashMap<>();
        lockCancelledFor(session, revival.requeued.keySet()).forEach(row -> cancelled.put(row.id(), row));
        Map<UUID, List<Edge>> own = dependencies.of(session, cancelled.keySet());
        Map<UUID, List<TaskRow>> caused = cancelled.values().stream()
                .collect(Collectors.groupingBy(row -> Objects.requireNonNull(row.cancelledFor())));
        Set<UUID> causes = new LinkedHashSet<>(revival.requeued.keySet());
        while (!causes.isEmpty()) {
            List<TaskRow> rows = new ArrayList<>();
            causes.forEach(cause -> rows.addAll(caused.getOrDefault(cause, List.of())));
            rows.addAll(revival.takeCausedBy(causes));
            rows.removeIf(row -> revival.isAlive(row.id()));
            causes = new LinkedHashSet<>();
            for (TaskRow row : rows) {
                Optional<Edge> other = doom(own.get(row.id()), revival);
                if (other.isPresent()) {
                    revival.causes.put(row, other.get().before());
                } else if (isKeyTaken(session, row, revival)) {
                    revival.refused.add(row.id());
                } else {
                    revival.revive(row);
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

    /** {@return what was cancelled because of these, and because of that, and so on, locked} */
    private List<TaskRow> lockCancelledFor(Session session, Collection<UUID> causes) {
        if (causes.isEmpty()) {
            return List.of();
        }
        return table.rows(session.query("""
                        WITH RECURSIVE caused (id) AS (
                          SELECT t.id
                            FROM taskstore_task t
                           WHERE t.cancelled_for IN IDS (:causes)
                             AND t.cancelled_for IS NOT NULL
                           UNION
                          SELECT t.id
                            FROM caused c
                           CROSS JOIN EACH taskstore_task t ON t.cancelled_for = c.id)
                        SELECT""" + " " + TaskRow.COLUMNS + """
                           FROM taskstore_task t
                          WHERE t.id IN FOUND (SELECT id FROM caused)
                            AND t.cancelled_for IS NOT NULL
                          ORDER BY t.id
                          FOR UPDATE""").bind("causes", Many.uuids(causes)));
    }

    /** {@return whether another task holds the unique key of this one, or one of those that are to live again will} */
    private boolean isKeyTaken(Session session, TaskRow row, Revival revival) {
        Optional<String> key = row.task().uniqueKey();
        if (key.isEmpty()) {
            return false;
        }
        return revival.keys.contains(key.get())
                || table.holder(session, key.get()).isPresent();
    }

    /** Writes that the tasks live again: as WAITING where something blocks them, which includes what lives again with them. */
    private void write(Session session, Revival revival, @Nullable String note) {
        Map<UUID, List<Edge>> edges = dependencies.of(session, revival.requeued.keySet());
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
